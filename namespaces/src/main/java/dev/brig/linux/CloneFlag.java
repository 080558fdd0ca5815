package dev.brig.linux;

/// What a new process shares with its parent, and which namespaces are new.
///
/// @see <a href="https://man7.org/linux/man-pages/man2/clone.2.html">clone(2)</a>
public enum CloneFlag implements Flag {
  /// A new time namespace; only for unshare(2) and clone3(2).
  CLONE_NEWTIME(0x80),
  CLONE_VM(0x100),
  CLONE_FS(0x200),
  CLONE_FILES(0x400),
  CLONE_SIGHAND(0x800),
  CLONE_PIDFD(0x1000),
  CLONE_VFORK(0x4000),
  CLONE_PARENT(0x8000),
  /// A new mount namespace.
  CLONE_NEWNS(0x20000),
  CLONE_NEWCGROUP(0x2000000),
  CLONE_NEWUTS(0x4000000),
  CLONE_NEWIPC(0x8000000),
  CLONE_NEWUSER(0x10000000),
  CLONE_NEWPID(0x20000000),
  CLONE_NEWNET(0x40000000),
  /// Signal handlers start at their defaults; only for clone3(2).
  CLONE_CLEAR_SIGHAND(0x100000000L),
  /// The child starts in a cgroup v2 named by descriptor; only for clone3(2).
  CLONE_INTO_CGROUP(0x200000000L);

  private final long bit;

  CloneFlag(long bit) {
    this.bit = bit;
  }

  @Override
  public long bit(Machine machine) {
    return bit;
  }
}
