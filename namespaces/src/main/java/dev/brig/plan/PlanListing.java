package dev.brig.plan;

import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import java.util.Set;
import java.util.TreeSet;

/// A plan for people to read: what `brig explain` prints.
///
/// ```
/// brig                                        the process that runs what follows
///   # make the cgroup  (--memory)             why, and the option that asked for it
///     1  mkdirat(<cgroup>, "web", 0755)  or EEXIST
///        if <count> < 3 go to supervise       not a call
///   supervise:                                a place to go to
/// ```
///
/// The numbers are those of [Plan#calls]. Lines are broken between arguments where they would be
/// longer than 100 columns; one that is too long by itself is not.
public final class PlanListing {
  private static final int WIDTH = 100;
  private static final int NUMBER_WIDTH = 5;
  private static final String MARGIN = " ".repeat(NUMBER_WIDTH + 2);
  private static final String CONTINUATION = MARGIN + "    ";

  private final StringBuilder out = new StringBuilder(16 << 10);
  private final Set<Slot> read;
  private String process = "";
  private String why = "";
  private String option = "";
  private int calls;
  private boolean ended;

  private PlanListing(Plan plan) {
    read = SlotsRead.of(plan);
    for (Step step : plan.steps()) {
      step(step);
    }
  }

  /// Returns the listing, each line with its newline.
  public static String of(Plan plan) {
    return new PlanListing(plan).out.toString();
  }

  private void step(Step step) {
    if (ended && isUnreachable(step.op())) {
      return;
    }
    ended = step.op() instanceof Op.Call call && call.syscall() == Syscall.EXIT_GROUP;
    switch (step.op()) {
      case Op.Guard guard -> process(guard);
      case Op.Mark(Label label) -> {
        out.append("  ").append(label.name()).append(":\n");
        // The reason is said again below a label: few readers come from above.
        why = "";
      }
      case Op.Call call -> {
        reason(step);
        calls++;
        String number = Integer.toString(calls);
        out.append(" ".repeat(Math.max(0, NUMBER_WIDTH - number.length())))
            .append(number)
            .append("  ");
        lines(PlanText.text(call) + outcome(call));
      }
      case Op.Jump _,
          Op.Branch _,
          Op.Load _,
          Op.LoadAt _,
          Op.Store _,
          Op.Peek _,
          Op.Poke _,
          Op.Copy _,
          Op.Assign _,
          Op.Compute _ -> {
        reason(step);
        out.append(MARGIN);
        lines(PlanText.text(step.op()));
      }
    }
  }

  /// What stands after an exit only tells the compiler that the kernel does not return.
  private static boolean isUnreachable(Op op) {
    return op instanceof Op.Jump
        || op instanceof Op.Branch
        || (op instanceof Op.Mark mark && mark.label().name().startsWith("never"));
  }

  private void process(Op.Guard guard) {
    if (!guard.process().equals(process)) {
      process = guard.process();
      out.append(out.isEmpty() ? "" : "\n").append(process).append('\n');
      why = "";
    }
  }

  private void reason(Step step) {
    if (step.why().equals(why) && step.option().equals(option)) {
      return;
    }
    why = step.why();
    option = step.option();
    if (!why.isEmpty()) {
      out.append("  # ").append(why);
      out.append(option.isEmpty() ? "" : "  (" + option + ")").append('\n');
    }
  }

  /// Returns where the result goes, if anybody looks at it, and what becomes of errors.
  private String outcome(Op.Call call) {
    if (call.syscall() == Syscall.EXIT_GROUP) {
      return "";
    }
    boolean shown = read.contains(call.result()) && !call.result().equals(Slot.UNUSED);
    return (shown ? " = <" + call.result().name() + ">" : "")
        + switch (call.onError()) {
          case OnError.Abort _ -> "";
          case OnError.Ignore _ -> "  or any error";
          case OnError.Tolerate(Set<Errno> errnos) -> "  or " + names(errnos);
          case OnError.Divert(Set<Errno> errnos, Label label) ->
              "  on " + names(errnos) + " go to " + label.name();
        };
  }

  /// Returns the names of errors in the order of their numbers.
  static String names(Set<Errno> errnos) {
    StringBuilder names = new StringBuilder();
    for (Errno errno : new TreeSet<>(errnos)) {
      names.append(names.isEmpty() ? "" : ", ").append(errno.name());
    }
    return names.toString();
  }

  /// Ends the line begun with a text, in several lines if it is long.
  private void lines(String text) {
    int start = 0;
    int column = MARGIN.length();
    while (text.length() - start > WIDTH - column) {
      int end = lineEnd(text, start, WIDTH - column);
      if (end == text.length()) {
        break;
      }
      out.append(text, start, end).append('\n').append(CONTINUATION);
      column = CONTINUATION.length();
      start = end;
      while (text.charAt(start) == ' ') {
        start++;
      }
    }
    out.append(text, start, text.length()).append('\n');
  }

  /// Returns the end of the last piece that fits, or else that of the first. Pieces end after a
  /// flag, at a blank after a comma or before what becomes of errors, but not within a string.
  private static int lineEnd(String text, int start, int room) {
    int end = text.length();
    boolean quoted = false;
    for (int i = start; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && quoted) {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && i > start && isBreak(text, i)) {
        if (i - start > room) {
          return end == text.length() ? i : end;
        }
        end = i;
      }
    }
    return end;
  }

  private static boolean isBreak(String text, int at) {
    char before = text.charAt(at - 1);
    boolean blank = text.charAt(at) == ' ';
    return before == '|' || (blank && (before == ',' || text.startsWith("  ", at)));
  }
}
