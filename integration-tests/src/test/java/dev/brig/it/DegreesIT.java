package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `--isolation`: the same image and command at each degree, and what differs.
class DegreesIT {
  private static final List<String> KINDS = List.of("mnt", "pid", "net", "ipc", "uts", "cgroup");

  @TempDir static Path folder;

  private static ContainerLab lab() {
    return ContainerLab.in(folder);
  }

  @BeforeAll
  static void prepare() throws IOException, InterruptedException {
    lab().prepare();
  }

  @AfterEach
  void leavesNothing() throws IOException, InterruptedException {
    for (String id : lab().brig().run("ps", "-aq").out().lines().toList()) {
      String _ = lab().ok("rm", "-f", id);
    }
    assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(folder.toString());
    assertThat(ContainerLab.shell("ls \"$1/brig/containers\"", folder.toString()).out()).isEmpty();
  }

  @AfterAll
  static void remove() throws IOException, InterruptedException {
    lab().remove();
  }

  private static String run(String degree, String script) throws IOException, InterruptedException {
    return lab()
        .ok(
            "run",
            "--rm",
            "--isolation",
            degree,
            "-u",
            "0",
            "-w",
            "/etc",
            "--entrypoint",
            "",
            "base",
            "sh",
            "-c",
            script);
  }

  @ParameterizedTest
  @CsvSource({"bare,host", "chroot,host", "namespaces,own", "container,own"})
  void separatesNamespacesFromTheThirdDegreeOn(String degree, String whose)
      throws IOException, InterruptedException {
    String links = "for kind in mnt pid net ipc uts cgroup; do readlink /proc/self/ns/$kind; done";

    List<String> inside = run(degree, links).lines().toList();
    List<String> host = ContainerLab.shell(links).out().lines().toList();

    assertThat(inside).hasSize(KINDS.size());
    if (whose.equals("host")) {
      assertThat(inside).isEqualTo(host);
    } else {
      assertThat(inside).doesNotContainAnyElementsOf(host);
    }
  }

  @ParameterizedTest
  @CsvSource({"bare,false", "chroot,true", "namespaces,true", "container,true"})
  void hasTheImageAsItsRootFromTheSecondDegreeOn(String degree, boolean root)
      throws IOException, InterruptedException {
    String seen = run(degree, "pwd; ls -di . ../etc; stat -c %m / 2>/dev/null || true");

    String first = seen.lines().findFirst().orElseThrow();
    if (root) {
      assertThat(first).isEqualTo("/etc");
    } else {
      assertThat(first).startsWith(folder + "/brig/containers/").endsWith("/rootfs/etc");
    }
    boolean hosts = run(degree, "cat /etc/passwd").equals(Files.readString(Path.of("/etc/passwd")));
    assertThat(hosts).isEqualTo(!root);
  }

  @ParameterizedTest
  @CsvSource({"bare,0", "chroot,0", "namespaces,0", "container,2"})
  void withholdsRightsAtTheFullDegreeOnly(String degree, int mode)
      throws IOException, InterruptedException {
    String status = run(degree, "grep -E '^(CapEff|Seccomp):' /proc/self/status");

    String own =
        ContainerLab.shell("grep CapEff: /proc/self/status").out().replaceAll("\\s+", " ").strip();
    assertThat(status).contains("Seccomp:\t" + mode + "\n");
    assertThat(status.replaceAll("\\s+", " ").contains(own)).isEqualTo(mode == 0);
  }

