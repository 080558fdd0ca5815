package dev.brig.cgroups;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a container's cgroups tell beyond [CgroupStats]: the kernel's figures by device, by page
/// size and by kind of memory.
///
/// @param memory the lines of memory.stat, in the kernel's order
/// @param swapBytes memory in swap, or [CgroupStats#UNKNOWN]
/// @param userMicros processor time outside of the kernel, or [CgroupStats#UNKNOWN]
/// @param systemMicros processor time in the kernel, or [CgroupStats#UNKNOWN]
/// @param disks bytes and operations by device
/// @param hugePages huge pages by their size
/// @see <a href="https://docs.kernel.org/admin-guide/cgroup-v2.html">cgroup-v2</a>
public record CgroupDetails(
    Map<String, Long> memory,
    long swapBytes,
    long userMicros,
    long systemMicros,
    List<Disk> disks,
    Map<String, HugePages> hugePages) {
  /// Copies the collections.
  public CgroupDetails {
    memory = Collections.unmodifiableMap(new LinkedHashMap<>(memory));
    disks = List.copyOf(disks);
    hugePages = Collections.unmodifiableMap(new LinkedHashMap<>(hugePages));
  }

  /// Use of a disk.
  ///
  /// @param major the device's major number
  /// @param minor the device's minor number
  /// @param kind what is counted
  /// @param operation `Read`, `Write`, and whatever else this kernel counts
  /// @param count how much so far
  public record Disk(long major, long minor, Kind kind, String operation, long count) {}

  /// What a [Disk] counts.
  public enum Kind {
    /// Bytes.
    BYTES,
    /// Operations.
    OPERATIONS
  }

  /// Use of huge pages of one size.
  ///
  /// @param currentBytes in use now
  /// @param peakBytes most in use at once, or [CgroupStats#UNKNOWN]
  /// @param refusals how often there was no more to be had
  public record HugePages(long currentBytes, long peakBytes, long refusals) {}

  /// Reads the figures of the cgroups of a container.
  static CgroupDetails read(CgroupFs fs, List<Path> directories) {
    return new Source(fs, directories).details();
  }

  /// Looks for files in whichever cgroup has them.
  private record Source(CgroupFs fs, List<Path> directories) {
    private static final String HUGE = "hugetlb.";
    private static final long TICK_MICROS = 10_000;

    CgroupDetails details() {
      long user = number("cpu.stat", "user_usec");
      long system = number("cpu.stat", "system_usec");
      if (user == CgroupStats.UNKNOWN) {
        user = ticks("user");
        system = ticks("system");
      }
      long swap = number("memory.swap.current", "");
      long both = number("memory.memsw.usage_in_bytes", "");
      if (swap == CgroupStats.UNKNOWN && both != CgroupStats.UNKNOWN) {
        swap = Math.max(0, both - number("memory.usage_in_bytes", ""));
      }
      return new CgroupDetails(memory(), swap, user, system, disks(), hugePages());
    }

    private long ticks(String key) {
      long ticks = number("cpuacct.stat", key);
      return ticks == CgroupStats.UNKNOWN ? ticks : ticks * TICK_MICROS;
    }

    private Map<String, Long> memory() {
      Map<String, Long> memory = new LinkedHashMap<>();
      for (String line : content("memory.stat").lines().toList()) {
        int blank = line.indexOf(' ');
        if (blank > 0) {
          memory.put(line.substring(0, blank), Long.parseUnsignedLong(line.substring(blank + 1)));
        }
      }
      return memory;
    }

    private List<Disk> disks() {
      List<Disk> disks = new ArrayList<>();
      String unified = content("io.stat");
      if (unified.isEmpty()) {
        v1(content("blkio.throttle.io_service_bytes_recursive"), Kind.BYTES, disks);
        v1(content("blkio.throttle.io_serviced_recursive"), Kind.OPERATIONS, disks);
        return disks;
      }
      for (String line : unified.lines().toList()) {
        String[] words = line.split(" ", -1);
        for (int i = 1; i < words.length; i++) {
          v2(words[0], words[i], disks);
        }
      }
      return disks;
    }

    private static void v2(String device, String word, List<Disk> into) {
      int equals = word.indexOf('=');
      if (equals < 0) {
        return;
      }
      switch (word.substring(0, equals)) {
        case "rbytes" -> add(device, Kind.BYTES, "Read", word.substring(equals + 1), into);
        case "wbytes" -> add(device, Kind.BYTES, "Write", word.substring(equals + 1), into);
        case "dbytes" -> add(device, Kind.BYTES, "Discard", word.substring(equals + 1), into);
        case "rios" -> add(device, Kind.OPERATIONS, "Read", word.substring(equals + 1), into);
        case "wios" -> add(device, Kind.OPERATIONS, "Write", word.substring(equals + 1), into);
        case "dios" -> add(device, Kind.OPERATIONS, "Discard", word.substring(equals + 1), into);
        default -> {}
      }
    }

    private static void v1(String text, Kind kind, List<Disk> into) {
      for (String line : text.lines().toList()) {
        String[] words = line.split(" ", -1);
        if (words.length == 3) {
          add(words[0], kind, words[1], words[2], into);
        }
      }
    }

    private static void add(
        String device, Kind kind, String operation, String count, List<Disk> into) {
      int colon = device.indexOf(':');
      if (colon > 0) {
        long major = Long.parseLong(device.substring(0, colon));
        long minor = Long.parseLong(device.substring(colon + 1));
        into.add(new Disk(major, minor, kind, operation, Long.parseLong(count)));
      }
    }

    private Map<String, HugePages> hugePages() {
      Map<String, HugePages> pages = new LinkedHashMap<>();
      for (Path directory : directories) {
        for (String file : fs.list(directory)) {
          String size = size(file);
          if (!size.isEmpty()) {
            pages.put(
                size,
                new HugePages(
                    either(HUGE + size + ".current", HUGE + size + ".usage_in_bytes"),
                    number(HUGE + size + ".max_usage_in_bytes", ""),
                    Math.max(
                        Math.max(0, number(HUGE + size + ".events", "max")),
                        number(HUGE + size + ".failcnt", ""))));
          }
        }
      }
      return pages;
    }

    /// Returns the size of pages that a file tells the use of, or nothing.
    private static String size(String file) {
      for (String end : new String[] {".current", ".usage_in_bytes"}) {
        String size = file.endsWith(end) ? file.substring(0, file.length() - end.length()) : "";
        // The others are of reservations and of peaks.
        if (size.startsWith(HUGE) && size.indexOf('.', HUGE.length()) < 0) {
          return size.substring(HUGE.length());
        }
      }
      return "";
    }

    private long either(String file, String other) {
      long value = number(file, "");
      return value == CgroupStats.UNKNOWN ? number(other, "") : value;
    }

    private long number(String file, String key) {
      for (Path directory : directories) {
        long value =
            FlatFile.number(fs.readIfThere(directory.resolve(file)), key, CgroupStats.UNKNOWN);
        if (value != CgroupStats.UNKNOWN) {
          return value;
        }
      }
      return CgroupStats.UNKNOWN;
    }

    private String content(String name) {
      for (Path directory : directories) {
        String text = fs.readIfThere(directory.resolve(name));
        if (!text.isEmpty()) {
          return text;
        }
      }
      return "";
    }
  }
}
