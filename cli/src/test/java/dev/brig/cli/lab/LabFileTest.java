package dev.brig.cli.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.error.UsageException;
import java.util.List;
import org.junit.jupiter.api.Test;

class LabFileTest {
  private static final String SMALL =
      """
      lab small
      title A small one
      needs command:true
      capsule --env "A=b c"
      about
        Two
        lines.

      claim It is so
      run
        echo yes
          # indented

        echo on
      expect has yes
      expect status 0
      control the other way
        echo no
      control-expect lacks yes
      ask Is it?
      answer 1
      solve
        echo ANSWER=1
      hint
        Look.
      explain
        Because.
      """;

  @Test
  void readsAllThatALabHas() {
    Lab lab = LabFile.parse("small.lab", SMALL);

    assertThat(lab.capsule()).containsExactly("--env", "A=b c");
    assertThat(lab.about()).isEqualTo("Two\nlines.");
    Lab.Step step = lab.steps().getFirst();
    assertThat(step.run()).isEqualTo("echo yes\n  # indented\n\necho on");
    assertThat(step.expects())
        .containsExactly(new Expectation.Has("yes"), new Expectation.Status(0));
    assertThat(step.contrast()).isEqualTo("the other way");
    assertThat(step.explain()).isEqualTo("Because.");
  }

  @Test
  void namesTheLineThatIsWrong() {
    assertThatThrownBy(() -> LabFile.parse("x.lab", "lab x\ntitle y\nexpekt has z\n"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("x.lab:3")
        .hasMessageContaining("expekt");
    assertThatThrownBy(() -> LabFile.parse("x.lab", "lab x\nclaim y\nrun\nexpect has z\n"))
        .hasMessageContaining("x.lab:3");
    assertThatThrownBy(() -> LabFile.parse("x.lab", "lab x\nexpect matches (\n"))
        .hasMessageContaining("x.lab:2");
    assertThatThrownBy(() -> LabFile.parse("x.lab", "lab x\ntitle y\n"))
        .hasMessageContaining("at least");
  }

  @Test
  void ownLabsAreFourteenWithControlsAndAnswers() {
    List<Lab> labs = LabShelf.own().all();

    assertThat(labs).extracting(Lab::id).hasSize(14).doesNotHaveDuplicates();
    for (Lab lab : labs) {
      assertThat(lab.steps().getFirst().control()).as(lab.id()).isNotEmpty();
      for (Lab.Step step : lab.steps()) {
        assertThat(step.ask().isEmpty()).as(lab.id()).isEqualTo(step.answer().isEmpty());
        if (!step.answer().isEmpty()) {
          assertThat(step.solve()).as(lab.id()).contains("ANSWER=");
          assertThat(step.run()).as(lab.id()).doesNotContain("ANSWER");
        }
      }
    }
  }
}
