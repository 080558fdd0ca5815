package dev.brig.cli.attack;

import dev.brig.cli.attack.Shared.State;
import dev.brig.diagnose.MountEntry;
import dev.brig.linux.Kernel;
import java.util.ArrayList;
import java.util.List;

/// The limits that hold for a process, read from the files of its cgroups.
final class Limits {
  private static final String ROOT = "/sys/fs/cgroup";
  // What v1 has for none: the largest number of pages.
  private static final long KIBI = 1024;
  private static final long MEBI = KIBI * KIBI;
  private static final long UNLIMITED = 1L << 62;

  private final Kernel kernel;
  private final String memberships;
  private final List<MountEntry> mounts;

  /// Makes a reader.
  ///
  /// @param process the process
  /// @param self this process, whose mounts show the hierarchies
  Limits(ProcessView process, ProcessView self) {
    this.kernel = process.kernel();
    this.memberships = process.text("cgroup");
    this.mounts = self.mounts();
  }

  /// Returns the rows of an audit.
  List<Shared> rows() {
    List<Shared> rows = new ArrayList<>();
    long memory = memoryBytes();
    rows.add(memory == 0 ? none("memory limit", "--memory") : set("memory limit", binary(memory)));
    String pids = value("pids", "pids.max", "pids.max");
    rows.add(
        pids.isEmpty() || pids.equals("max")
            ? none("process limit", "--pids-limit")
            : set("process limit", pids));
    String cpus = cpus();
    rows.add(cpus.isEmpty() ? none("cpu limit", "--cpus") : set("cpu limit", cpus));
    return rows;
  }

  private static Shared none(String what, String option) {
    return new Shared(what, State.SHARED, "none is set: it may take all there is", option);
  }

  private static Shared set(String what, String value) {
    return new Shared(what, State.RESTRICTED, value, "");
  }

  /// Returns a size as limits are written: in powers of 1024.
  static String binary(long bytes) {
    long mebibytes = bytes / MEBI;
    return mebibytes < 10 * KIBI
        ? mebibytes + " MiB"
        : Math.round(mebibytes * 10.0 / KIBI) / 10.0 + " GiB";
  }

  /// Returns the limit of memory in bytes, or 0 if there is none.
  long memoryBytes() {
    String text = value("memory", "memory.max", "memory.limit_in_bytes");
    if (text.isEmpty() || text.equals("max")) {
      return 0;
    }
    long bytes = Long.parseUnsignedLong(text);
    return bytes >= UNLIMITED ? 0 : bytes;
  }

  /// Returns how many processors' time there is at most, or empty if there is no limit.
  private String cpus() {
    String quota = value("cpu", "cpu.max", "cpu.cfs_quota_us");
    String period = "";
    int blank = quota.indexOf(' ');
    if (blank > 0) {
      period = quota.substring(blank + 1);
      quota = quota.substring(0, blank);
    } else {
      period = value("cpu", "", "cpu.cfs_period_us");
    }
    if (quota.isEmpty() || quota.equals("max") || quota.startsWith("-") || period.isEmpty()) {
      return "";
    }
    double cpus = (double) Long.parseLong(quota) / Long.parseLong(period);
    return Double.toString(Math.round(cpus * 100) / 100.0) + " processors' time";
  }

  /// Returns what a file of the process's cgroup says, or empty.
  ///
  /// @param controller the controller
  /// @param two the file of cgroup v2, or empty
  /// @param one the file of cgroup v1
  private String value(String controller, String two, String one) {
    for (String line : memberships.split("\n", -1)) {
      String[] fields = line.split(":", 3);
      if (fields.length == 3 && List.of(fields[1].split(",", -1)).contains(controller)) {
        return first(directory("cgroup", controller) + fields[2] + "/" + one);
      }
      if (fields.length == 3 && fields[1].isEmpty() && !two.isEmpty()) {
        String text = first(directory("cgroup2", "") + fields[2] + "/" + two);
        if (!text.isEmpty()) {
          return text;
        }
      }
    }
    return "";
  }

  private String first(String path) {
    return ProcessView.text(kernel, path).strip();
  }

  private String directory(String type, String controller) {
    for (MountEntry mount : mounts) {
      String point = mount.target();
      String name = point.substring(point.lastIndexOf('/') + 1);
      boolean fits = controller.isEmpty() || List.of(name.split(",", -1)).contains(controller);
      if (mount.type().equals(type) && fits) {
        return point;
      }
    }
    return ROOT;
  }
}
