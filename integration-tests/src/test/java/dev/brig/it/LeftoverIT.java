package dev.brig.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Nothing is left of a container that ended: after many, after many at once, and after brig was
/// killed. [FaultIT] has what a failed step leaves.
class LeftoverIT {
  private static final int IN_A_ROW = 100;
  private static final int VERY_MANY_IN_A_ROW = 500;
  private static final int AT_ONCE = 25;
  private static final int VERY_MANY_AT_ONCE = 50;
  private static final int KILLED = 200;
  private static final int DELAY_MILLIS_MAX = 300;
  private static final long SEED = 20261122;

  /// The commands that are killed; `c` is a container that runs, `n` one that was created only.
  private static final List<String> VICTIMS =
      List.of(
          "run --rm host sleep 0.1",
          "run host sleep 0.1",
          "run -d host sleep 0.2",
          "run -d --rm --memory 64m host sleep 0.2",
          "run -it --rm host sleep 0.2",
          "create host true",
          "start n",
          "start -a n",
          "exec c sleep 0.1",
          "exec -d c sleep 0.2",
          "exec -it c sleep 0.1",
          "stop -t 0 c",
          "rm n",
          "rm -f c",
          "pause c",
          "import IMAGE image");

  @TempDir static Path folder;

  private final Path root = folder.resolve("brig");
  private final Brig brig = Brig.in(root).within(Duration.ofMinutes(3));
  private @Nullable Traces opened;
  private List<String> before = List.of();

  @BeforeEach
  void lookBefore() throws IOException, InterruptedException {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    Traces traces = Traces.of(brig, root);
    opened = traces;
    assertThat(brig.run("run", "--rm", "host", "true").status()).isZero();
    before = traces.look();
  }

  @AfterEach
  void stopLooking() throws IOException {
    if (opened != null) {
      opened.close();
    }
  }

  @Test
  void leavesNothingAfterManyInARow() throws IOException, InterruptedException {
    leavesNothingInARow(IN_A_ROW);
  }

  @Test
  @Tag("thorough")
  void leavesNothingAfterVeryManyInARow() throws IOException, InterruptedException {
    leavesNothingInARow(VERY_MANY_IN_A_ROW);
  }

  private void leavesNothingInARow(int count) throws IOException, InterruptedException {
    Brig.Ended ended =
        brig.within(Duration.ofMinutes(10))
            .under(
                "sh",
                "-c",
                "i=0; while [ $i -lt " + count + " ]; do \"$@\" || exit 1; i=$((i+1)); done",
                "-")
            .run("run", "--rm", "host", "true");

    assertThat(ended.err()).isEmpty();
    assertThat(ended.status()).isZero();
    assertThat(left()).isEmpty();
  }

  @Test
  void leavesNothingAfterManyAtOnce() throws IOException, InterruptedException {
    leavesNothingAtOnce(AT_ONCE);
  }

  @Test
  @Tag("thorough")
  void leavesNothingAfterVeryManyAtOnce() throws IOException, InterruptedException {
    leavesNothingAtOnce(VERY_MANY_AT_ONCE);
  }

  private void leavesNothingAtOnce(int count) throws IOException, InterruptedException {
    Brig.Ended ended =
        brig.under(
                "sh",
                "-c",
                "i=0; while [ $i -lt "
                    + count
                    + " ]; do \"$@\" || echo failed & i=$((i+1)); done; wait",
                "-")
            .run("run", "--rm", "host", "true");

    assertThat(ended.err()).isEmpty();
    assertThat(ended.out()).isEmpty();
    assertThat(left()).isEmpty();
  }

  @Test
  @Tag("thorough")
  void leavesNothingAfterBrigIsKilledAtAnyMoment() throws IOException, InterruptedException {
    Random random = new Random(SEED);
    List<String> wrong = new ArrayList<>();

    for (int i = 0; i < KILLED; i++) {
      String victim = VICTIMS.get(i % VICTIMS.size()).replace("IMAGE", image().toString());
      if (victim.contains(" c")) {
        succeed("run", "-d", "--name", "c", "host", "sleep", "1000000");
      } else if (victim.contains(" n")) {
        succeed("create", "--name", "n", "host", "true");
      }
      killOne(victim, random);
      String problem = problem(victim);
      if (!problem.isEmpty()) {
        wrong.add(i + " " + victim + ": " + problem);
      }
    }

    assertThat(wrong).as("seed %d", SEED).isEmpty();
  }

