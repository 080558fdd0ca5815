package dev.brig.plan;

import dev.brig.linux.KernelText;
import dev.brig.linux.Syscall;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Writes operations as text: calls in the notation of strace 6.1.
///
/// What is known only when the program runs stands in angle brackets: `<fd>` is what the slot
/// holds, `<&pidfd>` the address of a slot, `<event>` that of a buffer. All else is as strace shows
/// it.
///
/// What an operation is, is asked by a chain of instanceof: programs that tell their own failures
/// hold these texts, and a switch over types would cost each start of brig milliseconds.
///
/// @see <a href="https://man7.org/linux/man-pages/man1/strace.1.html">strace(1)</a>
@SuppressWarnings("IfChainToSwitch") // slow to start: see above
public final class PlanText {
  private final StringBuilder out;
  private final StructText structs;

  private PlanText(StringBuilder out) {
    this.out = out;
    this.structs = new StructText(this, out);
  }

  /// Returns whether an operation is a system call.
  public static boolean isCall(Op op) {
    return op instanceof Op.Call;
  }

  /// Returns the text of an operation.
  public static String text(Op op) {
    StringBuilder out = new StringBuilder(128);
    new PlanText(out).operation(op);
    return out.toString();
  }

  /// Returns the text of an operand as an argument of a call.
  public static String text(Operand operand) {
    StringBuilder out = new StringBuilder(64);
    new PlanText(out).operand(operand);
    return out.toString();
  }

  /// Returns the texts of a call's arguments, in the order in which the kernel takes them.
  public static List<String> arguments(Op.Call call) {
    List<String> texts = new ArrayList<>();
    for (Operand argument : call.arguments()) {
      StringBuilder out = new StringBuilder(64);
      new PlanText(out).argument(call.syscall(), argument);
      texts.add(out.toString());
    }
    return List.copyOf(texts);
  }

  /// Appends the reason of each call and the call itself, as a message has them: `mount proc on
  /// /proc: fsopen("proc", FSOPEN_CLOEXEC)`.
  ///
  /// @param steps the steps of a plan
  /// @param out where the texts go, with a NUL after each
  /// @return the positions of the NULs, in the order of the calls
  public static int[] callTexts(List<Step> steps, StringBuilder out) {
    PlanText text = new PlanText(out);
    int[] ends = new int[steps.size()];
    int calls = 0;
    for (Step step : steps) {
      if (step.op() instanceof Op.Call call) {
        out.append(step.why()).append(": ");
        text.call(call);
        ends[calls++] = out.length();
        out.append('\0');
      }
    }
    return Arrays.copyOf(ends, calls);
  }

  private void operation(Op op) {
    if (op instanceof Op.Call call) {
      call(call);
    } else if (op instanceof Op.Mark mark) {
      out.append(mark.label().name()).append(':');
    } else if (op instanceof Op.Jump jump) {
      out.append("go to ").append(jump.label().name());
    } else if (op instanceof Op.Branch branch) {
      branch(branch);
    } else if (op instanceof Op.Assign assign) {
      slot(assign.target()).append(" = ");
      operand(assign.value());
    } else if (op instanceof Op.Compute compute) {
      slot(compute.target()).append(" = ");
      slot(compute.left()).append(' ').append(compute.arithmetic().symbol()).append(' ');
      operand(compute.right());
    } else if (op instanceof Op.Guard guard) {
      out.append("in process ").append(guard.process());
      out.append(", failures go to ").append(guard.handler().name());
    } else {
      access(op);
    }
  }

  private void access(Op op) {
    if (op instanceof Op.Load load) {
      slot(load.target()).append(" = ");
      bytes(load.buffer(), load.widthBytes()).append(load.offsetBytes()).append(']');
    } else if (op instanceof Op.LoadAt load) {
      slot(load.target()).append(" = ");
      bytes(load.buffer(), load.widthBytes());
      slot(load.offsetBytes()).append(']');
    } else if (op instanceof Op.Store store) {
      bytes(store.buffer(), store.widthBytes()).append(store.offsetBytes()).append("] = ");
      slot(store.source());
    } else {
      memory(op);
    }
  }

  private void memory(Op op) {
    if (op instanceof Op.Peek peek) {
      slot(peek.target()).append(" = u").append(8 * peek.widthBytes()).append(" *");
      slot(peek.address());
      if (peek.offsetBytes() != 0) {
        out.append(peek.offsetBytes() < 0 ? " - " : " + ").append(Math.abs(peek.offsetBytes()));
      }
    } else if (op instanceof Op.Poke poke) {
      out.append('u').append(8 * poke.widthBytes()).append(" *");
      slot(poke.address()).append(" = ");
      slot(poke.source());
    } else if (op instanceof Op.Copy copy) {
      out.append("copy ").append(copy.sizeBytes()).append(" bytes to *");
      slot(copy.target()).append(" from *");
      slot(copy.source());
    } else {
      throw new AssertionError(op);
    }
  }

  private StringBuilder bytes(Buffer buffer, int widthBytes) {
    return out.append('u').append(8 * widthBytes).append(' ').append(buffer.name()).append('[');
  }

