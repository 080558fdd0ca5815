package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/// An ordinary user's podman and bundles with `brig-oci`, and with runc to hold it against.
@ResourceLock("podman's locks")
class OciRootlessIT {
  private static Path folder = Path.of("/nowhere");

  private static PodmanLab lab() {
    return new PodmanLab(
        folder,
        List.of(
            "setpriv",
            "--reuid=brigtest",
            "--regid=brigtest",
            "--init-groups",
            "env",
            "HOME=" + folder.resolve("home")));
  }

  @BeforeAll
  static void prepare() throws IOException, InterruptedException {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root, to become a user");
    assumeTrue(OrdinaryUser.works("grep -q ^brigtest: /etc/subuid"), "there is no user brigtest");
    assumeTrue(OrdinaryUser.works("command -v newuidmap"), "newuidmap is not installed");
    folder = Files.createTempDirectory(Path.of("/var/tmp"), "brig-oci-rootless");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createDirectory(folder.resolve("run"));
    Files.createDirectory(folder.resolve("home"));
    lab().prepare();
  }

  @AfterAll
  static void remove() throws IOException, InterruptedException {
    if (Files.exists(folder)) {
      lab().remove();
      Files.delete(folder);
    }
  }

  @Test
  void runsRootlessPodmansContainers() throws IOException, InterruptedException {
    String out =
        lab()
            .same(
                """
                run t sh -c 'id; cat /proc/self/uid_map; cut -d" " -f5,6 /proc/self/mountinfo | grep -v /sys/fs | sort; grep -E "Cap|NoNew|Sec" /proc/self/status
                  stat -c "%n %a %t %T %u" /dev/*; ls /sys/fs/cgroup | grep -v unified; exit 3'
                run --user 5:6 --cap-add sys_admin --device /dev/fuse --read-only --tmpfs /t:mode=1777 --init --oom-score-adj 900 \\
                  --sysctl net.ipv4.ip_forward=1 t sh -c 'id; grep Cap /proc/self/status; stat -c "%n %a %t" /dev/fuse
                  echo a >/t/x && echo b 2>/dev/null >/y || echo unwritable; cat /proc/self/oom_score_adj'
                run --userns=keep-id t id; run --userns=nomap t id; run --privileged t grep CapEff /proc/self/status
                $PODMAN run -d --name d --network none t sh -c 'trap "exit 5" TERM; echo up; while :; do sleep 0.1; done' >/dev/null
                p exec d sh -c 'id; exit 4'; p exec --user 7 d id; $PODMAN exec d nope 2>&1 | grep -o 'executable file not found in .PATH'
                p exec d /etc/passwd >/dev/null; p top d user | tail -1; p cp d:/etc/passwd got; p stop d; p inspect -f '{{.State.ExitCode}}' d; p rm d
                typed $PODMAN run --rm -it --network none t sh -c '"tty; read a; exit 3"' | grep -v level=
                printf 'FROM localhost/t:latest\\nRUN id >/x; cat /x\\nUSER 5\\nRUN id\\n' >D; p build --network none --no-cache -f D . | grep -v '^-->'
                """);

    assertThat(out)
        .contains("= 3\n", "unwritable\n", "executable file not found in $PATH\n")
        .contains("\n5\n= 0\n", "/dev/pts/0", "uid=5");
  }

  @Test
  void runsWithoutCgroups() throws IOException, InterruptedException {
    Brig.Ended brig =
        lab()
            .brig(
                """
                run --cgroups=disabled t sh -c 'id -u; test -d /sys/fs/cgroup/memory && echo shown; echo x 2>/dev/null >/sys/fs/cgroup/memory/tasks || echo unwritable'
                $PODMAN run -d --name n --cgroups=disabled --network none t sleep 500 >/dev/null; p exec n echo in; p kill -s KILL n; p wait n; p rm n
                """);

    assertThat(brig.out())
        .as(brig.err())
        .contains("0\nshown\nunwritable\n= 0\n", "in\n= 0\n", "137\n= 0\n");
  }

  @Test
  void runsRootlessBundlesByHand() throws IOException, InterruptedException {
    String out =
        lab()
            .same(
                """
                PATH=$PATH:/usr/sbin; mkdir -p hand; cd hand; RT="$RUNTIME --root $LAB/hand/state"
                bundle() {
                  rm -f config.json; $RT spec --rootless; jq --arg root "$LAB/rootfs" '.process.terminal = false | .root.path = $root
                    | .linux.namespaces -= [{"type": "cgroup"}] | .process.capabilities.ambient = [] | .hostname = "h" | '"$1" config.json >c; mv c config.json
                }
                bundle '.process.args = ["sh", "-c", "id; cat /proc/self/uid_map /proc/self/setgroups; grep Cap /proc/self/status; hostname; cut -d: -f2- /proc/self/cgroup
                  cut -d\\" \\" -f5,6 /proc/self/mountinfo | grep -v ^/sys/. | sort; stat -c \\"%n %a %t %T %u\\" /dev/*"]'
                $RT run a; echo $?; bundle '.process.args = ["sleep", "1000"]'; $RT run -d --pid-file pid b </dev/null >/dev/null 2>&1; echo $?
                $RT state b | jq -r .status; $RT list -q; $RT exec b id; $RT exec b nope 2>/dev/null; echo $?; $RT pause b 2>/dev/null; echo $?
                $RT update --memory 64M b 2>/dev/null; echo $?; $RT kill b KILL; until [ "$($RT state b | jq -r .status)" = stopped ]; do :; done
                $RT delete b; echo $?; $RT create b </dev/null; $RT start b; $RT state b | jq -r .status; $RT delete -f b; echo $?
                bundle '.linux.resources.devices = [{allow: false, access: "rwm"}] | .linux.devices = [{path: "/dev/fuse", type: "c", major: 10, minor: 229}]
                  | .process.args = ["stat", "-c", "%n %t", "/dev/fuse"]'; $RT run c; echo $?
                bundle '.linux.resources.memory.limit = 67108864'; $RT run d 2>/dev/null; echo $?; bundle '.linux.cgroupsPath = "/foo"'; $RT run e 2>/dev/null; echo $?
                bundle '.linux.namespaces -= [{"type": "user"}] | del(.linux.uidMappings, .linux.gidMappings)'; $RT run f 2>&1 | grep -o 'rootless container requires user namespaces'
                ls state; cd ..; rm -rf hand
                """);

    assertThat(out)
        .contains("uid=0(root)", "running\n", "/dev/fuse a\n0\n1\n1\n")
        .endsWith("rootless container requires user namespaces\n");
  }
}
