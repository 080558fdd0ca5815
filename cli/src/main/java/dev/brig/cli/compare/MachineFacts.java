package dev.brig.cli.compare;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// What the kernel tells of this machine, and how busy it is.
final class MachineFacts {
  private static final Path STAT = Path.of("/proc/stat");
  private static final int STEAL_FIELD = 8;

  private MachineFacts() {}

  /// Returns the first line of a file, or the empty string if it can't be read.
  static String line(Path file) {
    try {
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      int end = text.indexOf('\n');
      return (end < 0 ? text : text.substring(0, end)).strip();
    } catch (IOException _) {
      // Not there, or not for this user: unknown.
      return "";
    }
  }

  /// Returns what follows the first line that begins so, or the empty string.
  static String field(Path file, String name) {
    try {
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      for (String line : text.lines().toList()) {
        if (line.startsWith(name)) {
          int colon = line.indexOf(':');
          return line.substring(colon < 0 ? name.length() : colon + 1).strip();
        }
      }
    } catch (IOException _) {
      // Not there, or ended meanwhile: unknown.
      return "";
    }
    return "";
  }

  /// Returns the facts that figures depend on, by name.
  static Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("kernel", line(Path.of("/proc/sys/kernel/osrelease")));
    facts.put("cpu", field(Path.of("/proc/cpuinfo"), "model name"));
    facts.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
    facts.put("hypervisor", hypervisor());
    facts.put("memory", field(Path.of("/proc/meminfo"), "MemTotal"));
    Path clocks = Path.of("/sys/devices/system/clocksource/clocksource0");
    facts.put("clocksource", line(clocks.resolve("current_clocksource")));
    Path scaling = Path.of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
    facts.put("governor", known(line(scaling)));
    facts.put("mitigations", mitigations());
    facts.put("cgroups", cgroups());
    facts.put("load", line(Path.of("/proc/loadavg")));
    facts.put("jdk", System.getProperty("java.vm.version", ""));
    return facts;
  }

  private static String known(String text) {
    return text.isEmpty() ? "not known" : text;
  }

  private static String hypervisor() {
    String flags = field(Path.of("/proc/cpuinfo"), "flags");
    String vendor = line(Path.of("/sys/class/dmi/id/sys_vendor"));
    boolean guest = (" " + flags + " ").contains(" hypervisor ");
    if (!guest) {
      return "none seen";
    }
    return "yes" + (vendor.isEmpty() ? "" : " (" + vendor + ")") + ": no bare-metal figures";
  }

  private static String mitigations() {
    String meltdown = line(Path.of("/sys/devices/system/cpu/vulnerabilities/meltdown"));
    String spectre = line(Path.of("/sys/devices/system/cpu/vulnerabilities/spectre_v2"));
    return "meltdown: " + known(meltdown) + "; spectre v2: " + known(spectre);
  }

  private static String cgroups() {
    boolean second = Files.exists(Path.of("/sys/fs/cgroup/cgroup.controllers"));
    return second ? "v2" : "v1 or hybrid";
  }

  /// Returns the name of a type of file system, or its number; statfs(2).
  static String fileSystem(long type) {
    return switch ((int) type) {
      case 0xef53 -> "ext4";
      case 0x01021994 -> "tmpfs";
      case 0x58465342 -> "xfs";
      case 0x9123683e -> "btrfs";
      case 0x794c7630 -> "overlay";
      case 0x2fc12fc1 -> "zfs";
      case 0x01021997 -> "9p";
      case 0x65735546 -> "fuse";
      default -> "0x" + Long.toHexString(type);
    };
  }

  /// Returns the share of the last ten seconds in which something waited for a processor, in
  /// percent, or -1 if the kernel doesn't tell.
  ///
  /// @see <a href="https://docs.kernel.org/accounting/psi.html">PSI</a>
  static double pressurePercent() {
    String some = line(Path.of("/proc/pressure/cpu"));
    int at = some.indexOf("avg10=");
    if (at < 0) {
      return -1;
    }
    int end = some.indexOf(' ', at);
    return Double.parseDouble(some.substring(at + "avg10=".length(), end < 0 ? at : end));
  }

  /// How long the processors have been at what, in ticks.
  ///
  /// @param all together
  /// @param stolen by the hypervisor
  record Ticks(long all, long stolen) {
    /// Returns the share that was stolen since then, in percent.
    double stolenPercentSince(Ticks then) {
      long passed = all - then.all;
      return passed <= 0 ? 0 : 100.0 * (stolen - then.stolen) / passed;
    }
  }

  /// Returns how long the processors have been at what; proc_stat(5).
  static Ticks ticks() {
    String[] fields = line(STAT).split(" +", -1);
    long all = 0;
    long stolen = 0;
    // user, nice, system, idle, iowait, irq, softirq, steal; guest time is in user time already.
    for (int i = 1; i <= STEAL_FIELD && i < fields.length; i++) {
      long ticks = Long.parseLong(fields[i]);
      all += ticks;
      stolen = i == STEAL_FIELD ? ticks : stolen;
    }
    return new Ticks(all, stolen);
  }
}
