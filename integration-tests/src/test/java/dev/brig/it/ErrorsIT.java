package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// What brig says when something is wrong: one line that names step, call, errno and cause, one
/// with the remedy, the status that the field has, and nothing left behind.
///
/// The table is the resource `errors.txt`: a command line, its status, and all that it writes.
/// `-Dgolden.update=true` writes it anew; then read the difference.
class ErrorsIT {
  private static final String TABLE = "integration-tests/src/test/resources/dev/brig/it/errors.txt";

  @TempDir static Path folder;

  @BeforeAll
  static void needsRootAndBusybox() throws IOException, InterruptedException {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    assumeTrue(Files.isExecutable(Path.of("/bin/busybox")), "busybox-static is not installed");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/jq")), "jq, a dynamic program, is not there");
    Path script = Checkout.root().resolve(TABLE).resolveSibling("errors-fixture.sh");
    Brig.Ended made =
        Shell.ended(new ProcessBuilder("sh", script.toString()).directory(folder.toFile()));
    assertThat(made.status()).as(made.err()).isZero();
  }

  /// A row of the table.
  private record Row(String line, String outcome) {}

  @TestFactory
  List<DynamicTest> saysWhatIsWrongAndWhatToDo() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Row row : rows()) {
      tests.add(
          DynamicTest.dynamicTest(
              row.line(), () -> assertThat(outcome(row.line())).isEqualTo(row.outcome())));
    }
    return tests;
  }

  @Test
  void leavesNothing() throws IOException, InterruptedException {
    var _ = outcome("brig run --rm ./root /bin/nosuch");
    var _ = outcome("brig run -v /nosuch:/mnt ./root true");
    var _ = outcome("brig create --memory 1k ./root true");

    for (String kept : List.of("state/containers", "state/names", "state/run/containers")) {
      try (var files = Files.list(folder.resolve(kept))) {
        assertThat(files).as(kept).isEmpty();
      }
    }
  }

  @Test
  void updatesTheTableWhenAsked() throws IOException, InterruptedException {
    assumeTrue(Boolean.getBoolean("golden.update"), "-Dgolden.update=true was not given");
    StringBuilder table = new StringBuilder();
    for (Row row : rows()) {
      table.append("$ ").append(row.line()).append('\n').append(outcome(row.line())).append('\n');
    }
    Files.writeString(Checkout.root().resolve(TABLE), table);
  }

  private static List<Row> rows() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String block : Files.readString(Checkout.root().resolve(TABLE)).split("\n\n", -1)) {
      int end = block.indexOf('\n');
      if (block.startsWith("$ ")) {
        String line = end < 0 ? block : block.substring(0, end);
        rows.add(new Row(line.substring(2).strip(), block.substring(end + 1) + "\n"));
      }
    }
    assertThat(rows).hasSizeGreaterThan(50);
    return rows;
  }

  /// Returns the status and the output, without what differs from run to run.
  private static String outcome(String line) throws IOException, InterruptedException {
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
            .replaceAll("after [0-9]+ bytes", "after N bytes")
            .replaceAll("\\([0-9]+ bytes, ", "(N bytes, ");
    return "status " + ended.status() + "\n" + said;
  }
}
