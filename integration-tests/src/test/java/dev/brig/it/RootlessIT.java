package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The same commands as an ordinary user, seen from inside and from outside.
class RootlessIT {
  private OrdinaryUser user;

  @BeforeEach
  void needsAnOrdinaryUser() throws IOException, InterruptedException {
    user = OrdinaryUser.with(OrdinaryUser.Ids.RANGES);
  }

  @AfterEach
  void leavesNothing() throws IOException, InterruptedException {
    user.remove();
  }

  @Test
  void isRootInsideAndNobodyOutside() throws IOException, InterruptedException {
    String id = user.ok("run", "-d", "--name", "web", "host", "sleep", "100").strip();

    assertThat(user.ok("exec", "web", "id", "-u")).isEqualTo("0\n");
    String pid = Files.readString(user.state().resolve("own/brig/run/containers/" + id + "/pid"));
    Path status = Path.of("/proc", pid.substring(0, pid.indexOf(' ')), "status");
    String uid = user.shell("id -u").out().strip();
    assertThat(Files.readString(status)).contains("Uid:\t" + uid + "\t" + uid);
  }

  @Test
  void hasTheIdsOfItsRange() throws IOException, InterruptedException {
    assertThat(user.ok("run", "--rm", "--user", "33", "host", "id", "-u")).isEqualTo("33\n");
    assertThat(user.ok("run", "--rm", "--group-add", "44", "host", "id", "-G")).contains("44");
    assertThat(user.refused(125, "run", "--rm", "--user", "99999", "host", "true"))
        .contains("no mapping")
        .contains("/etc/subuid");
    user.hasNoContainersLeft();
  }

  @Test
  void canWriteToItsOwnCopyOfTheMachine() throws IOException, InterruptedException {
    String out = user.ok("run", "--rm", "host", "sh", "-c", "echo x > /usr/y; cat /usr/y");

    assertThat(out).isEqualTo("x\n");
    assertThat(Path.of("/usr/y")).doesNotExist();
    user.hasNoContainersLeft();
  }

  @Test
  void writesNowhereInAReadOnlyCopyOfTheMachine() throws IOException, InterruptedException {
    String script = "for d in / /usr /etc; do touch $d/x 2>/dev/null && echo wrote $d; done; true";

    assertThat(user.ok("run", "--rm", "--read-only", "host", "sh", "-c", script)).isEmpty();
  }

  @Test
  void hasADeviceUnderAnotherName() throws IOException, InterruptedException {
    String script = "echo x > /dev/other && stat -c %t:%T /dev/other /dev/zero";

    assertThat(
            user.ok(
                "run",
                "--rm",
                "--device",
                "/dev/null:/dev/other",
                "--device",
                "/dev/zero",
                "host",
                "sh",
                "-c",
                script))
        .isEqualTo("1:3\n1:5\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--memory 64m",
        "--cpus 1",
        "--pids-limit 10",
        "--cpuset-cpus 0",
        "--blkio-weight 100",
      })
  void refusesALimitThatItCanNotHaveAndNamesTheRemedy(String limit)
      throws IOException, InterruptedException {
    String[] words = limit.split(" ", -1);

    assertThat(user.refused(125, "run", "--rm", words[0], words[1], "host", "true"))
        .contains(words[0])
        .contains("not delegated")
        .contains("hint: ");
    assertThat(user.state().resolve("own/brig/containers")).isEmptyDirectory();
  }

  @Test
  void goesWithoutTheUsualLimitThatItCanNotHave() throws IOException, InterruptedException {
    String _ = user.ok("run", "-d", "--name", "web", "host", "sleep", "100");

    assertThat(user.ok("inspect", "web")).contains("\"limits\": []", "\"cgroups\": []");
  }

  @Test
  void livesThroughAllOfAContainersLife() throws IOException, InterruptedException {
    String script = "trap 'echo usr1' USR1; echo out; echo err >&2; while :; do sleep 0.1; done";
    String id = user.ok("create", "--name", "web", "--init", "host", "sh", "-c", script).strip();
    assertThat(user.ok("start", "web")).isEqualTo("web\n");
    assertThat(user.ok("ps")).contains("web");
    assertThat(user.brig("logs", "web").err()).isEqualTo("err\n");
    assertThat(user.ok("kill", "-s", "USR1", "web")).isEqualTo("web\n");
    assertThat(user.ok("inspect", "web")).contains(id).contains("running");
    assertThat(user.refused(125, "rm", "web")).contains("is running");
    assertThat(user.refused(125, "pause", "web")).contains("cgroup").contains("Delegate=yes");
    assertThat(user.ok("stop", "-t", "1", "web")).isEqualTo("web\n");
    assertThat(user.ok("wait", "web")).isEqualTo("143\n");
    assertThat(user.ok("rm", "web")).isEqualTo("web\n");
    user.hasNoContainersLeft();
  }

