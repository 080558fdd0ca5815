package dev.brig.it;

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
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Nothing is left of a container that ended: after many, after many at once, after brig was
/// killed, and after any step of its program failed.
class LeftoverIT {
  private static final int IN_A_ROW = 500;
  private static final int AT_ONCE = 50;
  private static final int KILLED = 200;
  private static final long SEED = 20261122;

  @TempDir static Path folder;

  private final Path root = folder.resolve("brig");
  private final Brig brig = Brig.in(root).within(Duration.ofMinutes(3));

  @BeforeEach
  void needsRoot() {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
  }

  @Test
  void leavesNothingAfterManyInARow() throws IOException, InterruptedException {
    List<String> before = traces();

    Brig.Ended ended =
        brig.within(Duration.ofMinutes(10))
            .under(
                "sh",
                "-c",
                "i=0; while [ $i -lt " + IN_A_ROW + " ]; do \"$@\" || exit 1; i=$((i+1)); done",
                "-")
            .run("run", "--rm", "host", "true");

    assertThat(ended.err()).isEmpty();
    assertThat(ended.status()).isZero();
    assertThat(traces()).isEqualTo(before);
  }

  @Test
  void leavesNothingAfterManyAtOnce() throws IOException, InterruptedException {
    List<String> before = traces();

    Brig.Ended ended =
        brig.under(
                "sh",
                "-c",
                "i=0; while [ $i -lt "
                    + AT_ONCE
                    + " ]; do \"$@\" || echo failed & i=$((i+1)); done; wait",
                "-")
            .run("run", "--rm", "host", "true");

    assertThat(ended.err()).isEmpty();
    assertThat(ended.out()).isEmpty();
    assertThat(traces()).isEqualTo(before);
  }

  @Test
  void leavesNothingAfterBrigIsKilledAtAnyMoment() throws IOException, InterruptedException {
    Random random = new Random(SEED);
    List<String> before = traces();

    for (int i = 0; i < KILLED; i++) {
      Process process = brig.builder("run", "--rm", "host", "sleep", "0.1").start();
      TimeUnit.MILLISECONDS.sleep(random.nextInt(400));
      process.destroyForcibly().waitFor();
    }
    Brig.Ended ended = brig.run("run", "--rm", "host", "true");

    assertThat(ended.err()).as("seed %d", SEED).isEmpty();
    assertThat(ended.status()).isZero();
    assertThat(traces()).as("seed %d", SEED).isEqualTo(before);
  }

  @Test
  void leavesNothingWhicheverStepFails() throws IOException, InterruptedException {
    List<String> before = traces();
    List<String> wrong = new ArrayList<>();
    List<String> calls = calls();
    assertThat(calls).hasSizeGreaterThan(100);

    for (String call : calls) {
      Brig.Ended ended = brig.with("BRIG_FAULT", call + ":EPERM").run(CONTAINER);
      boolean told = ended.err().contains("EPERM") && ended.err().startsWith("brig: ");
      if (ended.status() != 0 ? !told : !ended.err().isEmpty()) {
        wrong.add(call + ": status " + ended.status() + ": " + ended.err());
      }
    }
    var _ = brig.run("run", "--rm", "host", "true");

    assertThat(wrong).isEmpty();
    assertThat(traces()).isEqualTo(before);
  }

  private static final String[] CONTAINER = {
    "run", "--rm", "--memory", "64m", "--pids-limit", "50", "-v", "/usr:/data:ro", "host", "true"
  };

  /// The numbers of the calls whose failure means something; the others clean up, or can't fail.
  private List<String> calls() throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("explain", "--json"));
    words.addAll(List.of(CONTAINER));
    Brig.Ended ended =
        brig.under(
                "sh",
                "-c",
                "\"$@\" | jq -r '.steps[] | select(has(\"call\") and .onError.action != \"ignore\")"
                    + " | .number'",
                "-")
            .run(words.toArray(String[]::new));
    assertThat(ended.err()).isEmpty();
    return ended.out().lines().toList();
  }

  /// What a container can leave: mounts, its directories, cgroups, and processes.
  private List<String> traces() throws IOException, InterruptedException {
    // What ends in the background has a moment: a tree's removal, a network namespace's.
    List<String> traces = List.of();
    for (int i = 0; i < 100; i++) {
      traces = look();
      if (traces.isEmpty()) {
        break;
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    return traces;
  }

  private List<String> look() throws IOException, InterruptedException {
    List<String> found = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
      if (line.contains(root.toString())) {
        found.add(line);
      }
    }
    for (String state : List.of("containers", "names", "run/containers")) {
      Path directory = root.resolve(state);
      if (Files.isDirectory(directory)) {
        try (Stream<Path> entries = Files.list(directory)) {
          entries.forEach(entry -> found.add(entry.toString()));
        }
      }
    }
    Brig.Ended cgroups =
        Shell.ended(
            new ProcessBuilder(
                "sh",
                "-c",
                "find /sys/fs/cgroup -mindepth 3 -maxdepth 3 -type d -path '*/brig/*'"));
    cgroups.out().lines().forEach(found::add);
    Brig.Ended processes = Shell.ended(new ProcessBuilder("pgrep", "-a", "-f", "^brig: "));
    processes.out().lines().forEach(found::add);
    return found;
  }
}
