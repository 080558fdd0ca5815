package dev.brig.seccomp;

/// What the kernel does with a call, in the profile's words.
///
/// @see <a href="https://man7.org/linux/man-pages/man2/seccomp.2.html">seccomp(2)</a>
public enum Action {
  /// Ends the process as by SIGSYS.
  SCMP_ACT_KILL_PROCESS(0x8000_0000),
  /// Ends the thread as by SIGSYS.
  SCMP_ACT_KILL_THREAD(0),
  /// An older name of [#SCMP_ACT_KILL_THREAD].
  SCMP_ACT_KILL(0),
  /// Sends SIGSYS to the thread.
  SCMP_ACT_TRAP(0x0003_0000),
  /// Asks a supervisor.
  SCMP_ACT_NOTIFY(0x7fc0_0000),
  /// Fails the call with an errno.
  SCMP_ACT_ERRNO(0x0005_0000),
  /// Tells a tracer a number; without a tracer the call fails with ENOSYS.
  SCMP_ACT_TRACE(0x7ff0_0000),
  /// Allows the call and logs it.
  SCMP_ACT_LOG(0x7ffc_0000),
  /// Allows the call.
  SCMP_ACT_ALLOW(0x7fff_0000);

  private final int bits;

  Action(int bits) {
    this.bits = bits;
  }

  int bits() {
    return bits;
  }

  /// Tells whether the lower 16 bits of a verdict have a meaning.
  boolean hasNumber() {
    return this == SCMP_ACT_ERRNO || this == SCMP_ACT_TRACE;
  }

  /// Tells whether the call is made.
  boolean lets() {
    return this == SCMP_ACT_ALLOW || this == SCMP_ACT_LOG;
  }
}
