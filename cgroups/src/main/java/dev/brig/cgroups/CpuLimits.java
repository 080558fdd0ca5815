package dev.brig.cgroups;

import static dev.brig.cgroups.Resources.UNLIMITED;
import static dev.brig.cgroups.Resources.UNSET;

/// Processor time.
///
/// @see <a href="https://docs.kernel.org/scheduler/sched-bwc.html">CFS Bandwidth Control</a>
final class CpuLimits {
  private static final long PERIOD_MICROS_DEFAULT = 100_000;
  private static final long PERIOD_MICROS_MIN = 1_000;
  private static final long PERIOD_MICROS_MAX = 1_000_000;
  private static final long QUOTA_MICROS_MIN = 1_000;
  private static final long SHARES_MIN = 2;
  private static final long SHARES_MAX = 262_144;

  private CpuLimits() {}

  static void plan(Resources.Cpu asked, Draft draft) {
    if (asked.withSets("", "").equals(Resources.Cpu.NONE)) {
      return;
    }
    Resources.Cpu wish =
        asked
            .withShares(unsetIfZero(asked.shares()))
            .withQuota(unsetIfZero(asked.quotaMicros()), unsetIfZero(asked.periodMicros()));
    check(wish, draft);
    Group group = draft.group(Controller.CPU, limit(wish));
    switch (group.version()) {
      case V1 -> v1(wish, group, draft);
      case V2 -> v2(wish, group, draft);
    }
    if (wish.quotaMicros() > 0) {
      draft.event(group, "cpu.stat", "ottled 0");
    }
  }

  /// Returns the weight on cgroup v2 that corresponds to shares on v1: 2 is 1, 1024 is 100, 262144
  /// is 10000, and between them a parabola in the logarithms.
  ///
  /// @see <a
  ///   href="https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#cpu">config-linux.md</a>
  static long weight(long shares) {
    if (shares <= SHARES_MIN) {
      return 1;
    }
    if (shares >= SHARES_MAX) {
      return 10_000;
    }
    double log = Math.log((double) shares) / Math.log(2);
    double exponent = (log * log + 125 * log) / 612.0 - 7.0 / 34.0;
    return (long) Math.ceil(Math.pow(10, exponent));
  }

  private static long unsetIfZero(long value) {
    return value == 0 ? UNSET : value;
  }

  private static Limit limit(Resources.Cpu wish) {
    if (wish.quotaMicros() != UNSET) {
      return Limit.CPU_QUOTA;
    }
    if (wish.shares() != UNSET) {
      return Limit.CPU_SHARES;
    }
    return wish.periodMicros() != UNSET
        ? Limit.CPU_PERIOD
        : wish.burstMicros() != UNSET
            ? Limit.CPU_BURST
            : wish.idle() != UNSET ? Limit.CPU_IDLE : realtime(wish);
  }

  private static Limit realtime(Resources.Cpu wish) {
    return wish.realtime().runtimeMicros() == UNSET ? Limit.CPU_RT_PERIOD : Limit.CPU_RT_RUNTIME;
  }

  private static void check(Resources.Cpu wish, Draft draft) {
    long shares = wish.shares();
    if (shares != UNSET && (shares < SHARES_MIN || shares > SHARES_MAX)) {
      throw draft.wrong(
          Limit.CPU_SHARES,
          "it is " + shares,
          "allowed: "
              + SHARES_MIN
              + " to "
              + SHARES_MAX
              + " (1024 is usual), or 0 for the default");
    }
    long period = wish.periodMicros();
    if (period != UNSET && (period < PERIOD_MICROS_MIN || period > PERIOD_MICROS_MAX)) {
      throw draft.wrong(
          Limit.CPU_PERIOD,
          "it is " + period + " microseconds",
          "allowed: " + PERIOD_MICROS_MIN + " to " + PERIOD_MICROS_MAX);
    }
    long quota = wish.quotaMicros();
    if (quota != UNSET && quota != UNLIMITED) {
      checkQuota(quota, period == UNSET ? PERIOD_MICROS_DEFAULT : period, draft);
    }
    long burst = wish.burstMicros();
    if (burst != UNSET && (burst < 0 || quota == UNSET || quota < burst)) {
      throw draft.wrong(
          Limit.CPU_BURST,
          "it is " + burst + " microseconds",
          "allowed: 0 to the quota (" + Limit.CPU_QUOTA.named(draft.naming()) + ")");
    }
    if (wish.idle() != UNSET && wish.idle() != 0 && wish.idle() != 1) {
      throw draft.wrong(Limit.CPU_IDLE, "it is " + wish.idle(), "allowed: 0 or 1");
    }
  }

