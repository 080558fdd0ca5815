package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// An ordinary user of brig, with a state directory that root and the user can reach.
final class OrdinaryUser {
  private static final String NAME = "brigtest";
  private static final int WITHOUT_RANGE = 54321;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /// What an ordinary user may map.
  enum Ids {
    /// The ranges of /etc/subuid and /etc/subgid.
    RANGES,
    /// Its own only: the files give it none.
    NO_RANGE,
    /// Its own only: newuidmap is not in PATH.
    NO_NEWUIDMAP
  }

  /// Nobody, before a test has made a user.
  static final OrdinaryUser NOBODY = new OrdinaryUser(Path.of("/nowhere"), List.of());

  private final Path state;
  private final List<String> become;

  private OrdinaryUser(Path state, List<String> become) {
    this.state = state;
    this.become = become;
  }

  /// Makes the state directory, or skips the test and says what is missing.
  static OrdinaryUser with(Ids ids) throws IOException, InterruptedException {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root, to become a user");
    assumeTrue(works("getent passwd " + NAME), "there is no user " + NAME);
    assumeTrue(works("grep -q ^" + NAME + ": /etc/subuid"), NAME + " has no range of ids");
    assumeTrue(works("command -v newuidmap"), "newuidmap is not installed");
    Path state = Files.createTempDirectory(Path.of("/var/tmp"), "brig-rootless");
    String user = ids == Ids.NO_RANGE ? Integer.toString(WITHOUT_RANGE) : NAME;
    assertThat(works("chmod 755 " + state + " && install -d -o " + user + " " + state + "/own"))
        .isTrue();
    String path = "/usr/bin:/bin";
    if (ids == Ids.NO_NEWUIDMAP) {
      path = state + "/bin";
      String link =
          "for f in sh env find readlink sed id; do ln -s $(command -v $f) " + path + "; done";
      assertThat(works("mkdir " + path + " && " + link)).isTrue();
    }
    String groups = ids == Ids.NO_RANGE ? "--clear-groups" : "--init-groups";
    OrdinaryUser made =
        new OrdinaryUser(
            state,
            List.of(
                "setpriv",
                "--reuid=" + user,
                "--regid=" + user,
                groups,
                "--reset-env",
                "env",
                "PATH=" + path,
                "BRIG_ROOT=" + state + "/own/brig"));
    assumeTrue(
        made.shell("test -r " + Checkout.root().resolve("brig")).status() == 0,
        NAME + " can't read the checkout");
    return made;
  }

  static boolean works(String script) throws IOException, InterruptedException {
    return Shell.ended(new ProcessBuilder("sh", "-c", script)).status() == 0;
  }

  /// The directory that is root's; `own` in it is the user's.
  Path state() {
    return state;
  }

  /// Runs brig as the user.
  Brig.Ended brig(String... words) throws IOException, InterruptedException {
    return Brig.in(state).under(become.toArray(new String[0])).run(words);
  }

  /// Runs brig as the user, which must succeed silently, and returns what it wrote.
  String ok(String... words) throws IOException, InterruptedException {
    Brig.Ended ended = brig(words);
    assertThat(ended.err()).as(String.join(" ", words)).isEmpty();
    assertThat(ended.status()).as(String.join(" ", words)).isZero();
    return ended.out();
  }

  /// Runs brig as the user, which must fail with one line and perhaps a hint, and returns both.
  String refused(int status, String... words) throws IOException, InterruptedException {
    Brig.Ended ended = brig(words);
    assertThat(ended.err()).as(String.join(" ", words)).startsWith("brig: ");
    assertThat(ended.err().lines().filter(line -> !line.startsWith("hint: "))).hasSize(1);
    assertThat(ended.status()).as(ended.err()).isEqualTo(status);
    return ended.err();
  }

  /// Runs a shell's words as the user.
  Brig.Ended shell(String script) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(become);
    words.addAll(List.of("sh", "-c", script));
    return Shell.ended(new ProcessBuilder(words));
  }

  /// Makes a tar of a root file system, in which `u` (1000) and the group shadow (42) own files.
  Path archive() throws IOException, InterruptedException {
    assumeTrue(works("command -v busybox"), "busybox-static is not installed");
    String script =
        """
        set -e
        mkdir -p %1$s/root/bin %1$s/root/etc %1$s/root/home/u && cd %1$s/root
        cp "$(command -v busybox)" bin/busybox
        for name in sh id cat stat mkdir touch chmod sleep true; do ln -s busybox bin/$name; done
        printf 'root:x:0:0::/:/bin/sh\\nu:x:1000:1000::/home/u:/bin/sh\\n' >etc/passwd
        printf 'root:x:0:\\nu:x:1000:\\nshadow:x:42:\\n' >etc/group
        echo secret >etc/shadow && chown 0:42 etc/shadow && chmod 640 etc/shadow
        echo hello >home/u/file && chown -R 1000:1000 home/u && chmod 700 home/u
        chmod 4755 bin/busybox
        tar -cf ../many.tar . && chmod 644 ../many.tar
        """
            .formatted(state);
    assertThat(works(script)).isTrue();
    return state.resolve("many.tar");
  }

  /// Waits until no container has files: the last of `--rm` go in the background.
  void hasNoContainersLeft() throws IOException, InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!works("[ $(ls -A " + state + "/own/brig/containers | wc -l) = 0 ]")) {
      assertThat(System.nanoTime()).as("a container is left").isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  /// Removes the user's containers and the directory.
  void remove() throws IOException, InterruptedException {
    if (become.isEmpty()) {
      return;
    }
    for (String id : brig("ps", "-aq").out().lines().toList()) {
      var _ = brig("rm", "-f", id);
    }
    var _ = Shell.ended(new ProcessBuilder("rm", "-rf", "--one-file-system", state.toString()));
  }
}
