package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The same containers as an ordinary user.
class RootlessIT {
  private static final String USER = "brigtest";

  private Path state = Path.of("/nowhere");

  @BeforeEach
  void needsAnOrdinaryUser() throws IOException, InterruptedException {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root, to become " + USER);
    int found = Shell.ended(new ProcessBuilder("getent", "passwd", USER)).status();
    assumeTrue(found == 0, "there is no user " + USER);
    // Readable by all: the user has to reach the checkout, and its state directory.
    int readable =
        Shell.ended(
                new ProcessBuilder(
                    "setpriv",
                    "--reuid=" + USER,
                    "--regid=" + USER,
                    "--init-groups",
                    "test",
                    "-r",
                    Checkout.root().resolve("brig").toString()))
            .status();
    assumeTrue(readable == 0, USER + " can't read the checkout");
    state = Files.createTempDirectory(Path.of("/var/tmp"), "brig-rootless");
    var _ = Shell.ended(new ProcessBuilder("chown", USER, state.toString()));
  }

  @AfterEach
  void removeState() throws IOException, InterruptedException {
    if (state.startsWith("/var/tmp")) {
      var _ = Shell.ended(new ProcessBuilder("rm", "-rf", "--one-file-system", state.toString()));
    }
  }

  private Brig brig() {
    return Brig.in(state.resolve("brig")).as(USER);
  }

  @Test
  void isRootInsideAndNobodyOutside() throws IOException, InterruptedException {
    Brig.Ended ended =
        brig().run("run", "--rm", "host", "sh", "-c", "id -u; cat /proc/self/uid_map");

    assertThat(ended.err()).isEmpty();
    assertThat(ended.out()).startsWith("0\n");
    assertThat(ended.out()).doesNotContain(" 0          0");
    assertThat(ended.status()).isZero();
  }

  @Test
  void canWriteToItsOwnCopyOfTheMachine() throws IOException, InterruptedException {
    Brig.Ended ended = brig().run("run", "--rm", "host", "sh", "-c", "echo x > /usr/y; cat /usr/y");

    assertThat(ended.out()).isEqualTo("x\n");
    assertThat(Path.of("/usr/y")).doesNotExist();
  }

  @Test
  void refusesALimitThatItCanNotHaveAndNamesTheRemedy() throws IOException, InterruptedException {
    Brig.Ended ended = brig().run("run", "--rm", "--memory", "64m", "host", "true");

    assertThat(ended.status()).isEqualTo(125);
    assertThat(ended.err()).contains("--memory").contains("hint: ");
  }
}