  /// One that took itself for a container exchanged the root of the whole machine.
  @ParameterizedTest
  @ValueSource(strings = {"bare", "chroot", "namespaces", "container"})
  void clonesKeepTheirDegree(String degree) throws IOException, InterruptedException {
    Brig.Ended ended =
        ContainerLab.shell(
            """
            $BRIG create --name origin --isolation $1 -u 0 --entrypoint "" base sh -c 'readlink /proc/self/ns/mnt'
            $BRIG clone origin copy; $BRIG inspect --format '{{.isolation}}' copy; $BRIG start -a copy
            """
                .replace("$BRIG", Checkout.root() + "/brig --root " + folder.resolve("brig")),
            degree);
    List<String> seen = ended.out().lines().skip(2).toList();

    assertThat(seen).as(ended.err()).hasSize(2).startsWith(degree);
    String host = ContainerLab.shell("readlink /proc/self/ns/mnt").out().strip();
    boolean shared = degree.equals("bare") || degree.equals("chroot");
    assertThat(seen.getLast().equals(host)).as(seen + " " + host).isEqualTo(shared);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bare", "chroot", "namespaces", "container"})
  void passesStreamsSignalsAndStatusOn(String degree) throws IOException, InterruptedException {
    Brig.Ended ended =
        ContainerLab.shell(
            """
            run() { $BRIG run --rm --isolation $DEGREE -u 0 -w / --entrypoint "" "$@"; }
            echo in | run -i base sh -c 'cat; echo out; echo err >&2; exit 7'; echo $?
            run base sh -c 'sh -c "kill -9 \\$\\$"; exit $?'; echo $?
            run base nosuchcommand 2>/dev/null; echo $?
            run -d --name c base sleep 1000 >/dev/null; $BRIG exec c sh -c 'ls -d etc; exit 3'; echo $?
            $BRIG stop -t 5 c; $BRIG ps -aq
            """
                .replace("$BRIG", Checkout.root() + "/brig --root " + folder.resolve("brig"))
                .replace("$DEGREE", degree));

    assertThat(ended.out()).as(ended.err()).isEqualTo("in\nout\n7\n137\n127\netc\n3\nc\n");
    assertThat(ended.err()).contains("err\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bare", "chroot"})
  void isUnmountedByTheNextCommandWhereItsSupervisorWasKilled(String degree)
      throws IOException, InterruptedException {
    lab().made(List.of("run", "-d", "--isolation", degree), "c", "sleep", "1000");
    String id = lab().ok("ps", "-q", "--no-trunc").strip();
    assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).contains(id);

    var _ =
        ContainerLab.shell(
            "supervisor=$(awk '/^PPid/ {print $2}' /proc/$1/status); kill -9 $supervisor;"
                + " while [ -d /proc/$supervisor ]; do :; done",
            lab().ok("inspect", "--format", "{{.state.pid}}", id).strip());

    // Killed by this brig, or dead already, and nobody saw how.
    assertThat(lab().ok("ps", "-a")).containsPattern("Exited \\((137|255)\\)");
    assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(id);
  }

  /// With `b` a run of an image at the degree.
  private static Brig.Ended script(String degree, String script)
      throws IOException, InterruptedException {
    String brig = "timeout -k 5 60 " + Checkout.root() + "/brig --root " + folder.resolve("brig");
    String run = brig + " run --isolation " + degree + " -u 0 -w / --entrypoint '' ";
    return ContainerLab.shell(
        "b() { " + run + "\"$@\"; }; brig='" + brig + "'\n{ " + script + "\n} | cat");
  }

  @Test
  void runsAnotherKernelInGvisor() throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/runsc")), "needs runsc");

    Brig.Ended ended =
        script(
            "gvisor",
            """
            b --rm base sh -c 'read -r a b release c < /proc/version; echo "$release"'
            echo in | b --rm -i base sh -c 'cat; echo out; echo err >&2; exit 7'; echo $?
            b -d --name c base sh -c 'trap "exit 4" TERM; echo up; while :; do sleep 0.1; done' >/dev/null
            until $brig logs c | grep -q up; do :; done; $brig exec c sh -c 'pwd; exit 3'; echo $?
            $brig stop -t 20 c; $brig wait c; $brig rm c
            """);

    List<String> lines = ended.out().lines().toList();
    assertThat(lines).as(ended.err()).hasSize(9);
    assertThat(lines.getFirst())
        .matches("\\d+\\.\\d+.*")
        .isNotEqualTo(ContainerLab.shell("uname -r").out().strip());
    assertThat(lines.subList(1, 9)).containsExactly("in", "out", "7", "/", "3", "c", "4", "c");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bare", "chroot", "namespaces", "container", "gvisor"})
  void hasATerminalWhereOneIsAskedFor(String degree) throws IOException, InterruptedException {
    assumeTrue(!degree.equals("gvisor") || Files.isExecutable(Path.of("/usr/bin/runsc")), "runsc");
    String ask = "test -t 0 && stty size; read -r line; echo \"got $line\"; exit 5";

    JsonObject told =
        Person.plays(
            lab().brig(),
            List.of(
                List.of("expect", "33 99"),
                List.of("send", "typed\r"),
                List.of("expect", "got typed")),
            "run",
            "--rm",
            "-it",
            "--isolation",
            degree,
            "-u",
            "0",
            "--entrypoint",
            "",
            "base",
            "sh",
            "-c",
            ask);

    assertThat(told.get("status").getAsInt()).isEqualTo(5);
  }

  /// The probe covers /tmp.
  @Test
  void findsThatGvisorWorksFromAnyDirectory() throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/runsc")), "needs runsc");
    Path below = Files.createTempDirectory(Path.of("/tmp"), "brig-degrees");

    Brig.Ended ended =
        ContainerLab.shell(
            "cd \"$1\" && \"$2\" --root \"$1/new\" run --rm --isolation gvisor host echo here;"
                + " rm -rf --one-file-system \"$1\"",
            below.toString(),
            Checkout.root() + "/brig");

