package dev.brig.cli.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.brig.error.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArgumentReaderTest {
  private static final Syntax<TestOption> RUN =
      new Syntax<>(
          "run",
          "Does things.",
          List.of(TestOption.values()),
          Operands.lastFrom(1, "IMAGE [COMMAND [ARG...]]"),
          List.of("", "Examples:", "  brig run host true"));
  private static final Syntax<TestOption> LOGS =
      new Syntax<>(
          "logs",
          "Shows things.",
          List.of(TestOption.values()),
          Operands.exactly(1, "CONTAINER"),
          List.of());

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-a host true            | ALL=true          | host true",
        "-it host                | INTERACTIVE=true TTY=true | host",
        "--memory 64m host       | MEMORY=64m        | host",
        "--memory=64m host       | MEMORY=64m        | host",
        "-m64m host              | MEMORY=64m        | host",
        "-m=64m host             | MEMORY=64m        | host",
        "-itm 64m host           | INTERACTIVE=true TTY=true MEMORY=64m | host",
        "--memory-swap -1 host   | MEMORY_SWAP=-1    | host",
        "-e A=1 -e B=2 host      | ENV=A=1 ENV=B=2   | host",
        "--all=false host        | ALL=false         | host",
        "--env= host             | ENV=              | host",
        "host ls --all -x        |                   | host ls --all -x",
        "-- host -- x            |                   | host -- x",
        "-a -- -m                | ALL=true          | -m",
        "--env --all host        | ENV=--all         | host",
        "-a @file                | ALL=true          | @file",
        "-                       |                   | -",
      })
  void readsALine(String line, @Nullable String settings, String operands) {
    Reading.Arguments<TestOption> arguments = arguments(RUN, words(line));

    assertThat(settingsOf(arguments)).isEqualTo(settings == null ? "" : settings);
    assertThat(String.join(" ", arguments.operands())).isEqualTo(operands);
  }

  @Test
  void takesOptionsBehindOperandsWhereTheyMayBeMixed() {
    Reading.Arguments<TestOption> arguments = arguments(LOGS, words("web -a"));

    assertThat(arguments.has(TestOption.ALL)).isTrue();
    assertThat(arguments.operands()).containsExactly("web");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--memroy 1 host   | --memroy: unknown option | did you mean --memory",
        "--memory          | --memory: needs a value: SIZE | brig run --help",
        "-a                | missing IMAGE [COMMAND [ARG...]] | brig run --help",
        "-q host           | -q: unknown option | brig run --help",
      })
  void complainsInOneLine(String line, String complaint, String hint) {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> ArgumentReader.read(RUN, words(line)))
        .withMessage(complaint)
        .satisfies(e -> assertThat(e.failure().hint()).contains(hint));
  }

  @Test
  void complainsAboutAWordTooMany() {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> ArgumentReader.read(LOGS, words("web db")))
        .withMessage("db: one word too many");
  }

  @Test
  void helpShowsEveryOptionThatIsNotHidden() {
    Reading<TestOption> reading = ArgumentReader.read(RUN, words("--help"));

    assertThat(reading).isInstanceOf(Reading.Help.class);
    String text = ((Reading.Help<TestOption>) reading).text();
    assertThat(text)
        .isEqualTo(
            """
            Usage: brig run [OPTIONS] IMAGE [COMMAND [ARG...]]
            Does things.

            Things:
              -a, --all                All of it, 100%
              -i, --interactive        Keep it open
              -t                       A terminal

            Values:
              -e, --env NAME           A variable
              -m, --memory SIZE        Memory
                  --memory-swap SIZE   Memory and swap

            Examples:
              brig run host true\
            """);
  }

  @Test
  void bothReadersReadEveryPlainLineAlike() {
    int plainLines = 0;
    for (int seed = 0; seed < 4000; seed++) {
      List<String> line = randomLine(new Random(seed));
      for (Syntax<TestOption> syntax : List.of(RUN, LOGS)) {
        Optional<Reading<TestOption>> plain = ArgumentReader.readPlain(syntax, line);
        if (plain.isPresent()) {
          plainLines++;
          assertThat(PicocliReader.read(syntax, line))
              .as("seed %d, %s %s", seed, syntax.command(), line)
              .isEqualTo(plain.get());
        }
      }
    }
    assertThat(plainLines).isGreaterThan(1000);
  }

  private static List<String> randomLine(Random random) {
    String[] vocabulary = {
      "-a",
      "-i",
      "-t",
      "-e",
      "-m",
      "--all",
      "--env",
      "--memory",
      "--memory-swap",
      "--",
      "-",
      "",
      "-it",
      "-ita",
      "-am",
      "-eX=1",
      "-e=1",
      "--env=A=1",
      "--memory=",
      "--all=false",
      "--al",
      "host",
      "sh",
      "true",
      "-1",
      "'q'",
      "\"q\"",
      "@x",
      "-x",
      "--secret",
      "a b",
      "--help",
      "=",
      "-ae",
      "--env=--all"
    };
    List<String> line = new ArrayList<>();
    int length = random.nextInt(6);
    for (int i = 0; i < length; i++) {
      line.add(vocabulary[random.nextInt(vocabulary.length)]);
    }
    return line;
  }

  private static Reading.Arguments<TestOption> arguments(
      Syntax<TestOption> syntax, List<String> words) {
    return (Reading.Arguments<TestOption>) ArgumentReader.read(syntax, words);
  }

  private static String settingsOf(Reading.Arguments<TestOption> arguments) {
    List<String> texts = new ArrayList<>();
    for (Reading.Setting<TestOption> setting : arguments.settings()) {
      texts.add(setting.option() + "=" + setting.value());
    }
    return String.join(" ", texts);
  }

  private static List<String> words(String line) {
    return List.of(line.strip().split(" +"));
  }
}
