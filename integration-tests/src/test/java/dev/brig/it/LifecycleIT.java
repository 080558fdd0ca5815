package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A container's life, from `create` to `rm`, as a user of podman knows it.
class LifecycleIT {
  @TempDir static Path folder;

  private final Brig brig = Brig.in(folder.resolve("brig")).within(Duration.ofMinutes(2));

  @BeforeEach
  void needsRoot() {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
  }

  @AfterEach
  void removeAll() throws IOException, InterruptedException {
    var _ = brig.run("rm", "-f", "-a", "-v");
  }

  /// Runs a command that must succeed, and returns what it prints, without the last line break.
  private String said(String... words) throws IOException, InterruptedException {
    Brig.Ended ended = brig.run(words);
    assertThat(ended.status()).as(ended.err()).isZero();
    assertThat(ended.err()).isEmpty();
    return ended.out().stripTrailing();
  }

  private Brig.Ended refused(String... words) throws IOException, InterruptedException {
    Brig.Ended ended = brig.run(words);
    assertThat(ended.status()).isEqualTo(125);
    assertThat(ended.err()).startsWith("brig: ");
    return ended;
  }

  private String pid(String name) throws IOException, InterruptedException {
    return said("inspect", "--format", "{{.State.Pid}}", name);
  }

  @Test
  void followsALogOnlyAsLongAsSomebodyReads() throws IOException, InterruptedException {
    said("run", "-d", "--name", "talker", "host", "sh", "-c", "while :; do echo y; done");
    String script = "{ BRIG_ROOT=\"$2\" \"$1\" logs -f talker; echo $? >&2; } | head -n 1";
    String command = Checkout.root().resolve("brig").toString();
    String state = folder.resolve("brig").toString();

    Brig.Ended ended = Shell.ended(new ProcessBuilder("sh", "-c", script, "-", command, state));

    assertThat(ended.out()).isEqualTo("y\n");
    assertThat(ended.err()).isEqualTo("141\n");
  }

