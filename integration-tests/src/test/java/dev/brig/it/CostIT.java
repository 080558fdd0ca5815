package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a container costs, in numbers that don't depend on how fast the machine is. How long things
/// take is for `./brig bench`.
class CostIT {
  private static final int CALLS_MAX = 120;
  private static final long SUPERVISOR_MAX_KIB = 200;

  @TempDir static Path folder;

  private final Brig brig = Brig.in(folder.resolve("brig"));

  @BeforeEach
  void needsRoot() {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--memory 64m --cpus 1 --pids-limit 50"})
  void fromCloneToExecveThereAreFewCalls(String options) throws IOException, InterruptedException {
    Path calls = folder.resolve("calls" + options.length());
    String line = "run --rm " + options + " host /bin/true";

    Brig.Ended ended = brig.under("strace", "-f", "-o", calls.toString()).run(line.split(" +", -1));
    assertThat(ended.status()).as(ended.err()).isZero();

    List<String> made = callsOfTheContainer(Files.readAllLines(calls));
    assertThat(made.getLast()).startsWith("execve(\"/bin/true\"");
    assertThat(made).hasSizeBetween(40, CALLS_MAX);
  }

  /// Returns the calls of the process that `clone3` made, up to and with its `execve`.
  private static List<String> callsOfTheContainer(List<String> trace) {
    String pid = "";
    for (String line : trace) {
      if (line.contains("clone3") && line.contains("CLONE_NEWPID")) {
        pid = "?" + line.substring(0, line.indexOf(' '));
      }
      if (pid.startsWith("?")
          && line.startsWith(pid.substring(1) + " ")
          && line.contains("} => {")
          && line.matches(".*= \\d+")) {
        pid = line.substring(line.lastIndexOf(' ') + 1);
      } else if (pid.startsWith("?") && line.contains("clone3 resumed")) {
        pid = line.substring(line.lastIndexOf(' ') + 1);
      }
    }
    String own = pid + " ";
    List<String> calls =
        trace.stream()
            .filter(line -> line.startsWith(own) && !line.contains(" resumed>"))
            .map(line -> line.substring(own.length()).strip())
            .toList();
    int end = 0;
    while (!calls.get(end).startsWith("execve(")) {
      end++;
    }
    return calls.subList(0, end + 1);
  }

  @Test
  void aDetachedContainersSupervisorIsSmall() throws IOException, InterruptedException {
    String id = brig.within(Duration.ofSeconds(30)).run("run", "-d", "host", "sleep", "60").out();
    try {
      String state = brig.run("inspect", id.strip()).out();
      String pid = state.replaceFirst("(?s).*\"pid\": (\\d+).*", "$1");
      String stat = Files.readString(Path.of("/proc", pid, "stat"));
      String supervisor = stat.replaceFirst(".*\\) \\S (\\d+) .*\\s*", "$1");
      assertThat(Files.readString(Path.of("/proc", supervisor, "comm"))).startsWith("memfd:brig");

      long kib = 0;
      for (String line : Files.readAllLines(Path.of("/proc", supervisor, "smaps_rollup"))) {
        if (line.startsWith("Private_")) {
          kib += Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
      assertThat(kib).isBetween(1L, SUPERVISOR_MAX_KIB);
    } finally {
      brig.run("rm", "-f", id.strip());
    }
  }

  @Test
  void theBenchmarkRuns() throws IOException, InterruptedException {
    Path json = folder.resolve("bench.json");

    Brig.Ended ended =
        Brig.in(folder.resolve("bench"))
            .within(Duration.ofMinutes(2))
            .run("bench", "--rounds", "2", "--json", json.toString());

    assertThat(ended.status()).as(ended.err()).isZero();
    assertThat(ended.out())
        .contains("brig run --rm", "brig's program", "supervisor of a detached container");
    assertThat(Files.readString(json)).contains("\"privateKiB\"").doesNotContain("\"failed\"");
  }
}
