package dev.brig.cgroups;

/// Everything that can be limited, with the two names that a user may know it by.
public enum Limit {
  /// Bytes of memory.
  MEMORY("--memory", "memory/limit"),
  /// Bytes of memory below which reclaim prefers others.
  MEMORY_RESERVATION("--memory-reservation", "memory/reservation"),
  /// Bytes of memory and swap together.
  MEMORY_SWAP("--memory-swap", "memory/swap"),
  /// Eagerness to swap, 0 to 100.
  MEMORY_SWAPPINESS("--memory-swappiness", "memory/swappiness"),
  /// Whether the kernel's OOM killer leaves the group alone.
  OOM_KILL_DISABLE("--oom-kill-disable", "memory/disableOOMKiller"),
  /// Relative processor share, 2 to 262144.
  CPU_SHARES("--cpu-shares", "cpu/shares"),
  /// Processor time per period; the command line also says it as `--cpus`.
  CPU_QUOTA("--cpus", "cpu/quota"),
  /// Length of the period.
  CPU_PERIOD("--cpu-period", "cpu/period"),
  /// Time that may be saved up for a burst.
  CPU_BURST("--cpu-burst", "cpu/burst"),
  /// Scheduling only when nobody else wants to run.
  CPU_IDLE("--cpu-idle", "cpu/idle"),
  /// Real-time processor time per real-time period.
  CPU_RT_RUNTIME("--cpu-rt-runtime", "cpu/realtimeRuntime"),
  /// Length of the real-time period.
  CPU_RT_PERIOD("--cpu-rt-period", "cpu/realtimePeriod"),
  /// Processors to run on.
  CPUSET_CPUS("--cpuset-cpus", "cpu/cpus"),
  /// Memory nodes to allocate from.
  CPUSET_MEMS("--cpuset-mems", "cpu/mems"),
  /// Number of tasks.
  PIDS("--pids-limit", "pids/limit"),
  /// Relative share of disk time, 10 to 1000.
  BLKIO_WEIGHT("--blkio-weight", "blockIO/weight"),
  /// The same for one device.
  BLKIO_WEIGHT_DEVICE("--blkio-weight-device", "blockIO/weightDevice"),
  /// Bytes a second read from a device.
  READ_BPS("--device-read-bps", "blockIO/throttleReadBpsDevice"),
  /// Bytes a second written to a device.
  WRITE_BPS("--device-write-bps", "blockIO/throttleWriteBpsDevice"),
  /// Reads a second from a device.
  READ_IOPS("--device-read-iops", "blockIO/throttleReadIOPSDevice"),
  /// Writes a second to a device.
  WRITE_IOPS("--device-write-iops", "blockIO/throttleWriteIOPSDevice"),
  /// Bytes of huge pages of one size.
  HUGE_PAGES("--hugetlb", "hugepageLimits"),
  /// Class of network packets.
  NETWORK_CLASS("the class of packets", "network/classID"),
  /// Priorities of network packets.
  NETWORK_PRIORITIES("the priority of packets", "network/priorities"),
  /// Handles and objects of an RDMA device.
  RDMA("the limit of an RDMA device", "rdma"),
  /// A cgroup v2 file by its name.
  UNIFIED("--cgroup-conf", "unified"),
  /// Which devices may be used.
  DEVICES("--device-cgroup-rule", "devices");

  private final String option;
  private final String pointer;

  Limit(String option, String pointer) {
    this.option = option;
    this.pointer = pointer;
  }

  /// Returns the name as this user knows it.
  public String named(Naming naming) {
    return switch (naming) {
      case OPTION -> option;
      case SPEC -> "/linux/resources/" + pointer;
    };
  }
}
