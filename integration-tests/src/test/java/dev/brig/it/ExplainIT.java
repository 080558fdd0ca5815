package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `brig explain` says is what strace sees.
class ExplainIT {
  @TempDir static Path folder;

  private final Brig brig = Brig.in(folder.resolve("brig"));

  @BeforeEach
  void needsRootAndStrace() throws IOException, InterruptedException {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    int strace = Shell.ended(new ProcessBuilder("sh", "-c", "command -v strace")).status();
    assumeTrue(strace == 0, "strace is not installed");
  }

  @Test
  void explainsTheCallsThatAreMade() throws IOException, InterruptedException {
    var _ = brig.run("run", "--rm", "host", "true");
    List<String> explained = explained();
    List<String> made = made();

    // The container's half is a straight line; what strace saw must be it, call by call, but for
    // those
    // that the plan makes only if something is missing.
    int at = 0;
    for (String call : made) {
      while (at < explained.size() && !explained.get(at).equals(call)) {
        at++;
      }
      assertThat(at)
          .as("%s, after the calls before it, in %s", call, explained)
          .isLessThan(explained.size());
      at++;
    }
    assertThat(made).hasSizeGreaterThan(80).last().isEqualTo("execve");
  }

  private List<String> explained() throws IOException, InterruptedException {
    Brig.Ended ended =
        brig.under(
                "sh",
                "-c",
                "\"$@\" | jq -r '.steps[]"
                    + " | select(.process == \"container\" and has(\"call\")) | .call'",
                "-")
            .run("explain", "--json", "run", "--rm", "host", "true");
    assertThat(ended.err()).isEmpty();
    return ended.out().lines().toList();
  }

  /// The calls of the process that became the command, up to its execve.
  private List<String> made() throws IOException, InterruptedException {
    Path log = folder.resolve("strace");
    Brig.Ended ended =
        brig.under("strace", "-f", "-qq", "-o", log.toString()).run("run", "--rm", "host", "true");
    assertThat(ended.status()).as(ended.err()).isZero();
    String container = "";
    List<String> names = new ArrayList<>();
    for (String line : Files.readAllLines(log)) {
      String pid = line.substring(0, line.indexOf(' '));
      String rest = line.substring(line.indexOf(' ')).strip();
      if (container.isEmpty() && line.contains("setsid(")) {
        container = pid;
      }
      int parenthesis = rest.indexOf('(');
      if (pid.equals(container) && parenthesis > 0 && !rest.startsWith("<...")) {
        names.add(rest.substring(0, parenthesis));
        if (names.getLast().equals("execve")) {
          break;
        }
      }
    }
    return names;
  }
}
