package dev.brig.runtime.oci;

import dev.brig.cgroups.CgroupPlan;
import dev.brig.cgroups.CgroupWrite;
import dev.brig.error.UsageException;
import dev.brig.runtime.spec.Spec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The unit of systemd's in whose cgroup a container is, with `--systemd-cgroup`; systemd.scope(5),
/// systemd.resource-control(5).
///
/// @param slice the slice that it belongs to
/// @param name its name: a scope's, or a slice's
public record SystemdUnit(String slice, String name) {
  private static final String FIELD = "/linux/cgroupsPath";
  private static final String SLICE = ".slice";
  private static final String UNLIMITED = "18446744073709551615";
  private static final long MICROS_OF_SECOND = 1_000_000;

  /// Returns the unit that a configuration names as `SLICE:PREFIX:NAME`, or the usual one.
  ///
  /// @param id the container's id
  /// @throws UsageException if it names none
  public static SystemdUnit of(String id, Spec spec) {
    String path = spec.linux().cgroupsPath();
    if (path.isEmpty()) {
      return new SystemdUnit("system.slice", "brig-" + id + ".scope");
    }
    String[] parts = path.split(":", -1);
    if (parts.length != 3 || parts[2].isEmpty()) {
      throw new UsageException(
          FIELD,
          "expected cgroupsPath to be of format \"slice:prefix:name\" for systemd cgroups, got \""
              + path
              + "\"",
          "or leave --systemd-cgroup out");
    }
    String slice = parts[0].isEmpty() ? "system.slice" : parts[0];
    if (parts[2].endsWith(SLICE)) {
      return checked(new SystemdUnit(slice, parts[2]));
    }
    String prefix = parts[1].isEmpty() ? "" : parts[1] + "-";
    return checked(new SystemdUnit(slice, prefix + parts[2] + ".scope"));
  }

  /// Tells whether a container's cgroup is a unit's.
  ///
  /// @param cgroups the container's
  public static boolean isUnit(List<Path> cgroups) {
    for (Path cgroup : cgroups) {
      if (cgroup.toString().endsWith(".scope") || cgroup.toString().endsWith(SLICE)) {
        return true;
      }
    }
    return false;
  }

  private static SystemdUnit checked(SystemdUnit unit) {
    boolean slice = unit.slice.endsWith(SLICE) && !unit.slice.contains("/");
    boolean parts = !unit.slice.contains("--");
    if (!slice || !parts || unit.name.contains("/")) {
      throw new UsageException(
          FIELD, "\"" + unit.slice + "\" is no slice of systemd's", "name it a-b.slice");
    }
    return unit;
  }

  /// Returns the cgroup's path below the root of the hierarchy: `a-b.slice` lies in `a.slice`.
  public String path() {
    StringBuilder path = new StringBuilder();
    String stem = slice.substring(0, slice.length() - SLICE.length());
    if (!stem.equals("-")) {
      for (int dash = stem.indexOf('-'); dash >= 0; dash = stem.indexOf('-', dash + 1)) {
        path.append(stem, 0, dash).append(SLICE).append('/');
      }
      path.append(slice).append('/');
    }
    return path.append(name).toString();
  }

  /// Returns what systemd is asked for, in the words of busctl(1): the arguments of
  /// `StartTransientUnit`.
  ///
  /// @param id the container's id
  /// @param pid the process that the unit begins with
  /// @param plan the container's limits, so that systemd does not take them back when it is
  ///   reloaded
  public List<String> call(String id, long pid, CgroupPlan plan) {
    List<String> properties = new ArrayList<>();
    int count = 0;
    boolean scope = !name.endsWith(SLICE);
    count += add(properties, "Description", "s", "brig container " + id);
    count += add(properties, scope ? "Slice" : "Wants", scope ? "s" : "as 1", slice);
    if (scope) {
      count += add(properties, "Delegate", "b", "true");
      count += add(properties, "PIDs", "au 1", Long.toString(pid));
    }
    for (String kind : new String[] {"Memory", "CPU", "Tasks", "IO"}) {
      count += add(properties, kind + "Accounting", "b", "true");
    }
    count += add(properties, "DefaultDependencies", "b", "false");
    count += add(properties, "CollectMode", "s", "inactive-or-failed");
    count += limits(properties, plan.writes());
    List<String> words = new ArrayList<>(List.of("StartTransientUnit", "ssa(sv)a(sa(sv))"));
    words.addAll(List.of(name, "replace", Integer.toString(count)));
    words.addAll(properties);
    words.add("0");
    return words;
  }

  /// Returns what systemd is told of limits that were changed, in the words of busctl(1): the
  /// arguments of `SetUnitProperties`, or nothing if there is nothing to tell.
  ///
  /// @param writes what was written to the unit's cgroup
  public List<String> change(List<CgroupWrite> writes) {
    List<String> properties = new ArrayList<>();
    int count = limits(properties, writes);
    if (count == 0) {
      return List.of();
    }
    List<String> words = new ArrayList<>(List.of("SetUnitProperties", "sba(sv)", name, "true"));
    words.add(Integer.toString(count));
    words.addAll(properties);
    return words;
  }

  private int limits(List<String> properties, List<CgroupWrite> writes) {
    int count = 0;
    for (CgroupWrite write : writes) {
      Path file = write.file().getFileName();
      if (file != null && write.file().toString().endsWith(path() + "/" + file)) {
        count += limit(properties, file.toString(), write.value());
      }
    }
    return count;
  }

  private static int limit(List<String> properties, String file, String value) {
    return switch (file) {
      case "memory.max" -> amount(properties, "MemoryMax", value);
      case "memory.low" -> amount(properties, "MemoryLow", value);
      case "memory.swap.max" -> amount(properties, "MemorySwapMax", value);
      case "pids.max" -> amount(properties, "TasksMax", value);
      case "cpu.weight" -> amount(properties, "CPUWeight", value);
      case "cpu.max" -> quota(properties, value);
      default -> 0;
    };
  }

  private static int amount(List<String> properties, String property, String value) {
    return add(properties, property, "t", value.equals("max") ? UNLIMITED : value);
  }

  private static int quota(List<String> properties, String value) {
    int blank = value.indexOf(' ');
    if (blank < 0 || value.startsWith("max")) {
      return add(properties, "CPUQuotaPerSecUSec", "t", UNLIMITED);
    }
    long quota = Long.parseLong(value.substring(0, blank));
    long period = Long.parseLong(value.substring(blank + 1));
    long second = quota * MICROS_OF_SECOND / period;
    return add(properties, "CPUQuotaPerSecUSec", "t", Long.toString(second))
        + add(properties, "CPUQuotaPeriodUSec", "t", Long.toString(period));
  }

  /// Adds a property.
  ///
  /// @param type its type, and the length of an array
  /// @return how many were added
  private static int add(List<String> properties, String name, String type, String value) {
    properties.add(name);
    properties.addAll(List.of(type.split(" ", -1)));
    properties.add(value);
    return 1;
  }
}