  @ParameterizedTest
  @CsvSource({"HUP,1", "INT,2", "QUIT,3", "USR1,10", "USR2,12", "TERM,15", "WINCH,28"})
  void passesSignalsOnToTheForegroundCommand(String name, int number)
      throws IOException, InterruptedException {
    String script =
        "trap 'exit " + (40 + number) + "' " + name + "; echo ready; while :; do sleep 0.1; done";
    Process process = brig.builder("run", "--rm", "host", "sh", "-c", script).start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(out.readLine()).isEqualTo("ready");
      var _ = Shell.ended(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())));
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(40 + number);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void passesItsInputOnToTheEnd() throws IOException, InterruptedException {
    String much = "0123456789abcdef\n".repeat(100_000);

    Brig.Ended ended = brig.reading(much).run("run", "--rm", "-i", "host", "cat");

    assertThat(ended.status()).isZero();
    assertThat(ended.out()).isEqualTo(much);
    assertThat(brig.reading("x").run("run", "--rm", "host", "cat").out()).isEmpty();
  }

  @Test
  void initReapsWhatNobodyWaitsFor() throws IOException, InterruptedException {
    String script =
        "sh -c 'sleep 0.1 & echo $! > /tmp/orphan'; orphan=$(cat /tmp/orphan);"
            + " while test -d /proc/$orphan; do sleep 0.05; done; cat /proc/1/comm; echo reaped";

    Brig.Ended ended = brig.run("run", "--rm", "--init", "host", "sh", "-c", script);

    assertThat(ended.out()).endsWith("reaped\n");
  }

  @Test
  void keepsALogOfBothStreams() throws IOException, InterruptedException {
    var _ = said("run", "-d", "--name", "web", "host", "sh", "-c", "seq 1 9; echo bad >&2");
    assertThat(said("wait", "web")).isEqualTo("0");

    Brig.Ended all = brig.run("logs", "web");
    assertThat(all.out()).isEqualTo("1\n2\n3\n4\n5\n6\n7\n8\n9\n");
    assertThat(all.err()).isEqualTo("bad\n");
    assertThat(brig.run("logs", "-n", "3", "web").out()).isEqualTo("8\n9\n");
    assertThat(brig.run("logs", "-t", "web").out().lines().findFirst().orElse(""))
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z 1");
    assertThat(said("logs", "--since", "2999-01-01T00:00:00Z", "web")).isEmpty();
    assertThat(brig.run("logs", "--since", "1h", "web").out()).startsWith("1\n");
  }

  @Test
  void followsALogToItsEndThroughAllItsFiles() throws IOException, InterruptedException {
    var _ =
        said(
            "run",
            "-d",
            "--name",
            "web",
            "--log-opt",
            "max-size=128k",
            "host",
            "sh",
            "-c",
            "while ! test -e /go; do sleep 0.05; done; seq 1 20000");
    Process follow = brig.builder("logs", "-f", "web").start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(follow.getInputStream(), StandardCharsets.UTF_8))) {
      var _ = said("exec", "web", "touch", "/go");
      List<String> lines = out.lines().toList();
      assertThat(follow.waitFor()).isZero();
      assertThat(lines).isNotEmpty();
      assertThat(lines.getLast()).isEqualTo("20000");
    }
    assertThat(said("logs", "-n", "1", "web")).isEqualTo("20000");
  }

  @Test
  void stopsBySignalAndThenByForce() throws IOException, InterruptedException {
    String polite = "trap 'exit 7' TERM; echo up; while :; do sleep 0.1; done";
    String deaf = "trap '' TERM; echo up; while :; do sleep 0.1; done";
    var _ = said("run", "-d", "--name", "polite", "host", "sh", "-c", polite);
    var _ = said("run", "-d", "--name", "deaf", "host", "sh", "-c", deaf);
    awaitLog("polite");
    awaitLog("deaf");

    assertThat(said("stop", "-t", "60", "polite")).isEqualTo("polite");
    assertThat(said("stop", "-t", "1", "deaf")).isEqualTo("deaf");

    assertThat(said("wait", "polite", "deaf")).isEqualTo("7\n137");
    assertThat(said("stop", "polite")).isEqualTo("polite");
  }

  private void awaitLog(String name) throws IOException, InterruptedException {
    for (int i = 0; i < 600 && said("logs", name).isEmpty(); i++) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  @Test
  void stopsByTheSignalThatItWasMadeWith() throws IOException, InterruptedException {
    String script = "trap 'exit 8' USR1; echo up; while :; do sleep 0.1; done";
    var _ = said("run", "-d", "--name", "web", "--stop-signal", "USR1", "host", "sh", "-c", script);
    awaitLog("web");

    var _ = said("stop", "-t", "60", "web");

    assertThat(said("wait", "web")).isEqualTo("8");
  }

  @Test
  void killsByAnySignal() throws IOException, InterruptedException {
    String script = "trap 'exit 9' HUP; echo up; while :; do sleep 0.1; done";
    var _ = said("run", "-d", "--name", "web", "host", "sh", "-c", script);
    awaitLog("web");

    assertThat(said("kill", "-s", "HUP", "web")).isEqualTo("web");

    assertThat(said("wait", "web")).isEqualTo("9");
    assertThat(refused("kill", "web").err()).contains("web is not running: it is exited");
  }

  @Test
  void freezesItsProcessesForReal() throws IOException, InterruptedException {
    var _ = said("run", "-d", "--name", "web", "host", "sleep", "1000");
    var _ = said("pause", "web");

    assertThat(said("ps", "--format", "{{.State}}")).isEqualTo("paused");
    assertThat(frozen()).isIn("FROZEN", "1");
    assertThat(refused("exec", "web", "true").err()).contains("web is paused");
    var _ = said("unpause", "web");
    assertThat(frozen()).isIn("THAWED", "0");
    assertThat(said("exec", "web", "echo", "goes on")).isEqualTo("goes on");
    var _ = said("pause", "web");
    assertThat(said("rm", "-f", "web")).isEqualTo("web");
  }

  private String frozen() throws IOException, InterruptedException {
    String line =
        "for f in $(tr -d '[]\",' | tr ' ' '\\n'); do cat $f/freezer.state 2>/dev/null || cat"
            + " $f/cgroup.freeze 2>/dev/null; done | head -n 1";
    String cgroups = said("inspect", "-f", "{{.cgroups}}", "web");
    return Shell.ended(new ProcessBuilder("sh", "-c", "echo '" + cgroups + "' | (" + line + ")"))
        .out()
        .strip();
  }

  @Test
  void startsWhatWasCreated() throws IOException, InterruptedException {
    var _ = said("create", "--name", "web", "host", "sh", "-c", "echo out; cat; exit 3");
    assertThat(said("ps", "-a", "--format", "{{.Names}} {{.Status}}")).isEqualTo("web Created");

    Brig.Ended attached = brig.reading("typed\n").run("start", "-a", "web");
    assertThat(attached.out()).isEqualTo("out\n");
    assertThat(attached.status()).isEqualTo(3);
    assertThat(brig.reading("typed\n").run("start", "-i", "web").out()).isEqualTo("out\ntyped\n");
    assertThat(said("start", "web")).isEqualTo("web");
    assertThat(said("wait", "web")).isEqualTo("3");
  }

  @Test
  void startsSeveral() throws IOException, InterruptedException {
    var _ = said("create", "--name", "one", "host", "sleep", "1000");
    var _ = said("create", "--name", "two", "host", "sleep", "1000");

    assertThat(said("start", "one", "two")).isEqualTo("one\ntwo");

    assertThat(said("ps", "-q").lines()).hasSize(2);
    assertThat(refused("start", "-a", "one", "two").err()).contains("only one container");
  }

  @Test
  void restartsWhetherItRunsOrNot() throws IOException, InterruptedException {
    var _ = said("run", "-d", "--name", "web", "host", "sh", "-c", "echo x >> /runs; sleep 1000");
    String before = pid("web");

    assertThat(said("restart", "-t", "0", "web")).isEqualTo("web");
    String after = pid("web");
    assertThat(after).isNotEqualTo(before).isNotEqualTo("0");
    var _ = said("kill", "web");
    var _ = said("wait", "web");
    assertThat(said("restart", "web")).isEqualTo("web");
    assertThat(pid("web")).isNotEqualTo("0");
  }

  @Test
  void renamesWhatRunsAndWhatDoesNot() throws IOException, InterruptedException {
    var _ = said("run", "-d", "--name", "old", "host", "sleep", "1000");
    var _ = said("create", "--name", "taken", "host", "true");

    assertThat(said("rename", "old", "new")).isEmpty();
    assertThat(said("ps", "--format", "{{.Names}}")).isEqualTo("new");
    assertThat(refused("inspect", "old").err()).contains("no such container: old");
    assertThat(refused("rename", "new", "taken").err()).contains("the name is taken");
    assertThat(said("rename", "taken", "old")).isEmpty();
    assertThat(said("rm", "-f", "new", "old")).isEqualTo("new\nold");
  }

  @Test
  void refusesToRemoveWhatRuns() throws IOException, InterruptedException {
    var _ = said("run", "-d", "--name", "web", "host", "sleep", "1000");

    assertThat(refused("rm", "web").err()).contains("web is running").contains("--force");
    assertThat(refused("run", "--name", "web", "host", "true").err()).contains("name is taken");
    assertThat(said("rm", "-f", "web")).isEqualTo("web");
    assertThat(said("ps", "-aq")).isEmpty();
  }

  @Test
  void keepsAnInputOpenInTheBackground() throws IOException, InterruptedException {
    var _ = said("run", "-di", "--name", "web", "host", "sh");
    var _ = said("run", "-dit", "--name", "tty", "host", "sh");

    assertThat(said("exec", "web", "echo", "alive")).isEqualTo("alive");
    assertThat(said("exec", "tty", "echo", "alive")).isEqualTo("alive");
    assertThat(said("ps", "-q").lines()).hasSize(2);
  }

  @Test
  void listsProcessesFromOutside() throws IOException, InterruptedException {
    var _ = said("run", "-d", "--name", "web", "host", "sh", "-c", "sleep 999 & exec sleep 1000");
    awaitChild();

    assertThat(said("top", "web").lines())
        .hasSize(3)
        .anyMatch(line -> line.matches("0 +1 +0 +\\d+ +S +0:00 +sleep 1000"))
        .anyMatch(line -> line.matches("0 +\\d+ +1 +\\d+ +S +0:00 +sleep 999"));
  }

  private void awaitChild() throws IOException, InterruptedException {
    for (int i = 0; i < 600 && !said("top", "web").contains("sleep 999"); i++) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  @Test
  void removesItselfWithItsVolumes() throws IOException, InterruptedException {
    assertThat(said("run", "--rm", "-v", "/made", "host", "sh", "-c", "echo x > /made/x; echo ok"))
        .isEqualTo("ok");

    for (int i = 0; i < 600 && !said("volume", "ls", "-q").isEmpty(); i++) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
    assertThat(said("volume", "ls", "-q")).isEmpty();
    assertThat(said("ps", "-aq")).isEmpty();
  }

  @Test
  void explainingAnArchiveStoresNothing() throws IOException, InterruptedException {
    Path archive = folder.resolve("root.tar");
    String make =
        "d=$(mktemp -d) && mkdir $d/bin && cp /bin/busybox $d/bin/true && tar -cf "
            + archive
            + " -C $d . && rm -r $d";
    var _ = Shell.ended(new ProcessBuilder("sh", "-c", make));
    Path state = folder.resolve("explained");

    Brig.Ended ended = Brig.in(state).run("explain", "run", archive.toString(), "true");

    assertThat(ended.status()).as(ended.err()).isZero();
    assertThat(ended.out()).contains("pivot_root");
    assertThat(state.resolve("images")).doesNotExist();
    assertThat(Files.exists(state.resolve("containers"))).isFalse();
  }
}
