package dev.brig.cgroups;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a container may use. A number that nobody asked about is [#UNSET], a text is empty, a list
/// is empty.
///
/// The meaning of each number is that of `linux.resources` in the OCI runtime specification, which
/// is that of cgroup v1: shares rather than weights, swap including memory.
///
/// @param memory limits of memory and swap
/// @param cpu limits of processor time and placement
/// @param pids limit of tasks
/// @param blockIo limits of disk use
/// @param hugePages limits of huge pages, at most one for each page size
/// @param traffic marks of network traffic, and limits of remote memory
/// @param devices which devices may be used, the last rule that matches deciding; empty for no
///   control
/// @param unified values for cgroup v2 files by name, written last and as they are
/// @see <a
///   href="https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md">config-linux.md,
///   Control groups</a>
public record Resources(
    Memory memory,
    Cpu cpu,
    Pids pids,
    BlockIo blockIo,
    List<HugePage> hugePages,
    Traffic traffic,
    List<DeviceRule> devices,
    Map<String, String> unified) {

  /// Nobody asked: the kernel's default stays.
  public static final long UNSET = Long.MIN_VALUE;

  /// No limit, asked for in words: -1 on the command line and in config.json.
  public static final long UNLIMITED = -1;

  /// Nothing is limited.
  public static final Resources NONE =
      new Resources(
          Memory.NONE,
          Cpu.NONE,
          Pids.NONE,
          BlockIo.NONE,
          List.of(),
          Traffic.NONE,
          List.of(),
          Map.of());

  /// Copies the collections; the order of `unified` is kept.
  public Resources {
    hugePages = List.copyOf(hugePages);
    devices = List.copyOf(devices);
    unified =
        unified.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(unified));
  }

  /// Returns these resources with other limits of memory.
  public Resources with(Memory other) {
    return new Resources(other, cpu, pids, blockIo, hugePages, traffic, devices, unified);
  }

  /// Returns these resources with other limits of processor time.
  public Resources with(Cpu other) {
    return new Resources(memory, other, pids, blockIo, hugePages, traffic, devices, unified);
  }

  /// Returns these resources with another limit of tasks.
  public Resources with(Pids other) {
    return new Resources(memory, cpu, other, blockIo, hugePages, traffic, devices, unified);
  }

  /// Returns these resources with other limits of disk use.
  public Resources with(BlockIo other) {
    return new Resources(memory, cpu, pids, other, hugePages, traffic, devices, unified);
  }

  /// Returns these resources with other limits of huge pages.
  public Resources withHugePages(List<HugePage> other) {
    return new Resources(memory, cpu, pids, blockIo, other, traffic, devices, unified);
  }

  /// Returns these resources with other rules about devices.
  public Resources withDevices(List<DeviceRule> other) {
    return new Resources(memory, cpu, pids, blockIo, hugePages, traffic, other, unified);
  }

  /// Returns these resources with other values for cgroup v2 files.
  public Resources withUnified(Map<String, String> other) {
    return new Resources(memory, cpu, pids, blockIo, hugePages, traffic, devices, other);
  }

  /// Returns these resources with other marks of traffic.
  public Resources with(Traffic other) {
    return new Resources(memory, cpu, pids, blockIo, hugePages, other, devices, unified);
  }

  /// Tells whether somebody asked for this number.
  static boolean isSet(long value) {
    return value != UNSET;
  }

  /// Limits of memory.
  ///
  /// @param limitBytes memory, [#UNLIMITED] or [#UNSET]
  /// @param reservationBytes memory below which reclaim prefers other groups, or [#UNSET]
  /// @param swapBytes memory and swap together, [#UNLIMITED] or [#UNSET]
  /// @param swappiness 0 to 100, or [#UNSET]; only cgroup v1 has it
  /// @param oomKiller whether the OOM killer may act
  public record Memory(
      long limitBytes,
      long reservationBytes,
      long swapBytes,
      long swappiness,
      OomKiller oomKiller) {
    /// No limit of memory.
    public static final Memory NONE = new Memory(UNSET, UNSET, UNSET, UNSET, OomKiller.UNSET);

    /// Limits memory alone.
    public static Memory limit(long limitBytes) {
      return new Memory(limitBytes, UNSET, UNSET, UNSET, OomKiller.UNSET);
    }

    /// Limits memory, and memory and swap together.
    public static Memory limit(long limitBytes, long swapBytes) {
      return new Memory(limitBytes, UNSET, swapBytes, UNSET, OomKiller.UNSET);
    }
  }

  /// What happens when a group is out of memory.
  public enum OomKiller {
    /// Nobody asked: the kernel kills.
    UNSET,
    /// The kernel kills a process of the group.
    ENABLED,
    /// Processes wait until there is memory; only cgroup v1 has it.
    DISABLED
  }

  /// Limits of processor time and placement.
  ///
  /// @param shares relative share, 2 to 262144 (1024 is usual), 0 or [#UNSET]
  /// @param quotaMicros processor time per period, [#UNLIMITED], 0 or [#UNSET]
  /// @param periodMicros length of the period, 1000 to 1000000, 0 or [#UNSET]
  /// @param burstMicros unused quota that may be saved up, or [#UNSET]
  /// @param idle 1 to run only when nobody else wants to, 0 not to, or [#UNSET]
  /// @param cpus processors as a list (`0-2,7`), or empty
  /// @param mems memory nodes as a list, or empty
  /// @param realtime real-time scheduling
  public record Cpu(
      long shares,
      long quotaMicros,
      long periodMicros,
      long burstMicros,
      long idle,
      String cpus,
      String mems,
      Realtime realtime) {
    /// No limit of processor time.
    public static final Cpu NONE =
        new Cpu(UNSET, UNSET, UNSET, UNSET, UNSET, "", "", Realtime.NONE);

    /// Returns these limits with other shares.
    public Cpu withShares(long other) {
      return new Cpu(other, quotaMicros, periodMicros, burstMicros, idle, cpus, mems, realtime);
    }

    /// Returns these limits with this much processor time in each period.
    public Cpu withQuota(long otherQuotaMicros, long otherPeriodMicros) {
      return new Cpu(
          shares, otherQuotaMicros, otherPeriodMicros, burstMicros, idle, cpus, mems, realtime);
    }

    /// Returns these limits with another burst.
    public Cpu withBurst(long otherMicros) {
      return new Cpu(shares, quotaMicros, periodMicros, otherMicros, idle, cpus, mems, realtime);
    }

    /// Returns these limits with another wish to be idle.
    public Cpu withIdle(long other) {
      return new Cpu(shares, quotaMicros, periodMicros, burstMicros, other, cpus, mems, realtime);
    }

    /// Returns these limits on other processors and memory nodes.
    public Cpu withSets(String otherCpus, String otherMems) {
      return new Cpu(
          shares, quotaMicros, periodMicros, burstMicros, idle, otherCpus, otherMems, realtime);
    }

    /// Returns these limits with other real-time limits.
    public Cpu withRealtime(Realtime other) {
      return new Cpu(shares, quotaMicros, periodMicros, burstMicros, idle, cpus, mems, other);
    }
  }

  /// Limits of real-time scheduling; only cgroup v1 has them.
  ///
  /// @param runtimeMicros real-time processor time per period, or [#UNSET]
  /// @param periodMicros length of the real-time period, or [#UNSET]
  public record Realtime(long runtimeMicros, long periodMicros) {
    /// No real-time limit.
    public static final Realtime NONE = new Realtime(UNSET, UNSET);
  }

  /// Limit of tasks.
  ///
  /// @param limit processes and threads, positive, [#UNLIMITED] or [#UNSET]
  /// @param origin who wants it
  public record Pids(long limit, Origin origin) {
    /// No limit of tasks.
    public static final Pids NONE = new Pids(UNSET);

    /// The limit of a container about which nobody has said anything: podman's, containers.conf(5).
    public static final Pids USUAL = new Pids(2048, Origin.USUAL);

    /// Limits tasks as was asked for.
    public Pids(long limit) {
      this(limit, Origin.ASKED);
    }
  }

  /// Who wants a limit, and so what becomes of it where it can't be applied.
  public enum Origin {
    /// The user, who is told.
    ASKED,
    /// Nobody: it is left out.
    USUAL
  }

  /// Marks of network traffic, and limits of remote memory.
  ///
  /// @param classId the class of packets, 0 to 2^32-1, or [#UNSET]; only cgroup v1 has it
  /// @param priorities priorities of packets by interface; only cgroup v1 has them
  /// @param rdma limits of RDMA devices
  public record Traffic(long classId, List<Priority> priorities, List<Rdma> rdma) {
    /// Nothing asked for.
    public static final Traffic NONE = new Traffic(UNSET, List.of(), List.of());

    /// Copies the lists.
    public Traffic {
      priorities = List.copyOf(priorities);
      rdma = List.copyOf(rdma);
    }
  }

  /// A priority of packets.
  ///
  /// @param device the interface's name
  /// @param priority the priority, 0 to 2^32-1
  public record Priority(String device, long priority) {}

  /// Limits of an RDMA device.
  ///
  /// @param device its name
  /// @param handles how many handles, or [#UNSET]
  /// @param objects how many objects, or [#UNSET]
  public record Rdma(String device, long handles, long objects) {}

  /// Limits of disk use.
  ///
  /// @param weight relative share of disk time, 10 to 1000, 0 or [#UNSET]
  /// @param devices weights for single devices
  /// @param throttles rates for single devices
  public record BlockIo(long weight, List<DeviceWeight> devices, List<Throttle> throttles) {
    /// No limit of disk use.
    public static final BlockIo NONE = new BlockIo(UNSET, List.of(), List.of());

    /// Copies the lists.
    public BlockIo {
      devices = List.copyOf(devices);
      throttles = List.copyOf(throttles);
    }
  }

  /// A weight for one device.
  ///
  /// @param major the device's major number
  /// @param minor the device's minor number
  /// @param weight relative share of its time, 10 to 1000
  public record DeviceWeight(long major, long minor, long weight) {}

  /// A rate for one device.
  ///
  /// @param kind what is counted
  /// @param major the device's major number
  /// @param minor the device's minor number
  /// @param rate bytes or operations a second, positive
  public record Throttle(ThrottleKind kind, long major, long minor, long rate) {}

  /// What a [Throttle] counts.
  public enum ThrottleKind {
    /// Bytes read.
    READ_BPS(Limit.READ_BPS, "blkio.throttle.read_bps_device", "rbps"),
    /// Bytes written.
    WRITE_BPS(Limit.WRITE_BPS, "blkio.throttle.write_bps_device", "wbps"),
    /// Reads.
    READ_IOPS(Limit.READ_IOPS, "blkio.throttle.read_iops_device", "riops"),
    /// Writes.
    WRITE_IOPS(Limit.WRITE_IOPS, "blkio.throttle.write_iops_device", "wiops");

    private final Limit limit;
    private final String v1File;
    private final String v2Key;

    ThrottleKind(Limit limit, String v1File, String v2Key) {
      this.limit = limit;
      this.v1File = v1File;
      this.v2Key = v2Key;
    }

    /// Returns the limit that this is.
    Limit limit() {
      return limit;
    }

    /// Returns the file on cgroup v1.
    String v1File() {
      return v1File;
    }

    /// Returns the key in io.max on cgroup v2.
    String v2Key() {
      return v2Key;
    }
  }

  /// A limit of huge pages of one size.
  ///
  /// @param pageSize the size as the kernel names the files: `2MB`, `1GB`, `64KB`
  /// @param limitBytes bytes, or [#UNLIMITED]
  public record HugePage(String pageSize, long limitBytes) {}
}
