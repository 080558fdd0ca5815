package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// What each option of `run` comes to, seen from inside by busybox.
///
/// The table is the resource `options.txt`: a command line, its status, and all that it writes.
/// `-Dgolden.update=true` writes it anew; then read the difference.
class OptionsIT {
  private static final String TABLE =
      "integration-tests/src/test/resources/dev/brig/it/options.txt";

  @TempDir static Path folder;

  @BeforeAll
  static void needsRootAndBusybox() throws IOException, InterruptedException {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    assumeTrue(Files.isExecutable(Path.of("/bin/busybox")), "busybox-static is not installed");
    Path script = Checkout.root().resolve(TABLE).resolveSibling("options-fixture.sh");
    Brig.Ended made =
        Shell.ended(new ProcessBuilder("sh", script.toString()).directory(folder.toFile()));
    assertThat(made.status()).as(made.err()).isZero();
  }

  private static Transcript transcript() {
    return new Transcript(TABLE, folder);
  }

  @TestFactory
  List<DynamicTest> doesWhatItSays() throws IOException {
    return transcript().tests(60);
  }

  @Test
  void updatesTheTableWhenAsked() throws IOException, InterruptedException {
    assumeTrue(Boolean.getBoolean("golden.update"), "-Dgolden.update=true was not given");
    transcript().update();
  }
}
