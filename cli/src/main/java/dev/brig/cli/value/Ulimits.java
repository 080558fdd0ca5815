package dev.brig.cli.value;

import dev.brig.runtime.spec.PosixRlimit;
import java.util.Locale;

/// What `--ulimit` takes.
public final class Ulimits {
  private static final long UNLIMITED = -1;
  private static final String NAMES =
      " as core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime"
          + " sigpending stack ";

  private Ulimits() {}

  /// Reads `NAME=SOFT[:HARD]`, where -1 and `unlimited` stand for no limit.
  ///
  /// @see <a href="https://man7.org/linux/man-pages/man2/getrlimit.2.html">getrlimit(2)</a>
  public static PosixRlimit parse(String option, String text) {
    int equals = text.indexOf('=');
    String name = text.substring(0, Math.max(equals, 0));
    if (name.isEmpty() || name.indexOf(' ') >= 0 || !NAMES.contains(" " + name + " ")) {
      throw Wrong.value(
          option, text, "not NAME=SOFT[:HARD] with a name of:" + NAMES.stripTrailing());
    }
    String values = text.substring(equals + 1);
    int colon = values.indexOf(':');
    long soft = limit(option, text, colon < 0 ? values : values.substring(0, colon));
    long hard = colon < 0 ? soft : limit(option, text, values.substring(colon + 1));
    if (Long.compareUnsigned(soft, hard) > 0) {
      throw Wrong.value(option, text, "the soft limit is above the hard one");
    }
    return new PosixRlimit("RLIMIT_" + name.toUpperCase(Locale.ROOT), soft, hard);
  }

  private static long limit(String option, String text, String value) {
    if (value.equals("-1") || value.equals("unlimited")) {
      return UNLIMITED;
    }
    if (!Sizes.isNumber(value, 18)) {
      throw Wrong.value(option, text, "a limit is a number, or -1 for none (nofile=1024:4096)");
    }
    return Long.parseLong(value);
  }
}
