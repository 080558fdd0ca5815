package dev.brig.runtime.spec;

import org.jspecify.annotations.Nullable;

/// Memory limits (`linux.resources.memory`); a component that is null leaves the kernel's setting.
///
/// @param limit bytes; -1 for no limit
/// @param reservation the soft limit in bytes; -1 for none
/// @param swap bytes of memory and swap together; -1 for no limit
/// @param kernel bytes of kernel memory; obsolete
/// @param kernelTcp bytes of TCP buffers (`kernelTCP`); cgroup v1 only
/// @param swappiness how willingly pages are swapped, 0 to 100; cgroup v1 only
/// @param disableOomKiller whether a process waits instead of being killed (`disableOOMKiller`);
///   cgroup v1 only
/// @param useHierarchy whether children are accounted here; cgroup v1 only
/// @param checkBeforeUpdate whether a limit below the present use is refused
public record LinuxMemory(
    @Nullable Long limit,
    @Nullable Long reservation,
    @Nullable Long swap,
    @Nullable Long kernel,
    @Nullable Long kernelTcp,
    @Nullable Long swappiness,
    @Nullable Boolean disableOomKiller,
    @Nullable Boolean useHierarchy,
    @Nullable Boolean checkBeforeUpdate) {
  /// Nothing asked for.
  public static final LinuxMemory NONE = builder().build();

  /// Returns the same without a limit of swap.
  public LinuxMemory withoutSwap() {
    return new LinuxMemory(
        limit,
        reservation,
        null,
        kernel,
        kernelTcp,
        swappiness,
        disableOomKiller,
        useHierarchy,
        checkBeforeUpdate);
  }

  /// Returns a builder with nothing asked for.
  public static Builder builder() {
    return new Builder();
  }

  /// Collects the components of a [LinuxMemory]; what is not set is null.
  public static final class Builder {
    private @Nullable Long limit;
    private @Nullable Long reservation;
    private @Nullable Long swap;
    private @Nullable Long kernel;
    private @Nullable Long kernelTcp;
    private @Nullable Long swappiness;
    private @Nullable Boolean disableOomKiller;
    private @Nullable Boolean useHierarchy;
    private @Nullable Boolean checkBeforeUpdate;

    private Builder() {}

    /// Sets the limit in bytes.
    public Builder limit(long bytes) {
      limit = bytes;
      return this;
    }

    /// Sets the soft limit in bytes.
    public Builder reservation(long bytes) {
      reservation = bytes;
      return this;
    }

    /// Sets the limit of memory and swap together, in bytes.
    public Builder swap(long bytes) {
      swap = bytes;
      return this;
    }

    /// Sets the limit of kernel memory in bytes.
    public Builder kernel(long bytes) {
      kernel = bytes;
      return this;
    }

    /// Sets the limit of TCP buffers in bytes.
    public Builder kernelTcp(long bytes) {
      kernelTcp = bytes;
      return this;
    }

    /// Sets how willingly pages are swapped, 0 to 100.
    public Builder swappiness(long percent) {
      swappiness = percent;
      return this;
    }

    /// Sets whether a process waits instead of being killed.
    public Builder disableOomKiller(boolean disabled) {
      disableOomKiller = disabled;
      return this;
    }

    /// Sets whether children are accounted here.
    public Builder useHierarchy(boolean used) {
      useHierarchy = used;
      return this;
    }

    /// Sets whether a limit below the present use is refused.
    public Builder checkBeforeUpdate(boolean checked) {
      checkBeforeUpdate = checked;
      return this;
    }

    /// Returns the value.
    public LinuxMemory build() {
      return new LinuxMemory(
          limit,
          reservation,
          swap,
          kernel,
          kernelTcp,
          swappiness,
          disableOomKiller,
          useHierarchy,
          checkBeforeUpdate);
    }
  }
}
