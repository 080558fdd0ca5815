package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/// Debian's podman with `brig-oci` for its runtime, and with runc to hold it against.
@ResourceLock("podman's locks")
class OciPodmanIT {
  @TempDir private static Path folder;

  private static PodmanLab lab() {
    return PodmanLab.of(folder);
  }

  @BeforeAll
  static void prepare() throws IOException, InterruptedException {
    lab().prepare();
  }

  @AfterAll
  static void remove() throws IOException, InterruptedException {
    lab().remove();
  }

  @Test
  void runsToTheEnd() throws IOException, InterruptedException {
    String out =
        lab()
            .same(
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
        lab()
            .same(
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
        lab()
            .same(
                """
                typed $PODMAN run --rm -it --network none t sh -c '"[ -c /dev/console ] && echo console; tty; read a; exit 3"'
                $PODMAN run -d --name t1 --network none t sleep 500 >/dev/null
                typed $PODMAN exec -it t1 sh -c '"tty; read a; exit 4"'; $PODMAN rm -f -t 0 t1
                """);

    assertThat(out).contains("/dev/pts/0").contains("console").contains("3\n").contains("4\n");
  }

  @Test
  @Tag("thorough")
  void looksAfterContainersThatEndAndComeBack() throws IOException, InterruptedException {
    String out =
        lab()
            .same(
                """
                $PODMAN run -d --name d --network none --health-cmd 'test -e /etc/passwd' --health-interval disable -m 64m \
                  t sh -c 'trap "exit 5" TERM; echo up; while :; do sleep 0.1; done' >/dev/null
                p healthcheck run d; p container update --memory 32m --cpus 0.5 d
                p exec d cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/cpu/cpu.cfs_quota_us
                p top d user args | head -2; p container checkpoint d; p exec --user 5:6 -w /bin -e A=b d sh -c 'id; pwd; echo $A'
                p exec --privileged d grep CapEff /proc/self/status; p pause d; p exec d true; p unpause d
                p stop d; p wait d; p inspect --format '{{.State.ExitCode}} {{.State.Status}}' d; p restart d; p kill -s TERM d
                p wait d; p rename d e; p rm e
                p run -d --name r --network none --restart on-failure:2 t sh -c 'echo again; exit 3'
                until [ "$($PODMAN inspect --format '{{.State.Status}}{{.RestartCount}}' r)" = exited2 ]; do sleep 0.1; done
                p logs r; p rm r; p create --name c --network none t sh -c 'echo c; exit 4'; p start -a c; p start c; p wait c
                p logs c; p cp c:/etc/passwd copied; p diff c; p rm c; cat copied
                p run -d --init --name i --network none t sh -c 'sleep 500 & wait'; p exec i cat /proc/1/comm; p stop -t 5 i; p rm i
                p run -d --sdnotify=ignore --name s --network none t sleep 500; p rm -f -t 0 s
                """);

    assertThat(out)
        .contains("33554432\n50000\n", "\nagain\nagain\nagain\n", "\n5 exited\n", "podman-init");
  }

  @Test
  void isWhatPodmanTellsOf() throws IOException, InterruptedException {
    Brig.Ended told =
        lab().brig("p info --format '{{.Host.OCIRuntime.Name}} {{.Host.OCIRuntime.Version}}'");

    assertThat(told.out())
        .contains("brig-oci brig-oci version ")
        .contains("\nspec: 1.3.0\n")
        .endsWith("= 0\n");
  }
}
