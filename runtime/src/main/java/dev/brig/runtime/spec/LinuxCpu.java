package dev.brig.runtime.spec;

import org.jspecify.annotations.Nullable;

/// Processor limits (`linux.resources.cpu`); a component that is null or empty leaves the kernel's
/// setting.
///
/// @param shares the relative weight, 2 to 262144, unsigned
/// @param quota microseconds of processor time in a period; -1 for no limit
/// @param burst microseconds that may be saved up, unsigned
/// @param period the length of a period in microseconds, unsigned
/// @param realtimeRuntime microseconds of real-time scheduling in a period; cgroup v1 only
/// @param realtimePeriod the length of a real-time period in microseconds, unsigned; cgroup v1 only
/// @param cpus the processors that may be used, `0-3,7`
/// @param mems the memory nodes that may be used, `0-1`
/// @param idle 1 for `SCHED_IDLE`, 0 for the usual
public record LinuxCpu(
    @Nullable Long shares,
    @Nullable Long quota,
    @Nullable Long burst,
    @Nullable Long period,
    @Nullable Long realtimeRuntime,
    @Nullable Long realtimePeriod,
    String cpus,
    String mems,
    @Nullable Long idle) {
  /// Nothing asked for.
  public static final LinuxCpu NONE = builder().build();

  /// Returns a builder with nothing asked for.
  public static Builder builder() {
    return new Builder();
  }

  /// Collects the components of a [LinuxCpu]; what is not set is null or empty.
  public static final class Builder {
    private @Nullable Long shares;
    private @Nullable Long quota;
    private @Nullable Long burst;
    private @Nullable Long period;
    private @Nullable Long realtimeRuntime;
    private @Nullable Long realtimePeriod;
    private String cpus = "";
    private String mems = "";
    private @Nullable Long idle;

    private Builder() {}

    /// Sets the relative weight.
    public Builder shares(long weight) {
      shares = weight;
      return this;
    }

    /// Sets the microseconds of processor time in a period.
    public Builder quota(long micros) {
      quota = micros;
      return this;
    }

    /// Sets the microseconds that may be saved up.
    public Builder burst(long micros) {
      burst = micros;
      return this;
    }

    /// Sets the length of a period in microseconds.
    public Builder period(long micros) {
      period = micros;
      return this;
    }

    /// Sets the microseconds of real-time scheduling in a period.
    public Builder realtimeRuntime(long micros) {
      realtimeRuntime = micros;
      return this;
    }

    /// Sets the length of a real-time period in microseconds.
    public Builder realtimePeriod(long micros) {
      realtimePeriod = micros;
      return this;
    }

    /// Sets the list of processors.
    public Builder cpus(String list) {
      cpus = list;
      return this;
    }

    /// Sets the list of memory nodes.
    public Builder mems(String list) {
      mems = list;
      return this;
    }

    /// Sets whether the cgroup is idle: 1 or 0.
    public Builder idle(long value) {
      idle = value;
      return this;
    }

    /// Returns the value.
    public LinuxCpu build() {
      return new LinuxCpu(
          shares, quota, burst, period, realtimeRuntime, realtimePeriod, cpus, mems, idle);
    }
  }
}
