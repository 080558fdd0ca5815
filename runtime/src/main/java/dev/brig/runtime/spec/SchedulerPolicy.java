package dev.brig.runtime.spec;

/// Scheduling policies by the specification's and the kernel's names.
///
/// @see <a href="https://man7.org/linux/man-pages/man7/sched.7.html">sched(7)</a>
public enum SchedulerPolicy {
  SCHED_OTHER,
  SCHED_FIFO,
  SCHED_RR,
  SCHED_BATCH,
  SCHED_ISO,
  SCHED_IDLE,
  SCHED_DEADLINE
}
