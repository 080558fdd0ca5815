package dev.brig.cgroups;

import java.nio.file.Path;
import java.util.List;

/// What a container uses, has used and has been refused. A figure that its cgroups don't have is
/// [#UNKNOWN], a limit that there isn't is [#UNLIMITED].
///
/// @param memory memory
/// @param pids tasks
/// @param cpu processor time
/// @param io disk use
public record CgroupStats(Memory memory, Pids pids, Cpu cpu, Io io) {
  /// No cgroup of the container keeps this figure.
  public static final long UNKNOWN = -2;

  /// There is no limit.
  public static final long UNLIMITED = -1;

  // What v1 calls unlimited: the largest number of bytes in whole pages.
  private static final long V1_UNLIMITED_MIN = Long.MAX_VALUE - 65_535;

  /// Memory.
  ///
  /// @param currentBytes in use now
  /// @param peakBytes most in use at once
  /// @param limitBytes the limit
  /// @param oomKills processes that the kernel killed for lack of memory
  public record Memory(long currentBytes, long peakBytes, long limitBytes, long oomKills) {}

  /// Tasks: processes and threads.
  ///
  /// @param current alive now
  /// @param limit the limit
  /// @param refusals forks that failed for it
  public record Pids(long current, long limit, long refusals) {}

  /// Processor time.
  ///
  /// @param usageMicros used so far
  /// @param periods periods in which the container ran under a quota
  /// @param throttledPeriods those of them in which it used the quota up
  /// @param throttledMicros how long it then had to wait, all processors together
  public record Cpu(long usageMicros, long periods, long throttledPeriods, long throttledMicros) {}

  /// Disk use, all disks together.
  ///
  /// @param readBytes read so far
  /// @param writeBytes written so far
  public record Io(long readBytes, long writeBytes) {}

  /// Reads the figures of the cgroups of a container.
  static CgroupStats read(CgroupFs fs, List<Path> directories) {
    return new Source(fs, directories).stats();
  }

  /// Looks for files in whichever cgroup has them.
  private record Source(CgroupFs fs, List<Path> directories) {
    CgroupStats stats() {
      return new CgroupStats(memory(), pids(), cpu(), io());
    }

    private Memory memory() {
      return new Memory(
          number("memory.current", "memory.usage_in_bytes"),
          number("memory.peak", "memory.max_usage_in_bytes"),
          limit("memory.max", "memory.limit_in_bytes"),
          either(keyed("memory.events", "oom_kill"), keyed("memory.oom_control", "oom_kill")));
    }

    private Pids pids() {
      return new Pids(
          number("pids.current", "pids.current"),
          limit("pids.max", "pids.max"),
          keyed("pids.events", "max"));
    }

    private Cpu cpu() {
      long usage = UNKNOWN;
      long nanos = number("cpuacct.usage", "cpuacct.usage");
      long periods = UNKNOWN;
      long throttled = UNKNOWN;
      long throttledMicros = UNKNOWN;
      // The unified hierarchy has a cpu.stat without periods, beside that of the v1 controller.
      for (Path directory : directories) {
        String stat = fs.readIfThere(directory.resolve("cpu.stat"));
        usage = either(FlatFile.number(stat, "usage_usec", UNKNOWN), usage);
        periods = either(FlatFile.number(stat, "nr_periods", UNKNOWN), periods);
        throttled = either(FlatFile.number(stat, "nr_throttled", UNKNOWN), throttled);
        long throttledNanos = FlatFile.number(stat, "throttled_time", UNKNOWN);
        throttledMicros =
            either(
                FlatFile.number(stat, "throttled_usec", UNKNOWN),
                throttledNanos == UNKNOWN ? throttledMicros : throttledNanos / 1000);
      }
      return new Cpu(
          usage == UNKNOWN && nanos != UNKNOWN ? nanos / 1000 : usage,
          periods,
          throttled,
          throttledMicros);
    }

    private Io io() {
      String unified = content("io.stat");
      if (!unified.isEmpty()) {
        return new Io(sum(unified, "rbytes="), sum(unified, "wbytes="));
      }
      String v1 = content("blkio.throttle.io_service_bytes_recursive");
      return v1.isEmpty() ? new Io(UNKNOWN, UNKNOWN) : new Io(sum(v1, "Read "), sum(v1, "Write "));
    }

    /// Adds the numbers that follow a key up.
    private static long sum(String text, String key) {
      long sum = 0;
      for (int at = text.indexOf(key); at >= 0; at = text.indexOf(key, at + 1)) {
        int end = at + key.length();
        while (end < text.length() && Character.isDigit(text.charAt(end))) {
          end++;
        }
        sum += end == at + key.length() ? 0 : Long.parseLong(text, at + key.length(), end, 10);
      }
      return sum;
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

    private long number(String v2, String v1) {
      long value = FlatFile.number(content(v2), "", UNKNOWN);
      return value == UNKNOWN ? FlatFile.number(content(v1), "", UNKNOWN) : value;
    }

    private long limit(String v2, String v1) {
      if (content(v2).startsWith("max")) {
        return UNLIMITED;
      }
      long value = number(v2, v1);
      return value >= V1_UNLIMITED_MIN ? UNLIMITED : value;
    }

    private long keyed(String name, String key) {
      return FlatFile.number(content(name), key, UNKNOWN);
    }

    private static long either(long value, long other) {
      return value == UNKNOWN ? other : value;
    }
  }
}
