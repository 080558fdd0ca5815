package dev.brig.cgroups;

import static dev.brig.cgroups.Resources.UNLIMITED;
import static dev.brig.cgroups.Resources.UNSET;

/// Memory and swap.
///
/// @see <a href="https://docs.kernel.org/admin-guide/cgroup-v1/memory.html">Memory Resource
///   Controller</a>
final class MemoryLimits {
  /// The least with which /bin/true was found to start (half of it: two times in five). brig
  /// refuses less, as the container could never run.
  static final long LIMIT_BYTES_MIN = 1024 * 1024;

  private MemoryLimits() {}

  static void plan(Resources.Memory wish, Draft draft) {
    if (wish.equals(Resources.Memory.NONE)) {
      return;
    }
    long limit = wish.limitBytes() == 0 ? UNSET : wish.limitBytes();
    long swap = wish.swapBytes() == 0 ? UNSET : wish.swapBytes();
    check(wish, limit, swap, draft);
    Group group = draft.group(Controller.MEMORY, Limit.MEMORY);
    switch (group.version()) {
      case V1 -> v1(wish, limit, swap, group, draft);
      case V2 -> v2(wish, limit, swap, group, draft);
    }
  }

  private static void check(Resources.Memory wish, long limit, long swap, Draft draft) {
    if (limit != UNSET && limit != UNLIMITED && limit < LIMIT_BYTES_MIN) {
      throw draft.wrong(
          Limit.MEMORY,
          limit + " bytes are too few for any process to start",
          "allowed: " + Amount.exact(LIMIT_BYTES_MIN) + " or more, or -1 for no limit");
    }
    long reservation = wish.reservationBytes();
    if (reservation != UNSET && reservation < UNLIMITED) {
      throw draft.wrong(
          Limit.MEMORY_RESERVATION, "it can't be negative: " + reservation, "allowed: 0 or more");
    }
    if (limit > 0 && reservation > limit) {
      throw draft.wrong(
          Limit.MEMORY_RESERVATION,
          Amount.exact(reservation) + " are more than the limit of " + Amount.exact(limit),
          "allowed: at most the memory limit (" + Limit.MEMORY.named(draft.naming()) + ")");
    }
    if (swap != UNSET && swap != UNLIMITED && limit <= 0) {
      throw draft.wrong(
          Limit.MEMORY_SWAP,
          "it is memory and swap together, so it needs a limit of memory too",
          "add " + Limit.MEMORY.named(draft.naming()));
    }
    if (swap != UNSET && swap != UNLIMITED && swap < limit) {
      throw draft.wrong(
          Limit.MEMORY_SWAP,
          Amount.exact(swap) + " are less than the limit of memory, " + Amount.exact(limit),
          "it is memory and swap together: allowed are "
              + Amount.exact(limit)
              + " (no swap) or more, or -1 for unlimited swap");
    }
    long swappiness = wish.swappiness();
    if (swappiness != UNSET && (swappiness < 0 || swappiness > 100)) {
      throw draft.wrong(Limit.MEMORY_SWAPPINESS, "it is " + swappiness, "allowed: 0 to 100");
    }
  }

  private static void v1(Resources.Memory wish, long limit, long swap, Group group, Draft draft) {
    if (limit > 0) {
      draft.write(
          group,
          "memory.limit_in_bytes",
          Long.toString(limit),
          Limit.MEMORY,
          "limit memory to " + Amount.exact(limit));
    }
    if (swap > 0) {
      if (!group.hierarchy().files().contains("memory.memsw.limit_in_bytes")) {
        throw draft.unsupported(
            Limit.MEMORY_SWAP,
            "this kernel doesn't account for swap: there is no memory.memsw.limit_in_bytes",
            "start it with swapaccount=1, or leave the limit away");
      }
      // After the limit of memory: the kernel keeps memory <= memory and swap.
      draft.write(
          group,
          "memory.memsw.limit_in_bytes",
          Long.toString(swap),
          Limit.MEMORY_SWAP,
          "limit memory and swap to " + Amount.exact(swap));
    }
    if (wish.reservationBytes() > 0) {
      draft.write(
          group,
          "memory.soft_limit_in_bytes",
          Long.toString(wish.reservationBytes()),
          Limit.MEMORY_RESERVATION,
          "reserve " + Amount.exact(wish.reservationBytes()) + " of memory");
    }
    if (wish.swappiness() != UNSET) {
      draft.write(
          group,
          "memory.swappiness",
          Long.toString(wish.swappiness()),
          Limit.MEMORY_SWAPPINESS,
          "set the eagerness to swap");
    }
    if (wish.oomKiller() == Resources.OomKiller.DISABLED) {
      draft.write(
          group, "memory.oom_control", "1", Limit.OOM_KILL_DISABLE, "keep the OOM killer away");
    }
    draft.event(group, "memory.oom_control", "m_kill 0");
    draft.event(group, "memory.max_usage_in_bytes", "");
  }

  private static void v2(Resources.Memory wish, long limit, long swap, Group group, Draft draft) {
    if (wish.swappiness() != UNSET) {
      throw draft.unsupported(
          Limit.MEMORY_SWAPPINESS,
          "cgroup v2 has no swappiness of a group",
          "leave it away, or set it for the machine: sysctl vm.swappiness=N");
    }
    if (wish.oomKiller() == Resources.OomKiller.DISABLED) {
      throw draft.unsupported(
          Limit.OOM_KILL_DISABLE, "cgroup v2 can't keep the OOM killer away", "leave it away");
    }
    if (limit > 0) {
      draft.write(
          group,
          "memory.max",
          Long.toString(limit),
          Limit.MEMORY,
          "limit memory to " + Amount.exact(limit));
    }
    if (swap > 0) {
      draft.write(
          group,
          "memory.swap.max",
          Long.toString(swap - limit),
          Limit.MEMORY_SWAP,
          swap == limit ? "allow no swap" : "limit swap to " + Amount.exact(swap - limit));
    }
    if (wish.reservationBytes() > 0) {
      draft.write(
          group,
          "memory.low",
          Long.toString(wish.reservationBytes()),
          Limit.MEMORY_RESERVATION,
          "reserve " + Amount.exact(wish.reservationBytes()) + " of memory");
    }
    draft.event(group, "memory.events", "m_kill 0");
    draft.event(group, "memory.peak", "");
  }
}
