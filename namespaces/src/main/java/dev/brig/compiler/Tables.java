package dev.brig.compiler;

import dev.brig.linux.Errno;
import dev.brig.plan.Operand;
import dev.brig.plan.PlanText;
import dev.brig.plan.Step;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The texts with which a program can say itself which call failed and how.
///
/// Each table is an array of pairs in the constants: the offset of a text in them, and its length.
/// The first pair is for numbers that the table does not know. A table is made when it is first
/// asked for.
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
      StringBuilder texts = new StringBuilder(128 * calls);
      int[] ends = PlanText.callTexts(steps, texts);
      int[] numbers = new int[calls];
      for (int i = 0; i < calls; i++) {
        numbers[i] = i + 1;
      }
      stepTable = table(numbers, texts.toString(), ends);
    }
    return stepTable;
  }

  /// Returns the table of the names of errors, by their number.
  Table errnos() {
    if (errnoTable.pairs == 0) {
      Errno[] errnos = Errno.values();
      StringBuilder texts = new StringBuilder(48 * errnos.length);
      int[] numbers = new int[errnos.length];
      int[] ends = new int[errnos.length];
      for (int i = 0; i < errnos.length; i++) {
        // What stands for all other errors gets the pair of unknown numbers.
        Errno errno = errnos[i];
        numbers[i] = errno.number();
        texts.append(errno == Errno.UNKNOWN ? UNKNOWN : errno.name());
        if (errno != Errno.UNKNOWN) {
          texts.append(" (").append(errno.text()).append(')');
        }
        ends[i] = texts.length();
        texts.append('\0');
      }
      errnoTable = table(numbers, texts.toString(), ends);
    }
    return errnoTable;
  }

  /// Adds a table. All texts are encoded at once: most are ASCII, where a position in the string is
  /// one in the bytes.
  ///
  /// @param numbers the number of each text
  /// @param ends where each text ends in the string, with a NUL
  private Table table(int[] numbers, String texts, int[] ends) {
    byte[] bytes = texts.getBytes(StandardCharsets.UTF_8);
    int pairs = 1;
    for (int number : numbers) {
      pairs = Math.max(pairs, number + 1);
    }
    int unknown = memory.text(UNKNOWN);
    Bytes constants = assembly.constants;
    constants.align(8);
    Table table = new Table(constants.size(), pairs);
    for (int i = 0; i < pairs; i++) {
      constants.put32(unknown);
      constants.put32(UNKNOWN.length());
    }
    int at = constants.size();
    constants.put(bytes, bytes.length);
    boolean ascii = bytes.length == texts.length();
    int start = 0;
    for (int i = 0; i < numbers.length; i++) {
      int length = ascii ? ends[i] - start : Operand.length(texts.substring(start, ends[i]));
      constants.set32(table.offset + 8 * numbers[i], at);
      constants.set32(table.offset + 8 * numbers[i] + 4, length);
      at += length + 1;
      start = ends[i] + 1;
    }
    return table;
  }
}
