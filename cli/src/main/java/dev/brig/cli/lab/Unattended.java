package dev.brig.cli.lab;

import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.lab.Outcome.Verdict;
import dev.brig.cli.output.Table;
import dev.brig.cli.syntax.Reading;
import java.util.ArrayList;
import java.util.List;

/// Does labs with nobody at the keyboard: CI does.
final class Unattended {
  private final Context context;
  private final LabShelf shelf;

  Unattended(Context context, LabShelf shelf) {
    this.context = context;
    this.shelf = shelf;
  }

  /// Does the labs named, or all.
  ///
  /// @return 0 if no claim failed and none was inconclusive
  int run(Reading.Arguments<LabOption> arguments) {
    List<Lab> labs = new ArrayList<>();
    for (String id : arguments.operands()) {
      labs.add(shelf.find(id));
    }
    boolean json = arguments.has(LabOption.JSON);
    String path = arguments.value(LabOption.OUTPUT, "");
    Examiner examiner = new Examiner(context);
    Desk desk = new Desk(context);
    Report report = desk.fresh(arguments.value(LabOption.STUDENT, desk.student()));
    keep(report, path);
    Table table = new Table("LAB", "STEP", "VERDICT", "CLAIM");
    List<String> remarks = new ArrayList<>();
    boolean all = true;
    for (Lab lab : labs.isEmpty() ? shelf.all() : labs) {
      for (int i = 0; i < lab.steps().size(); i++) {
        Lab.Step step = lab.steps().get(i);
        String nonce = Desk.nonce();
        Outcome outcome = examiner.prove(lab, step, nonce);
        report = Recording.add(report, lab, i, nonce, outcome);
        keep(report, path);
        String number = Integer.toString(i + 1);
        table.add(lab.id(), number, outcome.verdict().text(), step.claim());
        remarks.addAll(remarks(lab, i, outcome));
        all &= outcome.verdict() == Verdict.PASSED || outcome.verdict() == Verdict.IMPOSSIBLE;
      }
    }
    if (!json) {
      context.out().print(table.text());
      remarks.forEach(context.out()::println);
    } else if (path.isEmpty()) {
      Output.write(context, report, path);
    }
    return all ? ExitCodes.SUCCESS : LabCommand.NOT_PASSED;
  }

  /// Writes what was done so far: before the first lab, too, so that a file which can't be written
  /// is found then.
  private void keep(Report report, String path) {
    if (!path.isEmpty()) {
      Output.write(context, report, path);
    }
  }

  private static List<String> remarks(Lab lab, int step, Outcome outcome) {
    List<String> remarks = new ArrayList<>();
    String place = "lab " + lab.id() + " step " + (step + 1) + ": ";
    for (String why : outcome.why()) {
      remarks.add(place + why);
    }
    if (outcome.verdict() == Verdict.FAILED) {
      remarks.addAll(LabText.quoted(outcome.seen()));
    }
    if (outcome.verdict() == Verdict.INCONCLUSIVE) {
      remarks.addAll(LabText.quoted(outcome.control()));
    }
    return remarks;
  }
}
