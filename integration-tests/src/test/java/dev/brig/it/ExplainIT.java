package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `brig explain` says is what strace sees: call by call, with the arguments, in the
/// supervisor as in the container.
class ExplainIT {
  private static final List<String> TERMINAL =
      List.of("python3", "-c", "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)");

  private static final String[] PATH = {"env", "PATH=/usr/bin:/bin"};

  @TempDir Path folder;

  private Brig brig;

  @BeforeEach
  void needsRootAndStrace() throws IOException, InterruptedException {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    assumeTrue(works("command -v strace"), "strace is not installed");
    // Users of user namespaces have to reach it.
    assertThat(works("chmod 755 " + folder)).isTrue();
    brig = Brig.in(folder.resolve("brig"));
    var _ = brig.run("run", "--rm", "host", "true"); // fills the cache of filters
  }

  @Test
  void explainsAContainerInTheForeground() throws IOException, InterruptedException {
    compared("run", "--rm", "host", "true");
  }

  @Test
  void explainsLimitsVolumesAndPrivileges() throws IOException, InterruptedException {
    Path volume = Files.createDirectory(folder.resolve("volume"));
    compared(
        "run",
        "--rm",
        "--memory",
        "64m",
        "--cpus",
        "0.5",
        "--pids-limit",
        "20",
        "-v",
        volume + ":/mnt:ro",
        "--tmpfs",
        "/run:size=1m,noatime",
        "--read-only",
        "--cap-add",
        "NET_ADMIN",
        "--security-opt",
        "no-new-privileges",
        "--ulimit",
        "core=0",
        "--sysctl",
        "net.ipv4.ip_forward=1",
        "--user",
        "1:2",
        "--workdir",
        "/usr",
        "--device",
        "/dev/zero:/dev/nil",
        "host",
        "true");
  }

  @Test
  void explainsADetachedContainer() throws IOException, InterruptedException {
    compared("run", "-d", "--rm", "host", "echo", "hello");
  }

  @Test
  @Tag("thorough")
  void explainsAnInitProcess() throws IOException, InterruptedException {
    compared("run", "--rm", "--init", "host", "true");
  }

  @Test
  void explainsAUserNamespace() throws IOException, InterruptedException {
    String root = busyboxRoot(folder.resolve("root")).toString();
    compared("run", "--rm", "--userns", "private", root, "true");
  }

  @Test
  @Tag("thorough")
  void explainsAChroot() throws IOException, InterruptedException {
    String root = busyboxRoot(folder.resolve("root")).toString();
    compared("run", "--rm", "--isolation", "chroot", root, "true");
  }

  @Test
  void explainsABareProcess() throws IOException, InterruptedException {
    String root = busyboxRoot(folder.resolve("root")).toString();
    compared("run", "--rm", "--isolation", "bare", root, "true");
  }

  @Test
  void explainsWhatIsCopiedIntoNewMounts() throws IOException, InterruptedException {
    Path root = busyboxRoot(folder.resolve("root"));
    assertThat(
            works(
                "cd " + root + "; mkdir -p data/sub; echo x > data/sub/file; ln -s sub data/link"))
        .isTrue();
    compared("run", "--rm", "--tmpfs", "/data", "-v", "new:/data/sub", root.toString(), "true");
  }

  @Test
  void explainsATerminal() throws IOException, InterruptedException {
    comparedOn(TERMINAL, "run", "--rm", "-it", "host", "true");
  }

  @Test
  void explainsAFailure() throws IOException, InterruptedException {
    String[] words = {"run", "--rm", "host", "/no/such/command"};
    assertThat(made(explained(brig, words), brig, List.of(), words).status()).isEqualTo(127);
  }

  @Test
  void explainsACommandInARunningContainer() throws IOException, InterruptedException {
    var _ = brig.run("run", "-d", "--name", "web", "host", "sleep", "100");
    try {
      compared("exec", "-u", "1", "web", "true");
    } finally {
      var _ = brig.run("rm", "-f", "web");
    }
  }

  @Test
  void explainsTheStartOfAContainer() throws IOException, InterruptedException {
    var _ = brig.run("create", "--name", "web", "--memory", "64m", "host", "true");
    compared("start", "-a", "web");
  }

