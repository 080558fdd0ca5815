package dev.brig.cgroups;

/// Hosts as text, as they were found.
final class Hosts {
  private static final String HYBRID_MOUNTS =
      """
      23 1 254:0 / / rw,relatime - ext4 /dev/root rw
      31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
      32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
      33 31 0:30 / /sys/fs/cgroup/cpuacct rw,relatime - cgroup cgroup rw,cpuacct
      34 31 0:31 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset
      35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
      36 31 0:33 / /sys/fs/cgroup/devices rw,relatime - cgroup cgroup rw,devices
      37 31 0:34 / /sys/fs/cgroup/freezer rw,relatime - cgroup cgroup rw,freezer
      38 31 0:35 / /sys/fs/cgroup/blkio rw,relatime - cgroup cgroup rw,blkio
      39 31 0:36 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids
      40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
      """;
  private static final String HYBRID_OWN =
      """
      9:name=systemd:/
      8:pids:/
      7:blkio:/
      6:freezer:/
      5:devices:/
      4:memory:/process_api/bbfe
      3:cpuset:/
      2:cpuacct:/
      1:cpu:/
      """;

  private Hosts() {}

  /// A machine with all controllers on v1, and an empty unified hierarchy beside them.
  static TextCgroupFs hybrid() {
    return v1(
            HYBRID_MOUNTS
                + "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n",
            HYBRID_OWN + "0::/\n")
        .with("/sys/fs/cgroup/unified/cgroup.controllers", "hugetlb\n")
        .with("/sys/fs/cgroup/unified/cgroup.subtree_control", "\n");
  }

  /// A machine without a unified hierarchy.
  static TextCgroupFs pureV1() {
    return v1(HYBRID_MOUNTS, HYBRID_OWN);
  }

  private static TextCgroupFs v1(String mounts, String own) {
    return new TextCgroupFs()
        .with("/proc/self/mountinfo", mounts)
        .with("/proc/self/cgroup", own)
        .with("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n")
        .with("/sys/fs/cgroup/cpu/cpu.cfs_burst_us", "0\n")
        .with("/sys/fs/cgroup/cpu/cpu.idle", "0\n")
        .with("/sys/fs/cgroup/cpuacct/cpuacct.usage", "0\n")
        .with("/sys/fs/cgroup/cpuset/cpuset.cpus", "0-1\n")
        .with("/sys/fs/cgroup/cpuset/cpuset.mems", "0\n")
        .with("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n")
        .with("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes", "9223372036854771712\n")
        .with("/sys/fs/cgroup/devices/devices.allow", "")
        .with("/sys/fs/cgroup/freezer/cgroup.procs", "")
        .with("/sys/fs/cgroup/blkio/blkio.throttle.read_bps_device", "")
        .with("/sys/fs/cgroup/blkio/blkio.throttle.write_iops_device", "")
        .with("/sys/fs/cgroup/pids/cgroup.procs", "")
        .with("/sys/dev/block/254:0/uevent", "MAJOR=254\nMINOR=0\nDEVNAME=vda\nDEVTYPE=disk\n")
        .with("/sys/dev/block/254:0/queue/scheduler", "none [mq-deadline] kyber bfq\n")
        .with("/sys/block/vda/dev", "254:0\n");
  }

  /// A machine with the unified hierarchy only, kept by systemd, brig being root.
  static TextCgroupFs pureV2() {
    return new TextCgroupFs()
        .with(
            "/proc/self/mountinfo",
            "30 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2"
                + " cgroup2 rw,nsdelegate,memory_recursiveprot\n")
        .with("/proc/self/cgroup", "0::/user.slice/user-0.slice/session-1.scope\n")
        .with("/sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory hugetlb pids rdma misc\n")
        .with("/sys/fs/cgroup/cgroup.subtree_control", "cpu memory pids\n")
        .with("/sys/fs/cgroup/cpuset.cpus.effective", "0-3\n")
        .with("/sys/fs/cgroup/cpuset.mems.effective", "0\n")
        .with("/sys/dev/block/8:0/uevent", "MAJOR=8\nMINOR=0\nDEVNAME=sda\nDEVTYPE=disk\n")
        .with("/sys/dev/block/8:0/queue/scheduler", "mq-deadline [bfq] none\n")
        .with("/sys/dev/block/8:1/uevent", "MAJOR=8\nMINOR=1\nDEVNAME=sda1\nDEVTYPE=partition\n")
        .with("/sys/dev/block/8:1/../uevent", "DEVNAME=sda\nDEVTYPE=disk\n")
        .with("/sys/block/sda/dev", "8:0\n");
  }

  /// The same for an ordinary user in a login session: nothing is delegated.
  static TextCgroupFs rootless() {
    return pureV2()
        .with("/proc/self/cgroup", "0::/user.slice/user-1000.slice/session-3.scope\n")
        .with("/sys/fs/cgroup/user.slice/user-1000.slice/session-3.scope/cgroup.procs", "77\n")
        .locked("/sys/fs/cgroup");
  }

  /// The same for an ordinary user in a scope of its own with delegation.
  static TextCgroupFs delegated(String procs) {
    String scope = "/user.slice/user-1000.slice/user@1000.service/app.slice/run-1.scope";
    String directory = "/sys/fs/cgroup" + scope;
    return pureV2()
        .with("/proc/self/cgroup", "0::" + scope + "\n")
        .with("/proc/self/stat", "77 (java) R 1\n")
        .with(directory + "/cgroup.type", "domain\n")
        .with(directory + "/cgroup.procs", procs)
        .with(directory + "/cgroup.controllers", "cpu memory pids\n")
        .with(directory + "/cgroup.subtree_control", "\n")
        .locked("/sys/fs/cgroup")
        .unlocked(directory)
        .unlocked(directory + "/cgroup.procs");
  }
}