  private List<String> left() throws IOException, InterruptedException {
    return requireNonNull(opened).since(before);
  }

  private void succeed(String... words) throws IOException, InterruptedException {
    assertThat(brig.run(words))
        .extracting(Brig.Ended::status, Brig.Ended::err)
        .containsExactly(0, "");
  }

  /// Starts a command, waits, and kills one of the programs of this root that the command has
  /// started: brig in Java, a supervisor, a container's half, the guard of a terminal.
  private void killOne(String victim, Random random) throws IOException, InterruptedException {
    List<ProcessHandle> spared = programs();
    String[] words = victim.split(" ", -1);
    Process process =
        victim.contains("-it")
            ? brig.terminal(words).start()
            : brig.builder(words)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    process.waitFor(random.nextInt(DELAY_MILLIS_MAX), TimeUnit.MILLISECONDS);
    List<ProcessHandle> started = new ArrayList<>(programs());
    started.removeAll(spared);
    if (!started.isEmpty()) {
      started.get(random.nextInt(started.size())).destroyForcibly();
    }
    String text = new String(process.getInputStream().readAllBytes(), UTF_8);
    process.waitFor();
    assertThat(text).doesNotContain("the terminal is not as before");
  }

  /// The JVMs and the compiled programs of this root; not the shells around them.
  private List<ProcessHandle> programs() {
    return ProcessHandle.allProcesses().filter(this::isProgram).toList();
  }

  private boolean isProgram(ProcessHandle process) {
    Path files = Path.of("/proc/" + process.pid());
    try {
      String environment = "\0" + Files.readString(files.resolve("environ"), ISO_8859_1);
      String program = Files.readSymbolicLink(files.resolve("exe")).toString();
      return environment.contains("\0BRIG_ROOT=" + root + "\0")
          && (program.endsWith("/java") || program.startsWith("/memfd:brig"));
    } catch (IOException _) {
      return false;
    }
  }

  /// Returns what is wrong after the next brig command: a container that is neither gone nor whole,
  /// or anything that is left when all are removed.
  private String problem(String victim) throws IOException, InterruptedException {
    Brig.Ended listed = brig.run("ps", "-a", "-q", "--no-trunc");
    if (listed.status() != 0 || !listed.err().isEmpty()) {
      return "ps: " + listed;
    }
    List<String> ids = listed.out().lines().toList();
    if (!ids.isEmpty()) {
      Brig.Ended inspected = brig.run(words("inspect", ids));
      if (inspected.status() != 0) {
        return "inspect: " + inspected;
      }
      if (victim.startsWith("create")) {
        Brig.Ended started = brig.run("start", "-a", ids.getFirst());
        if (started.status() != 0) {
          return "start: " + started;
        }
      }
      List<String> removal = new ArrayList<>(List.of("-f"));
      removal.addAll(ids);
      Brig.Ended removed = brig.run(words("rm", removal));
      if (removed.status() != 0) {
        return "rm: " + removed;
      }
    }
    List<String> left = left();
    return left.isEmpty() ? "" : "left " + left;
  }

  private static String[] words(String command, List<String> rest) {
    List<String> words = new ArrayList<>(List.of(command));
    words.addAll(rest);
    return words.toArray(String[]::new);
  }

  /// An archive that takes a while to import: 8 MB.
  private static Path image() throws IOException, InterruptedException {
    Path archive = folder.resolve("image.tar");
    if (!Files.exists(archive)) {
      Path tree = Files.createDirectories(folder.resolve("tree"));
      Files.write(tree.resolve("file"), new byte[8 << 20]);
      Brig.Ended ended =
          Shell.ended(
              new ProcessBuilder("tar", "-cf", archive.toString(), "-C", tree.toString(), "."));
      assertThat(ended.status()).isZero();
    }
    return archive;
  }
}
