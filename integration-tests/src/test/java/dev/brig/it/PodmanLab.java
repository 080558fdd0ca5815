package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Debian's podman with a store of its own and one image, `t`: a root of busybox.
///
/// Scripts find it with the runtime as `$PODMAN`, the runtime as `$RUNTIME`, buildah with the same
/// store as `$BUILDAH`, and `p`, which runs podman, puts `ID` for the ids that it prints and says
/// with which status it ended.
///
/// @param folder the test's own
/// @param become the words that make a process an ordinary user's, none for root
record PodmanLab(Path folder, List<String> become) {
  private static final String PRELUDE =
      """
      cd "$LAB" || exit 99
      p() {
        $PODMAN "$@" 2>&1 | grep -v -e level= -e '^brig-oci: container not' | sed -E 's/\\<([0-9a-f]{64}|[0-9a-f]{25}|[0-9a-f]{12})\\>/ID/g'
        echo "= ${PIPESTATUS[0]}"
      }
      run() { p run --rm --network none "$@"; }
      # A person answers when the terminal has been shown: an early end of input loses podman's output.
      person() { until grep -q pts t; do sleep 0.05; done; echo; }
      typed() { : >t; person | script -qec "$*" /dev/null >t; local status=$?; cat t; echo $status; }
      """;

  /// Makes a lab of root's; touches nothing.
  static PodmanLab of(Path folder) {
    return new PodmanLab(folder, List.of());
  }

  /// Makes the image, or skips the tests where something is missing.
  void prepare() throws IOException, InterruptedException {
    assumeTrue(Files.exists(Path.of("/usr/bin/podman")), "needs podman");
    new OciLab(folder).prepare();
    Files.writeString(
        folder.resolve("containers.conf"),
        """
        [containers]
        default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
        [engine]
        runtime_supports_json = ["brig-oci", "runc"]
        runtime_supports_nocgroup = ["brig-oci"]
        """);
    own();
    Brig.Ended made =
        script("runc", "tar -C rootfs -c . >t.tar && $PODMAN import -q t.tar localhost/t:latest");
    assertThat(made.status()).as(made.err()).isZero();
  }

  private void own() throws IOException, InterruptedException {
    if (!become.isEmpty()) {
      var _ = ContainerLab.shell("chown -R brigtest: \"$1\"", folder.toString());
    }
  }

  /// Removes all, and ends the process that keeps an ordinary user's namespaces.
  void remove() throws IOException, InterruptedException {
    var _ =
        script(
            "runc",
            "$PODMAN pod rm -af -t 0; $PODMAN rm -af -t 0; $PODMAN unshare rm -rf podman;"
                + " umount podman/overlay; [ ! -e tmp/pause.pid ] || kill $(cat tmp/pause.pid)");
    new OciLab(folder).remove();
  }

  /// Runs a script with brig.
  Brig.Ended brig(String script) throws IOException, InterruptedException {
    return script(Checkout.root().resolve("brig-oci").toString(), script);
  }

  /// Runs a script with brig and with runc, which must write the same.
  ///
  /// @return what was written with brig
  String same(String script) throws IOException, InterruptedException {
    Brig.Ended brig = brig(script);
    Brig.Ended runc = script("runc", script);
    assertThat(brig.out())
        .as("with runc podman said: %s%nwith brig: %s", runc.err(), brig.err())
        .isEqualTo(runc.out());
    return brig.out();
  }

  /// Runs a script.
  ///
  /// @param runtime the runtime's name or path
  Brig.Ended script(String runtime, String script) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>();
    words.addAll(List.of("unshare", "-m", "--propagation", "private"));
    words.addAll(become);
    words.addAll(List.of("timeout", "110", "bash", "-c", PRELUDE + script));
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().put("LAB", folder.toString());
    builder.environment().put("XDG_RUNTIME_DIR", folder.resolve("run").toString());
    builder.environment().put("CONTAINERS_CONF", folder.resolve("containers.conf").toString());
    builder.environment().put("RUNTIME", runtime);
    String store = " --root %1$s/podman --runroot %1$s/run --storage-driver overlay";
    builder
        .environment()
        .put(
            "PODMAN",
            ("podman" + store + " --tmpdir %1$s/tmp --cgroup-manager=cgroupfs").formatted(folder)
                + " --events-backend=none --runtime "
                + runtime);
    builder.environment().put("BUILDAH", ("buildah" + store).formatted(folder));
    return Shell.ended(builder);
  }
}