  @Test
  void removesWhatRuns() throws IOException, InterruptedException {
    String _ = user.ok("run", "-d", "--name", "web", "--user", "33", "host", "sleep", "100");

    assertThat(user.ok("rm", "-f", "web")).isEqualTo("web\n");
    user.hasNoContainersLeft();
  }

  @Test
  void givesACommandATerminalThatIsTheContainers() throws IOException, InterruptedException {
    String brig = Checkout.root().resolve("brig").toString();
    String python = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)";
    String spawn = "python3 -c '" + python + "' " + brig;
    Brig.Ended ended =
        user.shell("PATH=/usr/bin:/bin " + spawn + " run --rm -it host sh -c 'tty; id -u'");

    assertThat(ended.out()).contains("/dev/").contains("0");
    assertThat(ended.status()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "nosuch, 127, is in none of the directories of PATH",
    "/etc/passwd, 126, is not executable",
  })
  void saysWhyACommandCanNotJoin(String command, int status, String finding)
      throws IOException, InterruptedException {
    String _ = user.ok("run", "-d", "--name", "web", "host", "sleep", "100");

    assertThat(user.refused(status, "exec", "web", command)).contains(finding).contains("hint: ");
    assertThat(user.refused(125, "exec", "-u", "99999", "web", "id")).contains("no mapping");
  }

  @Test
  void sharesNamespacesOfAnotherContainerAndWithThemItsUsers()
      throws IOException, InterruptedException {
    String _ = user.ok("run", "-d", "--name", "web", "host", "sleep", "100");
    String namespaces = "readlink /proc/self/ns/user /proc/self/ns/net";
    String theirs = user.ok("exec", "web", "sh", "-c", namespaces);

    assertThat(user.ok("run", "--rm", "--network", "container:web", "host", "sh", "-c", namespaces))
        .isEqualTo(theirs);
    assertThat(user.ok("run", "--rm", "--pid", "container:web", "host", "sh", "-c", "echo $$"))
        .isNotEqualTo("1\n");
    assertThat(user.refused(127, "run", "--rm", "--pid", "container:web", "host", "nosuch"))
        .contains("in none of the directories of PATH");
    assertThat(
            user.refused(
                125, "run", "--rm", "--userns=private", "--ipc=container:web", "host", "true"))
        .contains("can be joined only from its user namespace");
  }

  @Test
  void keepsTheUsersOwnId() throws IOException, InterruptedException {
    String own = user.shell("id -u").out();

    assertThat(user.ok("run", "--rm", "--userns=keep-id", "host", "id", "-u")).isEqualTo(own);
    assertThat(user.ok("run", "--rm", "--userns=keep-id:uid=5,gid=6", "host", "id", "-u"))
        .isEqualTo("5\n");
    assertThat(user.ok("run", "--rm", "--userns=host", "host", "id", "-u")).isEqualTo("0\n");
    assertThat(user.refused(125, "run", "--userns=keep-id:uid=99999", "host", "true"))
        .contains("--userns keep-id")
        .contains("hint: ");
    user.hasNoContainersLeft();
  }

  @Test
  void countsMappedIdsFromItsOwn() throws IOException, InterruptedException {
    String map = "cat /proc/self/uid_map";
    String range = user.shell("grep ^brigtest: /etc/subuid").out().split(":", -1)[1];

    assertThat(user.ok("run", "--rm", "--uidmap=0:0:1", "--uidmap=7:1:10", "host", "sh", "-c", map))
        .containsPattern("7 +" + range + " +10\n");
    assertThat(user.refused(125, "run", "--rm", "--uidmap=0:70000:1", "host", "true"))
        .contains("there is no id 70000");
    assertThat(user.refused(125, "run", "--rm", "--uidmap=0:1:10", "host", "true"))
        .contains("own id");
    assertThat(user.refused(125, "run", "--rm", "-v=/usr:/mnt:idmap", "host", "true"))
        .contains("for the host's root only");
  }

  @Test
  void hasWhatItsUserHas() throws IOException, InterruptedException {
    assertThat(user.ok("run", "--rm", "--network=host", "host", "readlink", "/proc/self/ns/net"))
        .isEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/net")) + "\n");
    assertThat(user.ok("run", "--rm", "-v=data:/mnt", "host", "sh", "-c", "echo 1 > /mnt/f"))
        .isEmpty();
    assertThat(user.ok("run", "--rm", "-v=data:/mnt:ro", "host", "cat", "/mnt/f")).isEqualTo("1\n");
    assertThat(user.ok("run", "--rm", "--tmpfs=/mnt:size=1m", "host", "stat", "-fc%T", "/mnt"))
        .isEqualTo("tmpfs\n");
    assertThat(
            user.ok("run", "--rm", "--cap-drop=ALL", "host", "grep", "CapEff", "/proc/self/status"))
        .contains("0000000000000000");
    assertThat(user.ok("explain", "run", "--rm", "host", "true")).contains("newuidmap");
    user.hasNoContainersLeft();
  }
}
