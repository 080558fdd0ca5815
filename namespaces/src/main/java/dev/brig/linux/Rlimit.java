package dev.brig.linux;

import dev.brig.error.UsageException;
import java.util.Locale;

/// The resource limits of a process.
///
/// @see <a href="https://man7.org/linux/man-pages/man2/getrlimit.2.html">getrlimit(2)</a>
public enum Rlimit {
  RLIMIT_CPU(0),
  RLIMIT_FSIZE(1),
  RLIMIT_DATA(2),
  RLIMIT_STACK(3),
  RLIMIT_CORE(4),
  RLIMIT_RSS(5),
  RLIMIT_NPROC(6),
  RLIMIT_NOFILE(7),
  RLIMIT_MEMLOCK(8),
  RLIMIT_AS(9),
  RLIMIT_LOCKS(10),
  RLIMIT_SIGPENDING(11),
  RLIMIT_MSGQUEUE(12),
  RLIMIT_NICE(13),
  RLIMIT_RTPRIO(14),
  RLIMIT_RTTIME(15);

  /// No limit, as the kernel has it: all bits set.
  public static final long INFINITY = -1;

  private final int number;

  Rlimit(int number) {
    this.number = number;
  }

  /// Returns the number.
  public int number() {
    return number;
  }

  /// Returns the limit that a name means: `nofile`, `NOFILE`, `RLIMIT_NOFILE`.
  ///
  /// @throws UsageException if there is none of this name
  public static Rlimit parse(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    String full = upper.startsWith("RLIMIT_") ? upper : "RLIMIT_" + upper;
    for (Rlimit limit : values()) {
      if (limit.name().equals(full)) {
        return limit;
      }
    }
    throw new UsageException(
        "limit \"" + name + "\"",
        "there is no such resource limit",
        "one of core, cpu, data, fsize, locks, memlock, msgqueue, nice, nofile, nproc, rss, rtprio,"
            + " rttime, sigpending, stack, as");
  }

  /// A soft and a hard limit, in the unit of the resource, unsigned; [#INFINITY] for none.
  ///
  /// @param soft what the kernel enforces
  /// @param hard how far the process may raise the soft limit itself
  public record Value(long soft, long hard) {
    /// Refuses a soft limit above the hard one, as the kernel would (EINVAL).
    public Value {
      if (Long.compareUnsigned(soft, hard) > 0) {
        throw new IllegalArgumentException("soft limit " + soft + " above hard limit " + hard);
      }
    }

    /// Returns the limits as the user writes them: `1024:2048`, `unlimited` for none.
    public String text() {
      return word(soft) + ":" + word(hard);
    }

    private static String word(long limit) {
      return limit == INFINITY ? "unlimited" : Long.toUnsignedString(limit);
    }
  }

  /// A limit and its values.
  ///
  /// @param limit which
  /// @param value the values
  public record Setting(Rlimit limit, Value value) {

    /// Returns the setting that `--ulimit` names: `nofile=1024:2048`, `core=0`, `nproc=unlimited`,
    /// `cpu=-1`. One value is for both limits.
    ///
    /// @throws UsageException if the text is none
    public static Setting parse(String text) {
      int equals = text.indexOf('=');
      if (equals <= 0) {
        throw bad(text, "it has no \"=\"");
      }
      Rlimit limit = Rlimit.parse(text.substring(0, equals));
      String values = text.substring(equals + 1);
      int colon = values.indexOf(':');
      long soft = value(text, colon < 0 ? values : values.substring(0, colon));
      long hard = colon < 0 ? soft : value(text, values.substring(colon + 1));
      if (Long.compareUnsigned(soft, hard) > 0) {
        throw bad(text, "the soft limit is above the hard limit");
      }
      return new Setting(limit, new Value(soft, hard));
    }

    private static long value(String text, String number) {
      if (number.equals("-1") || number.equals("unlimited")) {
        return INFINITY;
      }
      try {
        return Long.parseUnsignedLong(number);
      } catch (NumberFormatException _) {
        throw bad(text, "\"" + number + "\" is not a number");
      }
    }

    private static UsageException bad(String text, String finding) {
      return new UsageException(
          "limit \"" + text + "\"",
          finding,
          "write NAME=SOFT[:HARD], nofile=1024:2048 for example");
    }
  }
}
