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

/// What brig says when something is wrong: one line that names step, call, errno and cause, one
/// with the remedy, the status that the field has, and nothing left behind.
///
/// The table is the resource `errors.txt`: a command line, its status, and all that it writes.
/// `-Dgolden.update=true` writes it anew; then read the difference.
class ErrorsIT {
  private static final String TABLE = "integration-tests/src/test/resources/dev/brig/it/errors.txt";

  @TempDir static Path folder;

  @BeforeAll
  static void needsRootAndBusybox() throws IOException, InterruptedException {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    assumeTrue(Files.isExecutable(Path.of("/bin/busybox")), "busybox-static is not installed");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/jq")), "jq, a dynamic program, is not there");
    Path script = Checkout.root().resolve(TABLE).resolveSibling("errors-fixture.sh");
    Brig.Ended made =
        Shell.ended(new ProcessBuilder("sh", script.toString()).directory(folder.toFile()));
    assertThat(made.status()).as(made.err()).isZero();
  }

  private static Transcript transcript() {
    return new Transcript(TABLE, folder);
  }

  @TestFactory
  List<DynamicTest> saysWhatIsWrongAndWhatToDo() throws IOException {
    return transcript().tests(50);
  }

  @Test
  void leavesNothing() throws IOException, InterruptedException {
    var _ = transcript().outcome("brig run --rm ./root /bin/nosuch");
    var _ = transcript().outcome("brig run -v /nosuch:/mnt ./root true");
    var _ = transcript().outcome("brig create --memory 1k ./root true");

    for (String kept : List.of("state/containers", "state/names", "state/run/containers")) {
      try (var files = Files.list(folder.resolve(kept))) {
        assertThat(files).as(kept).isEmpty();
      }
    }
  }

  @Test
  void updatesTheTableWhenAsked() throws IOException, InterruptedException {
    assumeTrue(Boolean.getBoolean("golden.update"), "-Dgolden.update=true was not given");
    transcript().update();
  }
}
