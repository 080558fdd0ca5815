package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Debian's podman with `brig-oci` for its runtime, and with runc to hold it against.
class OciPodmanIT {
  @TempDir private static Path folder;

  @BeforeAll
  static void prepare() throws IOException, InterruptedException {
    assumeTrue(Files.exists(Path.of("/usr/bin/podman")), "needs podman");
    new OciLab(folder).prepare();
    Files.writeString(
        folder.resolve("containers.conf"),
        """
        [containers]
        default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
        [engine]
        runtime_supports_json = ["brig-oci", "runc"]
        """);
    Brig.Ended made = podman("runc", "tar -C rootfs -c . | $PODMAN import -q - localhost/t:latest");
    assertThat(made.status()).as(made.err()).isZero();
  }

  @AfterAll
  static void remove() throws IOException, InterruptedException {
    var _ = podman("runc", "$PODMAN rm -af -t 0; umount podman/overlay 2>/dev/null");
    new OciLab(folder).remove();
  }

  private static Brig.Ended podman(String runtime, String script)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>();
    words.addAll(List.of("unshare", "-m", "--propagation", "private", "timeout", "110"));
    words.addAll(List.of("sh", "-c", "cd \"$LAB\" && " + script));
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().put("LAB", folder.toString());
    builder.environment().put("CONTAINERS_CONF", folder.resolve("containers.conf").toString());
    builder
        .environment()
        .put(
            "PODMAN",
            "podman --root %1$s/podman --runroot %1$s/run --tmpdir %1$s/tmp --storage-driver overlay"
                    .formatted(folder)
                + " --cgroup-manager=cgroupfs --events-backend=none --runtime "
                + runtime);
    return Shell.ended(builder);
  }

  private static String same(String script) throws IOException, InterruptedException {
    Brig.Ended brig = podman(Checkout.root().resolve("brig-oci").toString(), script);
    Brig.Ended runc = podman("runc", script);
    assertThat(brig.out())
        .as("with runc podman said: %s%nwith brig: %s", runc.err(), brig.err())
        .isEqualTo(runc.out());
    return brig.out();
  }

  @Test
  void runsToTheEnd() throws IOException, InterruptedException {
    String out =
        same(
            """
            run="$PODMAN run --rm --network none"
            $run t sh -c 'echo err >&2' 2>&1 >/dev/null; $run t sh -c 'echo out; id; exit 7'; echo $?
            $run t nope >/dev/null 2>&1; echo $?; $run t /etc/passwd >/dev/null 2>&1; echo $?
            echo typed | $run -i t cat
            $run --read-only t sh -c 'echo x >/a; echo y >/tmp/b && cat /tmp/b' 2>/dev/null; echo $?
            $run --cap-drop all --cap-add net_raw --user 65534:65534 --pids-limit 50 -m 64m --tmpfs /x \
              -v "$LAB/rootfs/etc:/vol:ro" --hostname zed --env A=b -w /vol --sysctl kernel.msgmax=9000 t sh -c '
              id; pwd; ls; hostname; echo $A; grep Cap /proc/self/status; cat /proc/sys/kernel/msgmax
              cat /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/memory/memory.limit_in_bytes'; echo $?
            """);

    assertThat(out).startsWith("err\nout\n").contains("typed\n").contains("zed\n");
  }

  @Test
  void keepsItsCommandsForRunningContainers() throws IOException, InterruptedException {
    String out =
        same(
            """
            $PODMAN run -d --name d --network none t sh -c 'trap "echo usr" USR1; echo up; while :; do sleep 0.1; done' >/dev/null
            state() { $PODMAN inspect --format '{{.State.Status}} {{.State.ExitCode}}' d; }
            state; $PODMAN exec d sh -c 'echo in; exit 5'; echo $?; $PODMAN exec d nope >/dev/null 2>&1; echo $?
            echo typed | $PODMAN exec -i d cat; $PODMAN exec -d d sleep 500 >/dev/null; echo $?
            $PODMAN top d hpid >/dev/null; echo $?; $PODMAN pause d; state; $PODMAN unpause d; state
            $PODMAN kill -s USR1 d; until $PODMAN logs d | grep usr; do :; done
            $PODMAN stats --no-stream --format '{{.Name}}' d; $PODMAN cp rootfs/etc/passwd d:/copied; $PODMAN exec d cat /copied
            $PODMAN stop -t 0 d 2>/dev/null; state; $PODMAN start d; state; $PODMAN rm -f -t 0 d; $PODMAN ps -aq
            """);

    assertThat(out).contains("paused").contains("exited 137").contains("usr");
  }

  @Test
  void givesTerminals() throws IOException, InterruptedException {
    String out =
        same(
            """
            # A person answers when the terminal has been shown: an early end of input loses podman's output.
            person() { until grep -q pts t; do sleep 0.1; done; echo; }
            on() { : >t; person | script -qec "$*" /dev/null >t; status=$?; cat t; echo $status; }
            on $PODMAN run --rm -it --network none t sh -c '"[ -c /dev/console ] && echo console; tty; read a; exit 3"'
            $PODMAN run -d --name t1 --network none t sleep 500 >/dev/null
            on $PODMAN exec -it t1 sh -c '"tty; read a; exit 4"'; $PODMAN rm -f -t 0 t1
            """);

    assertThat(out).contains("/dev/pts/0").contains("console").contains("3\n").contains("4\n");
  }
}