  @Test
  void explainsAContainerOfAnOrdinaryUser() throws IOException, InterruptedException {
    assumeTrue(works("id brigtest"), "there is no user brigtest");
    String home = folder + "/home";
    assertThat(works("install -d -o brigtest " + home)).isTrue();
    String root = busyboxRoot(folder.resolve("root")).toString();
    Brig user = Brig.in(folder.resolve("home/brig"));
    JsonArray plan = explained(user.as("brigtest").under(PATH), "run", "--rm", root, "true");
    // strace runs as root, so that newuidmap keeps its rights.
    Brig.Ended ended =
        made(
            plan,
            user.with("PATH", PATH[1].substring(5)),
            List.of("-u", "brigtest"),
            "run",
            "--rm",
            root,
            "true");
    assertThat(ended.status()).as(ended.err()).isZero();
  }

  @Test
  void tracesTheCallsOfBothHalvesWithTheirTimes() throws IOException, InterruptedException {
    Brig.Ended ended = brig.run("run", "--rm", "--trace", "host", "sleep", "0.2");

    assertThat(ended.status()).isZero();
    long waitedMicros = 0;
    for (String line : ended.err().split("\n", -1)) {
      if (line.contains("supervisor ppoll(")) {
        waitedMicros += Long.parseLong(line.strip().split(" +", -1)[1]);
      }
    }
    assertThat(waitedMicros).isBetween(100_000L, 20_000_000L);
    assertThat(ended.err().lines())
        .hasSizeGreaterThan(100)
        .allMatch(
            line -> line.matches(" *\\d+ +\\d+ us  (supervisor|container) +\\w+\\(.*\\) = .*"))
        .anyMatch(line -> line.contains("container  pivot_root(\".\", \".\") = 0"));
  }

  @Test
  void changesNothing() throws IOException, InterruptedException {
    var _ = brig.run("create", "--name", "web", "host", "true");
    String before = state();

    var _ = explained(brig, "run", "--memory", "64m", "-v", "data:/mnt", "host", "true");
    var _ = explained(brig, "create", "host", "true");
    var _ = explained(brig, "start", "web");

    assertThat(state()).isEqualTo(before).contains("container.json");
  }

  @Test
  void refusesWhatHasNoPlan() throws IOException, InterruptedException {
    Brig.Ended ended = brig.run("explain", "stop", "web");

    assertThat(ended.status()).isEqualTo(125);
    assertThat(ended.err())
        .isEqualTo(
            """
            brig: explain: stop: only run, create, start and exec have a plan
            hint: brig explain run [RUN-OPTIONS] IMAGE COMMAND
            """);
  }

  /// All files of the state with their times, and what is mounted there.
  private String state() throws IOException, InterruptedException {
    String root = folder.resolve("brig").toString();
    String files = "find " + root + " -printf '%p %m %s %T@ %C@\\n' | sort";
    String line = files + "; grep " + root + " /proc/mounts";
    return Shell.ended(new ProcessBuilder("sh", "-c", line)).out();
  }

  private void compared(String... words) throws IOException, InterruptedException {
    comparedOn(List.of(), words);
  }

  private void comparedOn(List<String> before, String... words)
      throws IOException, InterruptedException {
    Brig on = brig.under(before.toArray(new String[0]));
    Brig.Ended ended = made(explained(on, words), on, List.of(), words);
    assertThat(ended.status()).as(ended.err()).isZero();
  }

  /// Runs a command under strace, and holds what it did against the plan.
  private Brig.Ended made(JsonArray plan, Brig on, List<String> options, String... words)
      throws IOException, InterruptedException {
    Path log = folder.resolve("strace");
    List<String> strace = new ArrayList<>(List.of("strace", "-o", log.toString()));
    strace.addAll(StraceLog.OPTIONS);
    strace.addAll(options);
    Brig.Ended ended = on.under(strace.toArray(new String[0])).run(words);
    assertThat(PlanWalk.check(plan, StraceLog.read(log))).isGreaterThan(40);
    return ended;
  }

  private static JsonArray explained(Brig brig, String... words)
      throws IOException, InterruptedException {
    List<String> explain = new ArrayList<>(List.of("explain", "--json"));
    explain.addAll(List.of(words));
    Brig.Ended ended = brig.run(explain.toArray(new String[0]));
    assertThat(ended.err()).isEmpty();
    return JsonParser.parseString(ended.out()).getAsJsonObject().getAsJsonArray("steps");
  }

  private static Path busyboxRoot(Path root) throws IOException, InterruptedException {
    assumeTrue(works("test -x /bin/busybox"), "busybox-static is not installed");
    assertThat(works("mkdir -p %1$s/bin && cp /bin/busybox %1$s/bin/true".formatted(root)))
        .isTrue();
    return root;
  }

  private static boolean works(String line) throws IOException, InterruptedException {
    return Shell.ended(new ProcessBuilder("sh", "-c", line)).status() == 0;
  }
}
