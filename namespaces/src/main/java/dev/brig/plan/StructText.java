package dev.brig.plan;

import dev.brig.linux.Capability;
import dev.brig.linux.Syscall;
import dev.brig.plan.Operand.Field;
import dev.brig.plan.Operand.Num;
import java.util.List;

/// Writes the structures that calls take as strace shows them: some fields only if they say
/// something, words that the kernel takes in halves as one, lists in brackets.
final class StructText {
  private final PlanText text;
  private final StringBuilder out;

  StructText(PlanText text, StringBuilder out) {
    this.text = text;
    this.out = out;
  }

  /// Writes a structure that is an argument of a call.
  void struct(Syscall syscall, Operand.Struct struct) {
    List<Field> fields = struct.fields();
    if (syscall == Syscall.WRITE) {
      // strace has only the bytes.
      out.append('<');
      for (int i = 0; i < fields.size(); i++) {
        out.append(i > 0 ? " and " : "").append(fields.get(i).name());
      }
      out.append('>');
    } else if (syscall == Syscall.SETGROUPS || (syscall == Syscall.IOCTL && fields.size() == 1)) {
      values(fields);
    } else if (syscall == Syscall.CAPSET && fields.size() == 6) {
      capabilities(fields);
    } else if (period(fields) < fields.size()) {
      repeated(fields);
    } else if (syscall == Syscall.CLONE3 || syscall == Syscall.OPENAT2) {
      some(fields);
    } else {
      fields(fields);
    }
  }

  /// Writes a structure with all its fields but padding.
  void fields(List<Field> fields) {
    out.append('{');
    boolean first = true;
    for (int i = 0; i < fields.size(); i++) {
      if (!isHidden(fields.get(i))) {
        out.append(first ? "" : ", ");
        first = false;
        i += repeatedField(fields, i);
      }
    }
    out.append('}');
  }

  /// Writes a field, and as one list those after it that have its name.
  ///
  /// @return how many came with it
  private int repeatedField(List<Field> fields, int start) {
    String name = fields.get(start).name();
    int end = start + 1;
    while (end < fields.size() && fields.get(end).name().equals(name)) {
      end++;
    }
    if (end == start + 1) {
      field(fields.get(start));
    } else {
      out.append(name).append('=');
      values(fields.subList(start, end));
    }
    return end - start - 1;
  }

  private static boolean isHidden(Field field) {
    return field.name().isEmpty()
        || field.name().equals("padding")
        || field.name().equals("revents");
  }

  /// Writes a structure without the fields that are zero by default, a stack that is none excepted.
  private void some(List<Field> fields) {
    out.append('{');
    boolean first = true;
    for (Field field : fields) {
      boolean isStack = field.name().startsWith("stack");
      boolean isDefault = isZero(field) && !isStack && !shownAlways(field.name());
      if (!isDefault) {
        out.append(first ? "" : ", ");
        first = false;
        if (isStack && isZero(field)) {
          out.append(field.name()).append(field.name().equals("stack") ? "=NULL" : "=0");
        } else {
          field(field);
        }
      }
    }
    out.append('}');
  }

  private static boolean shownAlways(String name) {
    return name.equals("flags") || name.equals("exit_signal") || name.equals("resolve");
  }

  private static boolean isZero(Field field) {
    return field.value() instanceof Num num && num.value() == 0;
  }

  private void field(Field field) {
    String name = field.name();
    out.append(name).append('=');
    boolean isList =
        name.equals("cmsg_data") || name.equals("msg_iov") || name.equals("msg_control");
    boolean bracketed =
        isList
            && !isArray(field.value())
            && !(field.value() instanceof Num num && num.value() == 0);
    if (name.startsWith("rlim_") && field.value() instanceof Num num) {
      limit(num);
    } else if (bracketed) {
      out.append('[');
      text.operand(field.value());
      out.append(']');
    } else {
      text.operand(field.value());
    }
  }

  private static boolean isArray(Operand operand) {
    return operand instanceof Operand.Array
        || operand instanceof Operand.BufferAddress
        || (operand instanceof Operand.Address address
            && address.target() instanceof Operand.Array);
  }

  /// strace writes what is a multiple of 1024 as one.
  private void limit(Num num) {
    long value = num.value();
    if (value > 1024 && value % 1024 == 0) {
      out.append(value / 1024).append("*1024");
    } else {
      text.operand(num);
    }
  }

  private void values(List<Field> fields) {
    out.append('[');
    for (int i = 0; i < fields.size(); i++) {
      out.append(i > 0 ? ", " : "");
      text.operand(fields.get(i).value());
    }
    out.append(']');
  }

  /// Returns after how many fields the names repeat themselves: an array laid out as one structure.
  private static int period(List<Field> fields) {
    for (int i = 1; i < fields.size(); i++) {
      if (fields.get(i).name().equals(fields.getFirst().name())) {
        return i;
      }
    }
    return fields.size();
  }

  private void repeated(List<Field> fields) {
    int period = period(fields);
    out.append('[');
    for (int i = 0; i < fields.size(); i += period) {
      out.append(i > 0 ? ", " : "");
      fields(fields.subList(i, Math.min(fields.size(), i + period)));
    }
    out.append(']');
  }

  /// Each set of capabilities comes in two halves, three fields apart.
  private void capabilities(List<Field> fields) {
    out.append('{');
    for (int i = 0; i < 3; i++) {
      out.append(i > 0 ? ", " : "").append(fields.get(i).name()).append('=');
      if (fields.get(i).value() instanceof Num low
          && fields.get(i + 3).value() instanceof Num high) {
        bits((low.value() & 0xffffffffL) | high.value() << 32);
      }
    }
    out.append('}');
  }

  private void bits(long set) {
    if (set == 0) {
      out.append('0');
    }
    boolean first = true;
    for (int bit = 0; bit < Long.SIZE; bit++) {
      if ((set >>> bit & 1) != 0) {
        out.append(first ? "1<<" : "|1<<").append(Capability.text(bit));
        first = false;
      }
    }
  }
}