    assertThat(ended.out()).as(ended.err()).isEqualTo("here\n");
  }

  @Test
  void readsAndWritesTheFilesOfWhatRunsInGvisor() throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/runsc")), "needs runsc");
    lab().made(List.of("run", "-d", "--isolation", "gvisor"), "c", "sleep", "1000");
    Path file = folder.resolve("brig-degrees");
    Files.writeString(file, "new\n");

    String _ = lab().ok("cp", file.toString(), "c:/brig-degrees");

    assertThat(Path.of("/brig-degrees")).doesNotExist();
    assertThat(lab().ok("exec", "c", "cat", "/brig-degrees")).isEqualTo("new\n");
    assertThat(lab().ok("diff", "c")).contains("A /brig-degrees\n");
  }

  @Test
  void showsTheAnswersOfAllDegreesSideBySide() throws IOException, InterruptedException {
    String answers = lab().ok("ladder", "--", "sh", "-c", "echo $$; exit 3");
    List<String> rows = answers.lines().map(row -> row.replaceAll(" {2,}", "|")).toList();

    assertThat(rows).hasSize(7);
    assertThat(rows.get(0)).isEqualTo("DEGREE|STATUS|ANSWER");
    assertThat(rows.get(1)).matches("bare\\|3\\|\\d{2,}");
    assertThat(rows.get(2)).matches("chroot\\|3\\|\\d{2,}");
    assertThat(rows.get(3)).isEqualTo("namespaces|3|1");
    assertThat(rows.get(4)).isEqualTo("container|3|1");
    assertThat(rows.get(5)).matches("gvisor\\|(3\\|1|-\\|not here: --isolation gvisor: .*)");
    assertThat(rows.get(6)).matches("vm.*\\|(3\\|\\d+|-\\|not here: --isolation vm: .*)");
  }

  @Test
  void leavesTheHostsDevicesMountedWhereTheyAre() throws IOException, InterruptedException {
    String look = "grep -E ' /(dev|proc|sys)[ /]' /proc/self/mountinfo";
    String before = ContainerLab.shell(look).out();

    assertThat(run("chroot", "test -c /dev/null && ls -d /dev/pts/ptmx"))
        .isEqualTo("/dev/pts/ptmx\n");

    assertThat(ContainerLab.shell(look).out()).isEqualTo(before);
  }

  @Test
  void readsAndWritesTheFilesOfAProcessThatStaysOutside() throws IOException, InterruptedException {
    lab().made(List.of("run", "-d", "--isolation", "bare"), "c", "sleep", "1000");
    String id = "c";
    Path file = folder.resolve("brig-degrees");
    Files.writeString(file, "new\n");

    String _ = lab().ok("cp", file.toString(), id + ":/etc/");

    assertThat(Path.of("/etc/brig-degrees")).doesNotExist();
    assertThat(lab().ok("exec", id, "cat", "etc/brig-degrees")).isEqualTo("new\n");
    assertThat(lab().ok("diff", id)).contains("A /etc/brig-degrees\n");
  }

  @Test
  void saysOnceWhatChrootLeavesOpen() throws IOException, InterruptedException {
    Brig.Ended ended = lab().brig().run("run", "--rm", "--isolation", "chroot", "base", "true");

    assertThat(ended.err().lines().filter(line -> line.contains("root can walk out"))).hasSize(1);
    assertThat(lab().brig().run("run", "--rm", "base", "true").err()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "bare,--network none",
    "bare,--hostname web",
    "bare,-v /tmp:/mnt",
    "bare,--init",
    "chroot,--pid private",
    "chroot,--uidmap 0:1:1",
    "chroot,--sysctl kernel.msgmax=1",
    "chroot,--device /dev/null",
    "chroot,--upper tmpfs",
    "chroot,--privileged"
  })
  void refusesWhatTheDegreeHasNoNotionOf(String degree, String option)
      throws IOException, InterruptedException {
    String[] words = (option + " base true").split(" ");
    List<String> line = new ArrayList<>(List.of("run", "--rm", "--isolation", degree));
    line.addAll(List.of(words));

    Brig.Ended ended = lab().brig().run(line.toArray(String[]::new));

    assertThat(ended.status()).isEqualTo(125);
    assertThat(ended.err())
        .containsPattern("--isolation " + degree + " (has|withholds|hides)")
        .contains("hint: take --isolation container");
  }

  @Test
  void isRootsOnlyInTheHostsOwnNamespaces() throws IOException, InterruptedException {
    OrdinaryUser user = OrdinaryUser.with(OrdinaryUser.Ids.NO_RANGE);
    try {
      Brig.Ended ended = user.brig("run", "--rm", "--isolation", "chroot", "host", "true");

      assertThat(ended.status()).isEqualTo(125);
      assertThat(ended.err()).contains("take --isolation namespaces");
      assertThat(user.brig("run", "--rm", "--isolation", "namespaces", "host", "true").status())
          .isZero();
    } finally {
      user.remove();
    }
  }
}
