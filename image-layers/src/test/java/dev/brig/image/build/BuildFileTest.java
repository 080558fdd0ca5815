package dev.brig.image.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.error.UsageException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BuildFileTest {
  private static List<Instruction> body(String text) {
    return BuildFile.parse("Containerfile", "FROM x\n" + text).stages().getFirst().instructions();
  }

  @Test
  void joinsContinuedLinesWithoutCommentsAndEmptyOnes() {
    Instruction.Run run =
        (Instruction.Run) body("RUN a \\\n  # not this\n\n  b \\  \n  && c # kept\n").getFirst();

    assertThat(run.command()).isEqualTo(new Command.Shell("a   b   && c # kept", List.of()));
    assertThat(run.place().line()).isEqualTo(2);
  }

  @Test
  void takesAnotherEscapeCharacter() {
    BuildFile file =
        BuildFile.parse("f", "# syntax=x\n# escape=`\nFROM x\nRUN a `\n b c\\\nCOPY `$x y\n");

    assertThat(file.escape()).isEqualTo('`');
    assertThat(file.stages().getFirst().instructions()).hasSize(2);
    assertThat(file.stages().getFirst().instructions().getFirst().text()).isEqualTo("RUN a  b c\\");
  }

  @Test
  void readsCommandsInBothForms() {
    List<Instruction> all = body("CMD [\"a\", \"b c\"]\nENTRYPOINT [ a ]\nRUN [ -e x ]\n");

    assertThat(((Instruction.Start) all.get(0)).command())
        .isEqualTo(new Command.Exec(List.of("a", "b c")));
    assertThat(((Instruction.Start) all.get(1)).command())
        .isEqualTo(new Command.Shell("[ a ]", List.of()));
    assertThat(((Instruction.Run) all.get(2)).command())
        .isEqualTo(new Command.Shell("[ -e x ]", List.of()));
  }

  @Test
  void readsDocuments() {
    List<Instruction> all =
        body("RUN <<EOF\n# kept\necho a\\\nEOF\nRUN cat <<-'X' >f\n\t\tt $V\n\tX\nCMD x\n");

    assertThat(((Instruction.Run) all.get(0)).command().words(List.of("sh", "-c")))
        .containsExactly("sh", "-c", "# kept\necho a\\\n");
    assertThat(((Instruction.Run) all.get(1)).command().words(List.of("sh", "-c")))
        .containsExactly("sh", "-c", "cat <<-'X' >f\nt $V\nX\n");
    assertThat(all).hasSize(3);
  }

  @Test
  void runsADocumentThatNamesItsProgram() {
    Instruction.Run run = (Instruction.Run) body("RUN <<EOF\n#!/bin/python\nx\nEOF\n").getFirst();

    assertThat(run.command().words(List.of("sh", "-c"))).containsExactly(Command.FILE);
    assertThat(run.command().file()).isEqualTo("#!/bin/python\nx\n");
  }

  @Test
  void readsPairsInBothForms() {
    List<Instruction> all =
        body("ENV a=1 b=\"x y\" c=z\\ w\nENV d some words = all\nLABEL x='y'\n");

    assertThat(((Instruction.Pairs) all.get(0)).pairs())
        .extracting(Instruction.Assignment::value)
        .containsExactly("1", "\"x y\"", "z\\ w");
    assertThat(((Instruction.Pairs) all.get(1)).pairs())
        .containsExactly(new Instruction.Assignment("d", "some words = all"));
  }

  @Test
  void readsStagesByNameAndNumber() {
    BuildFile file =
        BuildFile.parse(
            "f",
            "ARG V=1\nFROM --platform=linux/amd64 a AS Build\nRUN x\nfrom b\nCOPY --from=0 a b\n");

    assertThat(file.globals()).hasSize(1);
    assertThat(file.stage("build", 2).orElseThrow().index()).isZero();
    assertThat(file.target("").from().image()).isEqualTo("b");
    assertThat(file.stages().getFirst().from().platform()).isEqualTo("linux/amd64");
  }

  @Test
  void readsAHealthcheck() {
    Instruction.Healthcheck check =
        (Instruction.Healthcheck)
            body("HEALTHCHECK --interval=1m30s --timeout=500ms --retries=3 CMD a b\n").getFirst();

    assertThat(check.times())
        .containsExactly(
            Map.entry("Interval", 90_000_000_000L), Map.entry("Timeout", 500_000_000L));
    assertThat(check.retries()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "  =>  ",
      quoteCharacter = '\0',
      value = {
        "RUM x  =>  Containerfile:2: unknown instruction RUM",
        "COPY x  =>  Containerfile:2: COPY needs a source and a target",
        "RUN  =>  Containerfile:2: RUN has no arguments",
        "ENV x  =>  Containerfile:2: ENV x has no value",
        "ENV a=1 b  =>  Containerfile:2: \"b\" is not NAME=VALUE",
        "FROM a b  =>  Containerfile:2: FROM takes one image",
        "SHELL sh  =>  Containerfile:2: SHELL takes a JSON array",
        "HEALTHCHECK x  =>  Containerfile:2: HEALTHCHECK without CMD or NONE",
        "HEALTHCHECK --interval=3 CMD x  =>  Containerfile:2: \"3\" is not a time",
        "ONBUILD FROM x  =>  Containerfile:2: ONBUILD FROM is not allowed",
        "RUN cat <<EOF  =>  Containerfile:2: the document <<EOF has no end",
        "RUN --secuirty=x y  =>  Containerfile:2: RUN has no option --secuirty",
      })
  void saysWhatIsWrongAndWhere(String line, String message) {
    assertThatThrownBy(() -> body(line)).hasMessageStartingWith(message);
  }

  @Test
  void suggestsTheInstructionThatWasMeant() {
    assertThatThrownBy(() -> body("COYP a b"))
        .isInstanceOfSatisfying(
            UsageException.class,
            e -> assertThat(e.failure().hint()).isEqualTo("did you mean COPY?"));
  }

  @Test
  void refusesAFileThatDoesNotBeginWithFrom() {
    assertThatThrownBy(() -> BuildFile.parse("f", "RUN x\nFROM y\n"))
        .hasMessageStartingWith("f:1: RUN before the first FROM");
    assertThatThrownBy(() -> BuildFile.parse("f", "# nothing\n")).hasMessageContaining("no FROM");
  }

  @Test
  void needsOnlyTheStagesThatTheTargetIsMadeFrom() {
    BuildFile file =
        BuildFile.parse(
            "f",
            """
            FROM a AS one
            FROM a AS two
            FROM one AS three
            RUN --mount=from=two x
            FROM scratch
            COPY --from=one a b
            """);

    assertThat(StageGraph.needed(file, file.target(""), Variables.none()))
        .extracting(Stage::index)
        .containsExactly(0, 3);
    assertThat(StageGraph.needed(file, file.target("three"), Variables.none()))
        .extracting(Stage::index)
        .containsExactly(0, 1, 2);
  }
}
