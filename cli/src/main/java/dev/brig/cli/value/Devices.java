package dev.brig.cli.value;

import dev.brig.cli.bundle.DeviceOption;
import dev.brig.cli.bundle.DeviceRate;
import dev.brig.runtime.spec.LinuxDeviceCgroup;
import org.jspecify.annotations.Nullable;

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

  /// Reads `TYPE MAJOR:MINOR ACCESS`, as the cgroup's file takes it: `c 1:3 rwm`, `b 8:* r`.
  public static LinuxDeviceCgroup rule(String option, String text) {
    String[] words = text.strip().split(" +", -1);
    int colon = words.length == 3 ? words[1].indexOf(':') : -1;
    if (colon < 1 || !isAccess(words[2]) || "abc".indexOf(words[0]) < 0 || words[0].length() != 1) {
      throw Wrong.value(option, text, "not a rule; write TYPE MAJOR:MINOR ACCESS (c 1:3 rwm)");
    }
    LinuxDeviceCgroup.Type type =
        switch (words[0]) {
          case "c" -> LinuxDeviceCgroup.Type.CHARACTER;
          case "b" -> LinuxDeviceCgroup.Type.BLOCK;
          default -> LinuxDeviceCgroup.Type.ALL;
        };
    return new LinuxDeviceCgroup(
        /* allow= */ true,
        type,
        deviceNumber(option, words[1].substring(0, colon)),
        deviceNumber(option, words[1].substring(colon + 1)),
        words[2]);
  }

  private static @Nullable Long deviceNumber(String option, String text) {
    return text.equals("*") ? null : Numbers.parse(option, text, 0, Integer.MAX_VALUE);
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
