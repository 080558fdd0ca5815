package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Debian's containerd, started anew for each script, with one image: a root of busybox.
///
/// It lives in a mount namespace with a /run of its own, so that it meets no other containerd, and
/// in a pid namespace, with whose end it and its shims end. Scripts find its client as `$CTR`, `ctr
/// run` with the runtime as `$RUN`, the image as `$IMAGE`, the runtime as `$RUNTIME`, and the name
/// below which containerd makes cgroups as `$NAME`.
///
/// @param folder the test's own
record ContainerdLab(Path folder) {
  private static final String IMAGE = "docker.io/library/t:t";
  private static final String PRELUDE =
      """
      mount -t tmpfs run /run && cd "$LAB" || exit 99
      containerd -c "$LAB/config.toml" >"$LAB/containerd.log" 2>&1 & containerd=$!
      until $CTR version >/dev/null 2>&1; do
        kill -0 $containerd || { cat "$LAB/containerd.log" >&2; exit 99; }; sleep 0.05; done
      $CTR image import --base-name docker.io/library/t t.tar >/dev/null || exit 99
      status() { $CTR task ls | awk -v id="$1" '$1 == id { print $3 }'; }
      is() { until [ "$(status "$1")" = "$2" ]; do sleep 0.05; done; }
      """;

  /// Makes the image, or skips the tests where something is missing.
  void prepare() throws IOException, InterruptedException {
    List<String> tools =
        List.of("/usr/bin/containerd", "/usr/bin/ctr", "/usr/bin/umoci", "/usr/bin/script");
    for (String tool : tools) {
      assumeTrue(Files.exists(Path.of(tool)), "needs " + tool);
    }
    new OciLab(folder).prepare();
    configure("disabled_plugins = [\"io.containerd.grpc.v1.cri\"]\n");
    Brig.Ended made =
        ContainerLab.shell(
            """
            cd "$1" && umoci init --layout l && umoci new --image l:t && umoci unpack --image l:t b &&
            cp -a rootfs/. b/rootfs/ && umoci repack --image l:t b && rm -rf b &&
            umoci config --image l:t --config.env PATH=/bin --config.cmd sleep --config.cmd 1000 &&
            tar -C l -cf t.tar .
            """,
            folder.toString());
    assertThat(made.status()).as(made.err()).isZero();
  }

  /// Writes the daemon's configuration.
  ///
  /// @param lines what it says of plugins
  void configure(String lines) throws IOException {
    String places =
        """
        version = 2
        root = "%s/containerd"
        state = "/run/containerd/state"
        """
            .formatted(folder);
    Files.writeString(
        folder.resolve("config.toml"), places + lines.replaceFirst("(?m)\\A(?!disabled)", "\n"));
  }

  /// Removes all.
  void remove() throws IOException, InterruptedException {
    var _ = ContainerLab.shell("rmdir /sys/fs/cgroup/*/" + name() + " 2>/dev/null");
    new OciLab(folder).remove();
  }

  private String name() {
    return "brig-it-" + folder.getFileName();
  }

  /// Runs a script with brig.
  Brig.Ended brig(String script) throws IOException, InterruptedException {
    return run(Checkout.root().resolve("brig-oci").toString(), script);
  }

  /// Runs a script with brig and with runc, which must write the same.
  ///
  /// @return what was written with brig
  String same(String script) throws IOException, InterruptedException {
    Brig.Ended brig = brig(script);
    Brig.Ended runc = run("/usr/sbin/runc", script);
    assertThat(brig.out() + "status " + brig.status())
        .as("with runc they said: %s%nwith brig: %s", runc.err(), brig.err())
        .isEqualTo(runc.out() + "status " + runc.status());
    return brig.out();
  }

  private Brig.Ended run(String runtime, String script) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>();
    words.addAll(List.of("unshare", "-m", "-p", "-f", "--kill-child", "--mount-proc"));
    words.addAll(List.of("--propagation", "private", "timeout", "110"));
    words.addAll(List.of("bash", "-c", PRELUDE + script + "kill $containerd; wait $containerd\n"));
    ProcessBuilder builder = new ProcessBuilder(words);
    String client = "ctr -n " + name();
    builder.environment().put("LAB", folder.toString());
    builder.environment().put("NAME", name());
    builder.environment().put("RUNTIME", runtime);
    builder.environment().put("IMAGE", IMAGE);
    builder.environment().put("CTR", client);
    builder.environment().put("RUN", client + " run --runc-binary " + runtime);
    return Shell.ended(builder);
  }
}
