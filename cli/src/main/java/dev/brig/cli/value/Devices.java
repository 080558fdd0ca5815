package dev.brig.cli.value;

import dev.brig.cli.bundle.DeviceOption;
import dev.brig.cli.bundle.DeviceRate;

/// What options about devices take.
public final class Devices {
  private Devices() {}

  /// Reads `HOST-PATH[:PATH][:rwm]`.
  public static DeviceOption parse(String option, String text) {
    String[] parts = text.split(":", -1);
    String access = "rwm";
    int count = parts.length;
    if (count > 1 && !parts[count - 1].startsWith("/")) {
      access = parts[--count];
    }
    if (count > 2 || !parts[0].startsWith("/") || !isAccess(access)) {
      throw Wrong.value(
          option, text, "not a device; write HOST-PATH[:PATH][:rwm] (/dev/fuse:/dev/fuse:rw)");
    }
    String target = Paths.inside(option, text, parts[count - 1]);
    return new DeviceOption(parts[0], target, access);
  }

  /// Reads `PATH:RATE` with a rate in bytes a second.
  public static DeviceRate bytesPerSecond(String option, String text) {
    int colon = colon(option, text);
    return new DeviceRate(text.substring(0, colon), Sizes.parse(option, text.substring(colon + 1)));
  }

  /// Reads `PATH:RATE` with a rate in operations a second.
  public static DeviceRate operationsPerSecond(String option, String text) {
    int colon = colon(option, text);
    return new DeviceRate(
        text.substring(0, colon),
        Numbers.parse(option, text.substring(colon + 1), 0, Long.MAX_VALUE));
  }

  private static int colon(String option, String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 1 || !text.startsWith("/")) {
      throw Wrong.value(option, text, "not PATH:RATE (/dev/sda:1m)");
    }
    return colon;
  }

  private static boolean isAccess(String text) {
    boolean good = !text.isEmpty();
    for (int i = 0; i < text.length(); i++) {
      good &= "rwm".indexOf(text.charAt(i)) >= 0 && text.indexOf(text.charAt(i)) == i;
    }
    return good;
  }
}
