package dev.brig.cgroups;

import java.util.ArrayList;
import java.util.List;

/// Says in words what a container's limits did to it.
public final class ExitReasons {
  /// Throttling in fewer periods than this out of a thousand is not worth a word.
  private static final long THROTTLED_PER_MILLE_MIN = 50;

  private final Naming naming;

  /// Makes one that names limits as this user does.
  public ExitReasons(Naming naming) {
    this.naming = naming;
  }

  /// Returns what there is to say, a sentence each without a full stop; empty if the limits did
  /// nothing.
  ///
  /// @param resources what the container was allowed
  /// @param dump what the event files held in the end
  public List<String> say(Resources resources, EventDump dump) {
    List<String> reasons = new ArrayList<>();
    memory(resources.memory(), dump, reasons);
    pids(dump.number("pids.max", "", resources.pids().limit()), dump, reasons);
    cpu(resources.cpu(), dump, reasons);
    return reasons;
  }

  private void memory(Resources.Memory wish, EventDump dump, List<String> reasons) {
    long kills = dump.number("memory.events", "oom_kill", 0);
    kills = Math.max(kills, dump.number("memory.oom_control", "oom_kill", 0));
    if (kills == 0) {
      return;
    }
    long peak = dump.number("memory.peak", "", 0);
    peak = Math.max(peak, dump.number("memory.max_usage_in_bytes", "", 0));
    String counts = " (oom_kill " + kills + (peak == 0 ? "" : ", peak " + Amount.about(peak)) + ")";
    // A kill far below the limit is the machine's doing, not the limit's.
    boolean limited = wish.limitBytes() > 0 && (peak == 0 || peak >= wish.limitBytes() / 10 * 9);
    if (limited) {
      reasons.add(
          "killed: memory limit "
              + Amount.exact(wish.limitBytes())
              + " reached"
              + counts
              + "; raise "
              + Limit.MEMORY.named(naming));
    } else {
      reasons.add("killed: the machine ran out of memory" + counts);
    }
  }

  private void pids(long limit, EventDump dump, List<String> reasons) {
    long refusals = dump.number("pids.events", "max", 0);
    if (refusals > 0) {
      reasons.add(
          "fork refused "
              + Amount.count(refusals, "time")
              + " at pids limit "
              + limit
              + " ("
              + Limit.PIDS.named(naming)
              + ")");
    }
  }

  private void cpu(Resources.Cpu wish, EventDump dump, List<String> reasons) {
    long periods = dump.number("cpu.stat", "nr_periods", 0);
    long throttled = dump.number("cpu.stat", "nr_throttled", 0);
    if (periods == 0 || throttled * 1000 / periods < THROTTLED_PER_MILLE_MIN) {
      return;
    }
    long period = wish.periodMicros() > 0 ? wish.periodMicros() : 100_000;
    String limit =
        wish.quotaMicros() > 0
            ? " ("
                + Limit.CPU_QUOTA.named(naming)
                + " "
                + Amount.ratio(wish.quotaMicros(), period)
                + ")"
            : "";
    reasons.add("throttled in " + throttled * 100 / periods + " % of periods" + limit);
  }
}
