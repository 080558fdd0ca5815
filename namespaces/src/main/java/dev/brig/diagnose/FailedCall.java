package dev.brig.diagnose;

import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.Plan;
import dev.brig.plan.PlanText;
import dev.brig.plan.Step;
import java.util.ArrayList;
import java.util.List;

/// A system call that failed.
///
/// @param syscall which call
/// @param why what it was to achieve, as [Step#why] has it
/// @param call the call in strace's notation
/// @param errno the kernel's answer
/// @param subject what it was about
public record FailedCall(Syscall syscall, String why, String call, Errno errno, Subject subject) {

  /// The strings of a call and of those before it that served the same end.
  ///
  /// @param texts the call's own strings in order: paths, a filesystem's type, options
  /// @param related the strings of the calls just before it that have the same reason: the type of
  ///   the filesystem that is being mounted, the path of the file that is being written to
  /// @param side where paths begin
  public record Subject(List<String> texts, List<String> related, Side side) {
    /// Copies the lists.
    public Subject {
      texts = List.copyOf(texts);
      related = List.copyOf(related);
    }
  }

  /// Where absolute paths of a call begin.
  public enum Side {
    /// At the host's root.
    HOST,
    /// At the container's root.
    CONTAINER
  }

  /// Returns the failure of a step of a plan.
  ///
  /// @param plan the plan
  /// @param index the step's number from 0, which must be a call's
  /// @param errno the kernel's answer
  public static FailedCall of(Plan plan, int index, Errno errno) {
    List<Step> steps = plan.steps();
    Step step = steps.get(index);
    if (!(step.op() instanceof Op.Call call)) {
      throw new IllegalArgumentException("step " + index + " is no call");
    }
    List<String> related = new ArrayList<>();
    boolean inside = isBelowRoot(call);
    for (int i = index - 1; i >= 0; i--) {
      if (steps.get(i).op() instanceof Op.Guard) {
        break;
      }
      if (steps.get(i).op() instanceof Op.Call earlier) {
        inside |= earlier.syscall() == Syscall.PIVOT_ROOT;
        if (steps.get(i).why().equals(step.why())) {
          related.addAll(0, texts(earlier));
        }
      }
    }
    Side side = inside ? Side.CONTAINER : Side.HOST;
    Subject subject = new Subject(texts(call), related, side);
    return new FailedCall(call.syscall(), step.why(), PlanText.text(call), errno, subject);
  }

  /// Returns the failure that a program reported in words.
  ///
  /// Less is known than from the plan: the strings of the calls before it are only those that the
  /// reason repeats.
  ///
  /// @param why the reason, as [Step#why] has it
  /// @param call the call in strace's notation
  /// @param errno the kernel's answer
  public static FailedCall parse(String why, String call, Errno errno) {
    int parenthesis = call.indexOf('(');
    Syscall syscall = syscall(parenthesis < 0 ? call : call.substring(0, parenthesis));
    List<String> related = new ArrayList<>();
    for (String word : why.split(" ", -1)) {
      related.add(word.equals("overlayfs") ? "overlay" : word);
    }
    boolean inside =
        why.startsWith("execute ")
            || why.equals("enter the working directory")
            || call.startsWith("openat2(<");
    Subject subject = new Subject(CallTexts.of(call), related, inside ? Side.CONTAINER : Side.HOST);
    return new FailedCall(syscall, why, call, errno, subject);
  }

  private static Syscall syscall(String symbol) {
    for (Syscall syscall : Syscall.values()) {
      if (syscall.symbol().equals(symbol)) {
        return syscall;
      }
    }
    throw new IllegalArgumentException("no call " + symbol);
  }

  // A path that is resolved with openat2(2) relative to a descriptor is one of the container's.
  private static boolean isBelowRoot(Op.Call call) {
    return call.syscall() == Syscall.OPENAT2
        && call.arguments().getFirst() instanceof Operand.Value;
  }

  private static List<String> texts(Op.Call call) {
    List<String> texts = new ArrayList<>();
    for (Operand argument : call.arguments()) {
      if (argument instanceof Operand.Text(String value)) {
        texts.add(value);
      } else if (argument instanceof Operand.Format format) {
        texts.add(PlanText.text(format));
      }
    }
    return texts;
  }

  /// Returns the first string of the call, or the empty string.
  String text() {
    return subject.texts().isEmpty() ? "" : subject.texts().getFirst();
  }

  /// Tells whether one of the call's strings, or of those before it, is this.
  boolean mentions(String text) {
    return subject.texts().contains(text) || subject.related().contains(text);
  }

  /// Returns the first string of the call or of those before it that begins so, or the empty
  /// string.
  String mentioned(String prefix) {
    for (String text : subject.texts()) {
      if (text.startsWith(prefix)) {
        return text;
      }
    }
    for (String text : subject.related()) {
      if (text.startsWith(prefix)) {
        return text;
      }
    }
    return "";
  }
}
