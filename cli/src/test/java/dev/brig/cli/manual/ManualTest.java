package dev.brig.cli.manual;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Option;
import dev.brig.cli.syntax.OptionText;
import dev.brig.cli.syntax.Syntax;
import java.util.List;
import org.junit.jupiter.api.Test;

class ManualTest {
  private enum Choice implements Option {
    QUIET("-q --quiet", "", "Output", "print ids only"),
    MEMORY("-m --memory", "SIZE", "Limits", "at most SIZE bytes;\n.5g is half a gibibyte"),
    HIDDEN("--hidden", "X", "", "for tests");

    private final OptionText text;

    Choice(String names, String label, String heading, String description) {
      this.text = new OptionText(names, label, heading, description);
    }

    @Override
    public OptionText text() {
      return text;
    }
  }

  private static final Syntax<Choice> SYNTAX =
      new Syntax<>(
          "ps",
          "List containers.",
          List.of(Choice.values()),
          Operands.atLeast(0, "[CONTAINER...]"),
          List.of("See them all:", "  brig ps -a"));

  @Test
  void aPageNamesTheCommandAndItsOptionsUnderTheirHeadings() {
    String page = ManPage.of(SYNTAX, "1.2");

    assertThat(page)
        .startsWith(".TH BRIG\\-PS 1 \"\" \"brig 1.2\" brig\n.SH NAME\n")
        .contains("brig\\-ps \\- list containers\n")
        .contains(".SS Limits\n.TP\n\\fB\\-m\\fR, \\fB\\-\\-memory\\fR \\fISIZE\\fR\n")
        .contains(".nf\n  brig ps \\-a\n.fi\n")
        .doesNotContain("hidden");
  }

  @Test
  void textCannotBecomeARequest() {
    assertThat(ManPage.of(SYNTAX, "1.2")).contains("\n\\&.5g is half");
  }

  @Test
  void theOverviewListsEveryCommand() {
    String page = ManPage.overview(List.of(Choice.values()), List.of(SYNTAX), "1.2");

    assertThat(page).contains("\\fBbrig\\-ps\\fR(1)\nList containers.\n");
  }

  @Test
  void completionKnowsWhichOptionsTakeValues() {
    String script = BashCompletion.of(List.of(), List.of(SYNTAX));

    assertThat(script)
        .contains("ps) options='-q --quiet -m --memory --help' valued='-m --memory --hidden'")
        .contains("compgen -W 'ps'");
  }
}