  private void branch(Op.Branch branch) {
    out.append("if ");
    slot(branch.slot()).append(' ').append(branch.condition().symbol()).append(' ');
    out.append(branch.number()).append(" go to ").append(branch.label().name());
  }

  private void call(Op.Call call) {
    out.append(call.syscall().symbol()).append('(');
    List<Operand> arguments = call.arguments();
    if (call.syscall() == Syscall.CLONE && arguments.size() >= 2) {
      out.append("child_stack=");
      operand(arguments.get(1));
      out.append(", flags=");
      operand(arguments.get(0));
    } else {
      for (int i = 0; i < arguments.size(); i++) {
        if (i > 0) {
          out.append(", ");
        }
        argument(call.syscall(), arguments.get(i));
      }
    }
    out.append(')');
  }

  private void argument(Syscall syscall, Operand argument) {
    if (argument instanceof Operand.Struct struct) {
      structs.struct(syscall, struct);
    } else if (argument instanceof Operand.Array array) {
      boolean isVector = syscall == Syscall.EXECVE || syscall == Syscall.EXECVEAT;
      elements(isVector ? withoutNull(array.elements()) : array.elements());
    } else if (argument instanceof Operand.Address address) {
      argument(syscall, address.target());
    } else {
      operand(argument);
    }
  }

  /// Writes an operand that is no argument, or one that looks the same in each call.
  void operand(Operand operand) {
    if (operand instanceof Operand.Num num) {
      out.append(num.text());
    } else if (operand instanceof Operand.Text text) {
      out.append('"');
      escape(text.value());
      out.append('"');
    } else if (operand instanceof Operand.Value value) {
      slot(value.slot());
    } else if (operand instanceof Operand.Struct struct) {
      structs.fields(struct.fields());
    } else if (operand instanceof Operand.Array array) {
      elements(array.elements());
    } else if (operand instanceof Operand.Address address) {
      operand(address.target());
    } else if (operand instanceof Operand.Format format) {
      format(format);
    } else if (operand instanceof Operand.Data data) {
      out.append(data.text());
    } else {
      out.append('<');
      runtime(operand);
      out.append('>');
    }
  }

  private void runtime(Operand operand) {
    if (operand instanceof Operand.SlotAddress address) {
      out.append('&').append(address.slot().name());
    } else if (operand instanceof Operand.BufferAddress address) {
      out.append(address.buffer().name());
      if (address.offsetBytes() > 0) {
        out.append('+').append(address.offsetBytes());
      }
    } else if (operand instanceof Operand.BufferAt at) {
      out.append(at.buffer().name()).append('+').append(at.offsetBytes().name());
    } else if (operand instanceof Operand.FormatLength) {
      out.append("length");
    } else if (operand instanceof Operand.Environment) {
      out.append("environment");
    } else if (operand instanceof Operand.StepText text) {
      out.append("text of ").append(text.call().name());
    } else if (operand instanceof Operand.StepTextLength length) {
      out.append("length of text of ").append(length.call().name());
    } else if (operand instanceof Operand.ErrnoText text) {
      out.append("name of ").append(text.errno().name());
    } else if (operand instanceof Operand.ErrnoTextLength length) {
      out.append("length of name of ").append(length.errno().name());
    } else {
      throw new AssertionError(operand);
    }
  }

  private StringBuilder slot(Slot slot) {
    return out.append('<').append(slot.name()).append('>');
  }

  private static List<Operand> withoutNull(List<Operand> vector) {
    int last = vector.size() - 1;
    return last >= 0 && vector.get(last) instanceof Operand.Num ? vector.subList(0, last) : vector;
  }

  private void elements(List<Operand> elements) {
    out.append('[');
    for (int i = 0; i < elements.size(); i++) {
      if (i > 0) {
        out.append(", ");
      }
      operand(elements.get(i));
    }
    out.append(']');
  }

  private void format(Operand.Format format) {
    out.append('"');
    for (Operand piece : format.pieces()) {
      if (piece instanceof Operand.Text text) {
        escape(text.value());
      } else if (piece instanceof Operand.Value value) {
        slot(value.slot());
      }
    }
    out.append('"');
  }

  private void escape(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c >= 0x7f || c == '"' || c == '\\') {
        escapeBytes(KernelText.encode(text));
        return;
      }
    }
    out.append(text);
  }

  private void escapeBytes(byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      int c = bytes[i] & 0xff;
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\t' -> out.append("\\t");
        case '\r' -> out.append("\\r");
        case '\f' -> out.append("\\f");
        case 0x0b -> out.append("\\v");
        default -> {
          if (c >= ' ' && c < 0x7f) {
            out.append((char) c);
          } else {
            boolean digitFollows =
                i + 1 < bytes.length && bytes[i + 1] >= '0' && bytes[i + 1] <= '9';
            octal(c, digitFollows ? 3 : 1);
          }
        }
      }
    }
  }

  /// strace writes as few octal digits as it can without the next character being taken for one.
  private void octal(int c, int digits) {
    out.append('\\');
    String octal = Integer.toOctalString(c);
    for (int i = octal.length(); i < digits; i++) {
      out.append('0');
    }
    out.append(octal);
  }
}