  private static void checkQuota(long quota, long period, Draft draft) {
    if (quota < QUOTA_MICROS_MIN) {
      throw draft.wrong(
          Limit.CPU_QUOTA,
          quota + " microseconds in each " + period + " are too few",
          "the kernel allows "
              + QUOTA_MICROS_MIN
              + " or more, here "
              + Amount.ratio(QUOTA_MICROS_MIN, period)
              + " CPUs");
    }
    int count = CpuList.count(draft.host().cpus());
    if (draft.naming() == Naming.OPTION && count > 0 && quota > period * count) {
      throw draft.wrong(
          Limit.CPU_QUOTA,
          Amount.ratio(quota, period) + " CPUs are more than there are",
          "allowed: " + Amount.ratio(QUOTA_MICROS_MIN, period) + " to " + count);
    }
  }

  private static String share(long quota, long period) {
    if (quota == UNSET) {
      return "set the period of processor time";
    }
    return quota == UNLIMITED
        ? "don't limit processor time"
        : "limit processor time to " + Amount.ratio(quota, period) + " CPUs";
  }

  private static void v1(Resources.Cpu wish, Group group, Draft draft) {
    if (wish.shares() != UNSET) {
      draft.write(
          group,
          "cpu.shares",
          Long.toString(wish.shares()),
          Limit.CPU_SHARES,
          "set the relative share of processor time");
    }
    long quota = wish.quotaMicros();
    long period = wish.periodMicros();
    if (quota != UNSET || period != UNSET) {
      require(group, "cpu.cfs_quota_us", Limit.CPU_QUOTA, draft);
    }
    String share = share(quota, period == UNSET ? PERIOD_MICROS_DEFAULT : period);
    // The period first: a quota is checked against the period that is in force.
    if (period != UNSET) {
      draft.write(group, "cpu.cfs_period_us", Long.toString(period), Limit.CPU_PERIOD, share);
    }
    if (quota != UNSET) {
      draft.write(group, "cpu.cfs_quota_us", Long.toString(quota), Limit.CPU_QUOTA, share);
    }
    if (wish.burstMicros() != UNSET) {
      require(group, "cpu.cfs_burst_us", Limit.CPU_BURST, draft);
      draft.write(
          group,
          "cpu.cfs_burst_us",
          Long.toString(wish.burstMicros()),
          Limit.CPU_BURST,
          "allow bursts of processor time");
    }
    if (wish.idle() != UNSET) {
      require(group, "cpu.idle", Limit.CPU_IDLE, draft);
      idle(wish, group, draft);
    }
    v1Realtime(wish, group, draft);
  }

  /// Grants time to real-time policies, of which a new group has none; sched-rt-group.rst of the
  /// kernel. The groups above need to have as much.
  private static void v1Realtime(Resources.Cpu wish, Group group, Draft draft) {
    long period = wish.realtime().periodMicros();
    long runtime = wish.realtime().runtimeMicros();
    String why = "grant processor time to real-time policies";
    if (period != UNSET) {
      require(group, "cpu.rt_period_us", Limit.CPU_RT_PERIOD, draft);
      draft.write(group, "cpu.rt_period_us", Long.toString(period), Limit.CPU_RT_PERIOD, why);
    }
    if (runtime != UNSET) {
      require(group, "cpu.rt_runtime_us", Limit.CPU_RT_RUNTIME, draft);
      draft.write(group, "cpu.rt_runtime_us", Long.toString(runtime), Limit.CPU_RT_RUNTIME, why);
    }
  }

  private static void require(Group group, String file, Limit limit, Draft draft) {
    if (!group.hierarchy().files().contains(file)) {
      throw draft.unsupported(
          limit, "this kernel's cpu controller has no " + file, "leave the limit away");
    }
  }

  private static void v2(Resources.Cpu wish, Group group, Draft draft) {
    if (!wish.realtime().equals(Resources.Realtime.NONE)) {
      throw draft.unsupported(
          realtime(wish),
          "cgroup v2 has no real-time processor time of a group",
          "leave it away; a quota of ordinary time is " + Limit.CPU_QUOTA.named(draft.naming()));
    }
    if (wish.shares() != UNSET) {
      draft.write(
          group,
          "cpu.weight",
          Long.toString(weight(wish.shares())),
          Limit.CPU_SHARES,
          "set the relative share of processor time");
    }
    long quota = wish.quotaMicros();
    if (quota != UNSET || wish.periodMicros() != UNSET) {
      long period = wish.periodMicros() == UNSET ? PERIOD_MICROS_DEFAULT : wish.periodMicros();
      draft.write(
          group,
          "cpu.max",
          (quota > 0 ? Long.toString(quota) : "max") + " " + period,
          quota == UNSET ? Limit.CPU_PERIOD : Limit.CPU_QUOTA,
          share(quota, period));
    }
    if (wish.burstMicros() != UNSET) {
      draft.write(
          group,
          "cpu.max.burst",
          Long.toString(wish.burstMicros()),
          Limit.CPU_BURST,
          "allow bursts of processor time");
    }
    if (wish.idle() != UNSET) {
      idle(wish, group, draft);
    }
  }

  private static void idle(Resources.Cpu wish, Group group, Draft draft) {
    draft.write(
        group,
        "cpu.idle",
        Long.toString(wish.idle()),
        Limit.CPU_IDLE,
        wish.idle() == 1 ? "run only when nobody else wants to" : "compete for processor time");
  }
}
