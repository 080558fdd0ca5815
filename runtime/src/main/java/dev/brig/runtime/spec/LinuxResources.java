package dev.brig.runtime.spec;

import java.util.List;
import java.util.Map;

/// What the container may use (`linux.resources`). A part that JSON leaves out is that part's
/// `NONE`.
///
/// @param devices rules of the device controller; later rules win
/// @param memory memory limits
/// @param cpu processor limits
/// @param pids the limit on tasks
/// @param blockIo limits on block devices (`blockIO`)
/// @param hugepageLimits limits on huge pages
/// @param network classes and priorities of network traffic
/// @param rdma limits by RDMA device, sorted by name
/// @param unified cgroup v2 files and what to write into them, sorted by name
public record LinuxResources(
    List<LinuxDeviceCgroup> devices,
    LinuxMemory memory,
    LinuxCpu cpu,
    LinuxPids pids,
    LinuxBlockIo blockIo,
    List<LinuxHugepageLimit> hugepageLimits,
    LinuxNetwork network,
    Map<String, LinuxRdma> rdma,
    Map<String, String> unified) {
  /// Nothing asked for.
  public static final LinuxResources NONE = builder().build();

  /// Copies the collections and sorts the maps.
  public LinuxResources {
    devices = List.copyOf(devices);
    hugepageLimits = List.copyOf(hugepageLimits);
    rdma = Copies.sorted(rdma);
    unified = Copies.sorted(unified);
  }

  /// Returns a builder with nothing asked for.
  public static Builder builder() {
    return new Builder();
  }

  /// Returns a builder that starts from this value.
  public Builder toBuilder() {
    return new Builder()
        .devices(devices)
        .memory(memory)
        .cpu(cpu)
        .pids(pids)
        .blockIo(blockIo)
        .hugepageLimits(hugepageLimits)
        .network(network)
        .rdma(rdma)
        .unified(unified);
  }

  /// Collects the components of a [LinuxResources]; what is not set is `NONE` or empty.
  public static final class Builder {
    private List<LinuxDeviceCgroup> devices = List.of();
    private LinuxMemory memory = LinuxMemory.NONE;
    private LinuxCpu cpu = LinuxCpu.NONE;
    private LinuxPids pids = LinuxPids.NONE;
    private LinuxBlockIo blockIo = LinuxBlockIo.NONE;
    private List<LinuxHugepageLimit> hugepageLimits = List.of();
    private LinuxNetwork network = LinuxNetwork.NONE;
    private Map<String, LinuxRdma> rdma = Map.of();
    private Map<String, String> unified = Map.of();

    private Builder() {}

    /// Sets the rules of the device controller.
    public Builder devices(List<LinuxDeviceCgroup> rules) {
      devices = rules;
      return this;
    }

    /// Sets the memory limits.
    public Builder memory(LinuxMemory limits) {
      memory = limits;
      return this;
    }

    /// Sets the processor limits.
    public Builder cpu(LinuxCpu limits) {
      cpu = limits;
      return this;
    }

    /// Sets the limit on tasks.
    public Builder pids(LinuxPids limits) {
      pids = limits;
      return this;
    }

    /// Sets the limits on block devices.
    public Builder blockIo(LinuxBlockIo limits) {
      blockIo = limits;
      return this;
    }

    /// Sets the limits on huge pages.
    public Builder hugepageLimits(List<LinuxHugepageLimit> limits) {
      hugepageLimits = limits;
      return this;
    }

    /// Sets classes and priorities of network traffic.
    public Builder network(LinuxNetwork limits) {
      network = limits;
      return this;
    }

    /// Sets the limits by RDMA device.
    public Builder rdma(Map<String, LinuxRdma> limits) {
      rdma = limits;
      return this;
    }

    /// Sets cgroup v2 files and what to write into them.
    public Builder unified(Map<String, String> files) {
      unified = files;
      return this;
    }

    /// Returns the value.
    public LinuxResources build() {
      return new LinuxResources(
          devices, memory, cpu, pids, blockIo, hugepageLimits, network, rdma, unified);
    }
  }
}
