package dev.brig.compiler;

import dev.brig.linux.Errno;
import dev.brig.plan.Operand;
import dev.brig.plan.PlanText;
import dev.brig.plan.Step;
import java.util.List;

/// The texts with which a program can say itself which call failed and how.
///
/// Each table is an array of pairs, address and length, in the constants. The first pair is for
/// numbers that the table does not know. A table is made when it is first asked for.
final class Tables {
  /// A table in the constants.
  ///
  /// @param offset where it begins
  /// @param pairs how many pairs it has
  record Table(int offset, int pairs) {}

  private static final String UNKNOWN = "?";
  private static final Table NONE = new Table(0, 0);

  private final Assembly assembly;
  private final Memory memory;
  private final List<Step> steps;
  private final int calls;
  private Table stepTable = NONE;
  private Table errnoTable = NONE;

  Tables(Assembly assembly, Memory memory, List<Step> steps, int calls) {
    this.assembly = assembly;
    this.memory = memory;
    this.steps = steps;
    this.calls = calls;
  }

  /// Returns the table of what the calls do, by their number.
  Table steps() {
    if (stepTable.pairs == 0) {
      stepTable = table(calls + 1);
      int number = 0;
      for (Step step : steps) {
        if (PlanText.isCall(step.op())) {
          number++;
          enter(stepTable, number, step.why() + ": " + PlanText.text(step.op()));
        }
      }
    }
    return stepTable;
  }

  /// Returns the table of the names of errors, by their number.
  Table errnos() {
    if (errnoTable.pairs == 0) {
      Errno[] errnos = Errno.values();
      int last = 0;
      for (Errno errno : errnos) {
        last = Math.max(last, errno.number());
      }
      errnoTable = table(last + 1);
      for (Errno errno : errnos) {
        if (errno != Errno.UNKNOWN) {
          enter(errnoTable, errno.number(), errno.name() + " (" + errno.text() + ")");
        }
      }
    }
    return errnoTable;
  }

  private Table table(int pairs) {
    int unknown = memory.text(UNKNOWN);
    Bytes constants = assembly.constants;
    constants.align(8);
    Table table = new Table(constants.size(), pairs);
    for (int i = 0; i < pairs; i++) {
      assembly.refer(Section.CONSTANTS, constants.size(), Patch.ADDRESS_32, Section.CONSTANTS);
      constants.put32(unknown);
      constants.put32(UNKNOWN.length());
    }
    return table;
  }

  private void enter(Table table, int number, String text) {
    int pair = table.offset + 8 * number;
    assembly.constants.set32(pair, memory.text(text));
    assembly.constants.set32(pair + 4, Operand.length(text));
  }
}
