package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;

/// A table of command lines with all that each of them writes and its status: a resource of blocks
/// that begin with `$ ` and are set apart by empty lines.
///
/// Lines are run by sh, in one folder and with one state directory, in the order of the table.
///
/// @param table the file below the checkout
/// @param folder where the lines are run; the state is in `state`
record Transcript(String table, Path folder) {

  /// A line and what it is to come to.
  record Row(String line, String outcome) {}

  /// Reads the table.
  List<Row> rows() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String block : Files.readString(file()).split("\n\n", -1)) {
      int end = block.indexOf('\n');
      if (block.startsWith("$ ")) {
        String line = end < 0 ? block : block.substring(0, end);
        rows.add(
            new Row(line.substring(2).strip(), block.substring(end + 1).stripTrailing() + "\n"));
      }
    }
    return rows;
  }

  /// Returns a test for each line: that it comes to what the table says.
  ///
  /// @param atLeast how many lines the table has at least
  List<DynamicTest> tests(int atLeast) throws IOException {
    assumeTrue(!Boolean.getBoolean("golden.update"), "the table is being written");
    List<DynamicTest> tests = new ArrayList<>();
    for (Row row : rows()) {
      tests.add(
          DynamicTest.dynamicTest(
              row.line(), () -> assertThat(outcome(row.line())).isEqualTo(row.outcome())));
    }
    assertThat(tests).hasSizeGreaterThan(atLeast);
    return tests;
  }

  /// Writes the table anew; then read the difference.
  void update() throws IOException, InterruptedException {
    StringBuilder text = new StringBuilder();
    for (Row row : rows()) {
      text.append("$ ").append(row.line()).append('\n').append(outcome(row.line())).append('\n');
    }
    Files.writeString(file(), text);
  }

  private Path file() {
    return Checkout.root().resolve(table);
  }

  /// Returns the status and the output, without what differs from run to run.
  String outcome(String line) throws IOException, InterruptedException {
    String brig = Checkout.root().resolve("brig").toString();
    ProcessBuilder shell =
        new ProcessBuilder("sh", "-c", "brig() { " + brig + " \"$@\"; }; " + line);
    shell.directory(folder.toFile());
    shell.environment().put("BRIG_ROOT", folder.resolve("state").toString());
    // No registry: what is not here is nowhere.
    shell.environment().put("CONTAINERS_REGISTRIES_CONF", "/dev/null");
    Brig.Ended ended = Shell.ended(shell);
    String said =
        (ended.out() + ended.err())
            .replace(folder.toString(), "DIR")
            .replaceAll("[0-9a-f]{64}", "ID")
            .replaceAll("brig: [a-z]+_[a-z]+:", "brig: NAME:")
            .replaceAll("out of 0-[0-9]+", "out of 0-N")
            .replaceAll("\\([0-9]+ bytes, ", "(N bytes, ")
            // An empty line would end the block.
            .replaceAll("(?m)^$\n", "~\n");
    return "status " + ended.status() + "\n" + said;
  }
}
