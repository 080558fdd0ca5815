package dev.brig.cgroups;

import static dev.brig.cgroups.Resources.UNLIMITED;
import static dev.brig.cgroups.Resources.UNSET;

/// Number of tasks.
///
/// @see <a href="https://docs.kernel.org/admin-guide/cgroup-v1/pids.html">Process Number
///   Controller</a>
final class PidsLimits {
  /// PID_MAX_LIMIT of the kernel: more tasks than this can't exist.
  private static final long LIMIT_MAX = 4L * 1024 * 1024;

  private PidsLimits() {}

  static void plan(Resources.Pids wish, Draft draft) {
    long limit = wish.limit();
    // A new group has no limit: nothing to write.
    if (limit == UNSET || limit == UNLIMITED) {
      return;
    }
    if (limit < 1 || limit > LIMIT_MAX) {
      throw draft.wrong(
          Limit.PIDS,
          "it is " + limit,
          "allowed: 1 to " + LIMIT_MAX + " tasks, or -1 for no limit");
    }
    boolean usual = wish.origin() == Resources.Origin.USUAL;
    if (usual && !draft.offers(Controller.PIDS)) {
      return;
    }
    Group group = draft.group(Controller.PIDS, Limit.PIDS);
    draft.write(
        group,
        "pids.max",
        Long.toString(limit),
        Limit.PIDS,
        "limit the number of tasks to " + limit + (usual ? ", the default" : ""));
    draft.event(group, "pids.events", "max 0\n");
  }
}
