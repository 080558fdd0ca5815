package dev.brig.linux;

import dev.brig.error.UsageException;
import java.util.Locale;

/// The signals by name. The numbers are those of x86-64 and aarch64, which agree.
///
/// Real-time signals have no constant of their own: [#parse] and [#text] know them as `RTMIN+3`.
///
/// @see <a href="https://man7.org/linux/man-pages/man7/signal.7.html">signal(7)</a>
public enum Signal {
  SIGHUP(1),
  SIGINT(2),
  SIGQUIT(3),
  SIGILL(4),
  SIGTRAP(5),
  SIGABRT(6),
  SIGBUS(7),
  SIGFPE(8),
  SIGKILL(9),
  SIGUSR1(10),
  SIGSEGV(11),
  SIGUSR2(12),
  SIGPIPE(13),
  SIGALRM(14),
  SIGTERM(15),
  SIGSTKFLT(16),
  SIGCHLD(17),
  SIGCONT(18),
  SIGSTOP(19),
  SIGTSTP(20),
  SIGTTIN(21),
  SIGTTOU(22),
  SIGURG(23),
  SIGXCPU(24),
  SIGXFSZ(25),
  SIGVTALRM(26),
  SIGPROF(27),
  SIGWINCH(28),
  SIGIO(29),
  SIGPWR(30),
  SIGSYS(31);

  /// The first real-time signal as the C library counts: it keeps 32 and 33 for itself.
  public static final int RTMIN = 34;

  /// The last real-time signal, and the last of all.
  public static final int RTMAX = 64;

  private final int number;

  Signal(int number) {
    this.number = number;
  }

  /// Returns the number.
  public int number() {
    return number;
  }

  /// Returns the number that a user's word means: `TERM`, `SIGTERM`, `term`, `15`, `RTMIN+2`,
  /// `RTMAX-1`.
  ///
  /// @throws UsageException if there is no such signal
  public static int parse(String word) {
    String name = word.toUpperCase(Locale.ROOT);
    if (name.startsWith("SIG")) {
      name = name.substring(3);
    }
    int number = name.startsWith("RT") ? realTime(name) : plain(name);
    if (number < 1 || number > RTMAX) {
      throw new UsageException(
          "signal \"" + word + "\"",
          "there is no such signal",
          "a name (TERM, SIGTERM, RTMIN+1) or a number from 1 to 64; kill -l lists them");
    }
    return number;
  }

  /// Returns the name of a signal number: `SIGTERM`, `SIGRT_3` for `RTMIN+3` as strace has it, or
  /// the number.
  public static String text(int number) {
    for (Signal signal : values()) {
      if (signal.number == number) {
        return signal.name();
      }
    }
    return number >= RTMIN && number <= RTMAX
        ? "SIGRT_" + (number - RTMIN)
        : Integer.toString(number);
  }

  private static int plain(String name) {
    String known =
        switch (name) {
          case "CLD" -> "CHLD";
          case "POLL" -> "IO";
          case "IOT" -> "ABRT";
          case "UNUSED" -> "SYS";
          default -> name;
        };
    for (Signal signal : values()) {
      if (signal.name().length() == known.length() + 3 && signal.name().endsWith(known)) {
        return signal.number;
      }
    }
    return Decimal.parse(name);
  }

  private static int realTime(String name) {
    if (name.length() >= 5 && name.startsWith("RTMIN")) {
      return offset(name, '+', RTMIN, 1);
    }
    return name.startsWith("RTMAX") ? offset(name, '-', RTMAX, -1) : -1;
  }

  private static int offset(String name, char sign, int base, int direction) {
    if (name.length() == 5) {
      return base;
    }
    int offset = name.charAt(5) == sign ? Decimal.parse(name.substring(6)) : -1;
    return offset < 0 || offset > RTMAX - RTMIN ? -1 : base + direction * offset;
  }
}
