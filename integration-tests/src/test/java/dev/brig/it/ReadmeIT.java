package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// What README.md shows is what a newcomer sees: each `$ ./brig …` is run, and what it prints is
/// held against what is printed there.
class ReadmeIT {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final String PROMPT = "    $ ";

  @TempDir Path folder;

  /// A command, and what README says it prints.
  private record Example(String command, String output) {}

  @BeforeEach
  void makeWhatTheExamplesNeed() throws IOException, InterruptedException {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    Files.createSymbolicLink(folder.resolve("brig"), Checkout.root().resolve("brig"));
    Files.createSymbolicLink(folder.resolve("debian.tar"), Path.of(Images.made("debian.tar")));
    Path script = Files.writeString(folder.resolve("s.lang"), "#!/opt/lang/bin/run\n");
    assertThat(script.toFile().setExecutable(true)).isTrue();
  }

  @AfterEach
  void remove() throws IOException, InterruptedException {
    shell("./brig ps -aq | xargs -r ./brig rm -f; rm -rf --one-file-system state brig debian.tar");
  }

  private Brig.Ended shell(String command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("sh", "-c", "exec 2>&1; " + command);
    builder.directory(folder.toFile());
    builder.environment().put("BRIG_ROOT", folder.resolve("state").toString());
    return Shell.ended(builder.redirectInput(new File("/dev/null")), LIMIT);
  }

  private static List<Example> examples() throws IOException {
    List<Example> examples = new ArrayList<>();
    String command = "";
    StringBuilder output = new StringBuilder();
    for (String line : Files.readAllLines(Checkout.root().resolve("README.md"))) {
      boolean begins = line.startsWith(PROMPT);
      if (!command.isEmpty() && (begins || !line.startsWith("    "))) {
        examples.add(new Example(command, output.toString()));
        command = "";
      }
      if (begins) {
        command = line.substring(PROMPT.length());
        output.setLength(0);
      } else if (!command.isEmpty()) {
        output.append(line.strip()).append('\n');
      }
    }
    return examples;
  }

  /// Replaces what differs from run to run and from machine to machine: names, ids, the numbers of
  /// steps, and where lines are broken.
  private static String settled(String text) {
    return text.replaceAll("\\b[0-9a-f]{12}\\b", "ID")
        .replaceAll("brig: [a-z]+_[a-z]+:", "brig: NAME:")
        .replaceAll("\\b\\d+\\.\\d+\\.\\d+(-[\\w.-]+)?", "RELEASE")
        .replaceAll("(?m)^ *\\d+ +(?=[a-z_0-9]+\\()", "N ")
        .replaceAll("\\s+", " ")
        .strip();
  }

  private void holds(Example example) throws IOException, InterruptedException {
    Brig.Ended ended = shell(example.command());
    assertThat(ended.status()).as("%s%n%s", example.command(), ended.out()).isZero();
    int from = 0;
    String printed = settled(ended.out());
    for (String part : example.output().split("…", -1)) {
      String expected = settled(part);
      assertThat(printed.substring(from)).as(example.command()).contains(expected);
      from = printed.indexOf(expected, from) + expected.length();
    }
    boolean isWhole = !example.output().isEmpty() && !example.output().contains("…");
    if (isWhole) {
      assertThat(printed).isEqualTo(settled(example.output()));
    }
  }

  @TestFactory
  Stream<DynamicTest> everyExampleDoesWhatItShows() throws IOException {
    List<Example> examples = examples();
    assertThat(examples).hasSizeGreaterThan(5);
    // A terminal is TerminalIT's, a public registry nobody's here.
    return examples.stream()
        .filter(example -> !example.command().contains(" -it "))
        .map(example -> DynamicTest.dynamicTest(example.command(), () -> holds(example)));
  }
}
