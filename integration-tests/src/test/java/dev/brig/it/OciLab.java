package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Bundles with a root of busybox, and runtimes that run them: `./brig-oci`, and runc to hold it
/// against.
///
/// Scripts find the runtime with a root of its own as `$RT`, and make bundles by `bundle NAME
/// JQ-FILTER`, which changes what `runc spec` writes. They run in a mount namespace of their own.
///
/// @param folder the test's own
record OciLab(Path folder) {
  private static final String PRELUDE =
      """
      cd "$LAB" || exit 99
      bundle() {
        mkdir -p "$1" && rm -f "$1/config.json" && (cd "$1" && runc spec) &&
          jq --arg root "$LAB/rootfs" '.process.terminal = false | .root.path = $root | '"$2" \
            "$1/config.json" >"$1/c" && mv "$1/c" "$1/config.json"
      }
      """;

  /// Makes the root, or skips the tests where something is missing.
  void prepare() throws IOException, InterruptedException {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    for (String tool : List.of("/usr/sbin/runc", "/usr/bin/jq", "/bin/busybox")) {
      assumeTrue(Files.exists(Path.of(tool)), "needs " + tool);
    }
    Brig.Ended made =
        ContainerLab.shell(
            """
            mkdir -p "$1/rootfs/bin" "$1/rootfs/etc" "$1/rootfs/root" && cd "$1/rootfs" &&
            cp /bin/busybox bin/ && for name in $(bin/busybox --list); do
              [ "$name" = busybox ] || ln -s busybox "bin/$name"; done
            echo root:x:0:0:root:/root:/bin/sh >etc/passwd; chmod 755 . bin etc
            """,
            folder.toString());
    assertThat(made.status()).as(made.err()).isZero();
  }

  /// Removes all.
  void remove() throws IOException, InterruptedException {
    var _ = ContainerLab.shell("rm -rf --one-file-system \"$1\"/*", folder.toString());
  }

  /// Runs a script with brig.
  Brig.Ended brig(String script) throws IOException, InterruptedException {
    return run(
        Checkout.root().resolve("brig-oci") + " --root " + folder.resolve("brig-state"), script);
  }

  /// Runs a script with runc.
  Brig.Ended runc(String script) throws IOException, InterruptedException {
    return run("runc --root " + folder.resolve("runc-state"), script);
  }

  /// Runs a script with both, which must print the same and end the same.
  ///
  /// @return what brig printed
  String same(String script) throws IOException, InterruptedException {
    Brig.Ended brig = brig(script);
    Brig.Ended runc = runc(script);
    assertThat(brig.out() + "status " + brig.status())
        .as("runc said: %s%nbrig said: %s", runc.err(), brig.err())
        .isEqualTo(runc.out() + "status " + runc.status());
    return brig.out();
  }

  private Brig.Ended run(String runtime, String script) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>();
    words.addAll(List.of("unshare", "-m", "--propagation", "private", "timeout", "90"));
    words.addAll(List.of("sh", "-c", PRELUDE + script));
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().put("LAB", folder.toString());
    builder.environment().put("RT", runtime);
    builder.environment().put("NAME", "brig-it-" + folder.getFileName());
    return Shell.ended(builder);
  }
}
