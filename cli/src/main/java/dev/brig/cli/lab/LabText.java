package dev.brig.cli.lab;

import dev.brig.cli.lab.Expectation.Observation;
import java.util.ArrayList;
import java.util.List;

/// What students read.
final class LabText {
  private static final int LINES_MAX = 20;

  private LabText() {}

  /// Returns what a lab is about.
  static String heading(Lab lab) {
    return "Lab " + lab.id() + ": " + lab.title() + "\n\n" + lab.about() + "\n\n";
  }

  /// Returns a step as it is set.
  static String step(Lab lab, int number) {
    Lab.Step step = lab.steps().get(number);
    StringBuilder text = new StringBuilder();
    text.append("Claim ").append(number + 1).append(" of ").append(lab.steps().size());
    text.append(": ").append(step.claim()).append("\n\n");
    text.append("Try it (brig lab shell):\n\n").append(indented(step.run())).append('\n');
    if (!step.control().isEmpty()) {
      text.append("And the contrast, ").append(step.contrast()).append(":\n\n");
      text.append(indented(step.control())).append('\n');
    }
    if (step.ask().isEmpty()) {
      text.append("Then: brig lab check\n");
    } else {
      text.append("Question: ").append(step.ask()).append("\nThen: brig lab check ANSWER\n");
    }
    return text.toString();
  }

  /// Returns what came of a step.
  static String outcome(Lab.Step step, Outcome outcome) {
    StringBuilder text = new StringBuilder();
    text.append("seen:\n");
    quoted(outcome.seen()).forEach(line -> text.append(line).append('\n'));
    for (Expectation expectation : step.expects()) {
      text.append("expected: ").append(expectation.text()).append('\n');
    }
    if (!outcome.control().equals(Outcome.NOTHING)) {
      text.append("in the control, ").append(step.contrast()).append(":\n");
      quoted(outcome.control()).forEach(line -> text.append(line).append('\n'));
      for (Expectation expectation : step.controlExpects()) {
        text.append("expected: ").append(expectation.text()).append('\n');
      }
    }
    text.append(outcome.verdict().text()).append('\n');
    for (String why : outcome.why()) {
      text.append("  ").append(why).append('\n');
    }
    return text.toString();
  }

  /// Returns what a script wrote, as a quotation; of much, the end.
  static List<String> quoted(Observation seen) {
    List<String> lines = seen.output().strip().lines().toList();
    List<String> quoted = new ArrayList<>();
    int from = Math.max(0, lines.size() - LINES_MAX);
    if (from > 0) {
      quoted.add("  | ... " + from + " lines");
    }
    for (String line : lines.subList(from, lines.size())) {
      quoted.add("  | " + line);
    }
    quoted.add("  exit status " + seen.status());
    return quoted;
  }

  private static String indented(String text) {
    return text.indent(4);
  }
}
