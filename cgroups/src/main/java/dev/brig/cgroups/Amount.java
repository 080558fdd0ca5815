package dev.brig.cgroups;

/// Numbers as people read them.
final class Amount {
  private static final String[] UNITS = {" bytes", " KiB", " MiB", " GiB", " TiB", " PiB", " EiB"};

  private Amount() {}

  /// Returns bytes in the largest unit that they are a multiple of: `64 MiB`, `1536 KiB`, `1000
  /// bytes`.
  static String exact(long bytes) {
    long rest = bytes;
    int unit = 0;
    while (rest != 0 && rest % 1024 == 0 && unit < UNITS.length - 1) {
      rest /= 1024;
      unit++;
    }
    return rest + UNITS[unit];
  }

  /// Returns bytes to a tenth of the largest unit that leaves at least one: `63.9 MiB`, `512
  /// bytes`.
  static String about(long bytes) {
    if (bytes < 1024) {
      return bytes + UNITS[0];
    }
    long rest = bytes;
    int unit = 0;
    while (rest >= 1024 * 1024) {
      rest >>= 10;
      unit++;
    }
    long tenths = (rest * 10 + 512) / 1024;
    return tenths / 10 + "." + tenths % 10 + UNITS[unit + 1];
  }

  /// Returns a quotient with at most two decimals, rounded: `0.5`, `1`, `0.33`.
  static String ratio(long numerator, long denominator) {
    long hundredths = (numerator * 100 + denominator / 2) / denominator;
    long whole = hundredths / 100;
    long rest = hundredths % 100;
    if (rest == 0) {
      return Long.toString(whole);
    }
    return whole + "." + (rest % 10 == 0 ? rest / 10 + "" : rest < 10 ? "0" + rest : rest + "");
  }

  /// Returns a number with its noun in the singular or, by an s, the plural.
  static String count(long number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }
}
