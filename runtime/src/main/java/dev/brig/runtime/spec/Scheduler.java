package dev.brig.runtime.spec;

import java.util.List;

/// The scheduling attributes of the process (`process.scheduler`).
///
/// The record has the seven fields of the kernel's `struct sched_attr`, in the specification's
/// order.
///
/// @param policy the policy
/// @param nice the nice value, for `SCHED_OTHER` and `SCHED_BATCH`
/// @param priority the static priority, for `SCHED_FIFO` and `SCHED_RR`
/// @param flags the flags
/// @param runtime nanoseconds, for `SCHED_DEADLINE`, unsigned
/// @param deadline nanoseconds, for `SCHED_DEADLINE`, unsigned
/// @param period nanoseconds, for `SCHED_DEADLINE`, unsigned
public record Scheduler(
    SchedulerPolicy policy,
    int nice,
    int priority,
    List<SchedulerFlag> flags,
    long runtime,
    long deadline,
    long period) {
  /// Copies the list.
  public Scheduler {
    flags = List.copyOf(flags);
  }
}
