package dev.brig.linux;

import com.kenai.jffi.MemoryIO;

/// Writes a call as strace does: `openat2(5, "etc/passwd", {flags=O_RDONLY, …}, 24)`.
///
/// Works on the numbers and addresses that the kernel would see, so that tracing and error messages
/// need nothing from the code that made the call. The addresses must be good while it works.
final class CallText {
  private static final int TEXT_LENGTH_MAX = 4096;

  private final Machine machine;
  private final StringBuilder out = new StringBuilder(80);

  private CallText(Machine machine) {
    this.machine = machine;
  }

  /// Returns the text of a call.
  static String render(Machine machine, Syscall syscall, long... arguments) {
    CallText text = new CallText(machine);
    String kinds = kinds(syscall);
    text.out.append(syscall.symbol()).append('(');
    for (int i = 0; i < arguments.length; i++) {
      if (i > 0) {
        text.out.append(", ");
      }
      text.argument(i < kinds.length() ? kinds.charAt(i) : ' ', arguments[i]);
    }
    return text.out.append(')').toString();
  }

  // What the arguments are, a letter each. d: directory descriptor, n: number, t: text, m: mode,
  // o: flags of open, h: open_how, a: AT_ flags, s: signal, v: argument vector, c: clone flags;
  // all else is an address or a number without a name.
  private static String kinds(Syscall syscall) {
    return switch (syscall) {
      case OPENAT -> "dtom";
      case OPENAT2 -> "dthn";
      case MKDIRAT, FCHMODAT -> "dtm";
      case MKNODAT -> "dtm";
      case SYMLINKAT -> "tdt";
      case LINKAT -> "dtdta";
      case UNLINKAT -> "dtr";
      case RENAMEAT2 -> "dtdt";
      case READLINKAT, UTIMENSAT -> "dt";
      case STATX -> "dta";
      case FCHOWNAT -> "dtnna";
      case FCHMODAT2 -> "dtma";
      case FACCESSAT2 -> "dtna";
      case FCHOWN -> "nnn";
      case FCHMOD -> "nm";
      case SETXATTR, LSETXATTR, GETXATTR, LGETXATTR, REMOVEXATTR, LREMOVEXATTR -> "tt";
      case FSETXATTR, FGETXATTR, FREMOVEXATTR -> "nt";
      case LISTXATTR, LLISTXATTR, CHDIR, CHROOT, MEMFD_CREATE, STATFS -> "t";
      case FSCONFIG -> "nntt";
      case EXECVE -> "tv";
      case EXECVEAT -> "dtv a";
      case KILL, PIDFD_SEND_SIGNAL -> "ns";
      case INOTIFY_ADD_WATCH -> "nt";
      case UNSHARE -> "c";
      case OPEN_TREE -> "dt";
      case MOVE_MOUNT -> "ntdt";
      case UMOUNT2 -> "tn";
      case SETNS -> "nc";
      default -> "";
    };
  }

  private void argument(char kind, long value) {
    switch (kind) {
      case 'd' -> out.append(value == Fd.CWD.number() ? "AT_FDCWD" : Long.toString(value));
      case 'n' -> out.append((int) value);
      case 't' -> text(value);
      case 'm' -> out.append('0').append(Long.toOctalString(value));
      case 'o' -> out.append(Flag.text(machine, value, OpenFlag.values()));
      case 'h' -> openHow(value);
      case 'a' -> atFlags(value, "AT_EACCESS");
      case 'r' -> atFlags(value, "AT_REMOVEDIR");
      case 's' -> out.append(Signal.text((int) value));
      case 'v' -> vector(value);
      case 'c' -> out.append(Flag.text(machine, value, CloneFlag.values()));
      default -> number(value);
    }
  }

  private void number(long value) {
    if (value >= -4096 && value < 1 << 20) {
      out.append(value);
    } else {
      out.append("0x").append(Long.toHexString(value));
    }
  }

  private void text(long address) {
    if (address == 0) {
      out.append("NULL");
      return;
    }
    byte[] bytes = MemoryIO.getInstance().getZeroTerminatedByteArray(address, TEXT_LENGTH_MAX);
    quote(out, KernelText.decode(bytes));
  }

  /// Appends a string in quotes, control characters and bytes that are no text escaped.
  static void quote(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\t' -> out.append("\\t");
        case '\r' -> out.append("\\r");
        default -> {
          boolean lone = c >= '\uDC80' && c <= '\uDCFF' && !followsHigh(text, i);
          if (c < ' ' || c == 0x7f || lone) {
            out.append("\\").append(Integer.toOctalString(c & 0xff));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  private static boolean followsHigh(String text, int i) {
    return i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
  }

  private void openHow(long address) {
    MemoryIO memory = MemoryIO.getInstance();
    out.append("{flags=")
        .append(Flag.text(machine, memory.getLong(address), OpenFlag.values()))
        .append(", mode=0")
        .append(Long.toOctalString(memory.getLong(address + 8)))
        .append(", resolve=")
        .append(Flag.text(machine, memory.getLong(address + 16), ResolveFlag.values()))
        .append('}');
  }

  private void vector(long address) {
    MemoryIO memory = MemoryIO.getInstance();
    out.append('[');
    for (long at = address; memory.getLong(at) != 0; at += Long.BYTES) {
      if (at != address) {
        out.append(", ");
      }
      text(memory.getLong(at));
    }
    out.append(']');
  }

  // The bit 0x200 has two names: which one depends on the call.
  private void atFlags(long value, String name200) {
    int start = out.length();
    long[] bits = {0x100, 0x200, 0x400, 0x1000};
    String[] names = {"AT_SYMLINK_NOFOLLOW", name200, "AT_SYMLINK_FOLLOW", "AT_EMPTY_PATH"};
    long rest = value;
    for (int i = 0; i < bits.length; i++) {
      if ((value & bits[i]) != 0) {
        out.append(out.length() > start ? "|" : "").append(names[i]);
        rest &= ~bits[i];
      }
    }
    if (rest != 0 || value == 0) {
      out.append(out.length() > start ? "|" : "").append(rest);
    }
  }
}
