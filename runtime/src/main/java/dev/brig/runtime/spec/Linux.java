package dev.brig.runtime.spec;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What only Linux has (`linux`).
///
/// @param uidMappings the user ids of a new user namespace
/// @param gidMappings the group ids of a new user namespace
/// @param sysctl kernel parameters by name, sorted
/// @param resources what the container may use
/// @param cgroupsPath the cgroup: absolute below the hierarchy's mount, or relative to where the
///   runtime chooses; empty leaves the choice to the runtime
/// @param namespaces the namespaces that are not the runtime's
/// @param devices device nodes made beside the default ones
/// @param netDevices network devices that move into the container, sorted by name on the host
/// @param seccomp the filter of system calls, or null for none
/// @param rootfsPropagation how mounts propagate, or null to leave it to the runtime
/// @param maskedPaths absolute paths that cannot be read inside
/// @param readonlyPaths absolute paths that cannot be written inside
/// @param mountLabel the SELinux label of the mounts, or empty
/// @param intelRdt resource control, or null
/// @param memoryPolicy the NUMA memory policy, or null
/// @param personality the execution domain, or null
/// @param timeOffsets offsets of the clocks `boottime` and `monotonic` of a new time namespace
public record Linux(
    List<LinuxIdMapping> uidMappings,
    List<LinuxIdMapping> gidMappings,
    Map<String, String> sysctl,
    LinuxResources resources,
    String cgroupsPath,
    List<LinuxNamespace> namespaces,
    List<LinuxDevice> devices,
    Map<String, LinuxNetDevice> netDevices,
    @Nullable LinuxSeccomp seccomp,
    @Nullable RootfsPropagation rootfsPropagation,
    List<String> maskedPaths,
    List<String> readonlyPaths,
    String mountLabel,
    @Nullable LinuxIntelRdt intelRdt,
    @Nullable LinuxMemoryPolicy memoryPolicy,
    @Nullable LinuxPersonality personality,
    Map<String, LinuxTimeOffset> timeOffsets) {
  /// Nothing said.
  public static final Linux NONE = builder().build();

  /// Copies the collections and sorts the maps.
  public Linux {
    uidMappings = List.copyOf(uidMappings);
    gidMappings = List.copyOf(gidMappings);
    sysctl = Copies.sorted(sysctl);
    namespaces = List.copyOf(namespaces);
    devices = List.copyOf(devices);
    netDevices = Copies.sorted(netDevices);
    maskedPaths = List.copyOf(maskedPaths);
    readonlyPaths = List.copyOf(readonlyPaths);
    timeOffsets = Copies.sorted(timeOffsets);
  }

  /// Returns a builder with nothing set.
  public static Builder builder() {
    return new Builder();
  }

  /// Returns a builder that starts from this value.
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.uidMappings = uidMappings;
    builder.gidMappings = gidMappings;
    builder.sysctl = sysctl;
    builder.resources = resources;
    builder.cgroupsPath = cgroupsPath;
    builder.namespaces = namespaces;
    builder.devices = devices;
    builder.netDevices = netDevices;
    builder.seccomp = seccomp;
    builder.rootfsPropagation = rootfsPropagation;
    builder.maskedPaths = maskedPaths;
    builder.readonlyPaths = readonlyPaths;
    builder.mountLabel = mountLabel;
    builder.intelRdt = intelRdt;
    builder.memoryPolicy = memoryPolicy;
    builder.personality = personality;
    builder.timeOffsets = timeOffsets;
    return builder;
  }

  /// Collects the components of a [Linux]; what is not set is absent.
  public static final class Builder {
    private List<LinuxIdMapping> uidMappings = List.of();
    private List<LinuxIdMapping> gidMappings = List.of();
    private Map<String, String> sysctl = Map.of();
    private LinuxResources resources = LinuxResources.NONE;
    private String cgroupsPath = "";
    private List<LinuxNamespace> namespaces = List.of();
    private List<LinuxDevice> devices = List.of();
    private Map<String, LinuxNetDevice> netDevices = Map.of();
    private @Nullable LinuxSeccomp seccomp;
    private @Nullable RootfsPropagation rootfsPropagation;
    private List<String> maskedPaths = List.of();
    private List<String> readonlyPaths = List.of();
    private String mountLabel = "";
    private @Nullable LinuxIntelRdt intelRdt;
    private @Nullable LinuxMemoryPolicy memoryPolicy;
    private @Nullable LinuxPersonality personality;
    private Map<String, LinuxTimeOffset> timeOffsets = Map.of();

    private Builder() {}

    /// Sets the user ids of a new user namespace.
    public Builder uidMappings(List<LinuxIdMapping> value) {
      uidMappings = value;
      return this;
    }

    /// Sets the group ids of a new user namespace.
    public Builder gidMappings(List<LinuxIdMapping> value) {
      gidMappings = value;
      return this;
    }

    /// Sets kernel parameters.
    public Builder sysctl(Map<String, String> value) {
      sysctl = value;
      return this;
    }

    /// Sets what the container may use.
    public Builder resources(LinuxResources value) {
      resources = value;
      return this;
    }

    /// Sets the cgroup.
    public Builder cgroupsPath(String value) {
      cgroupsPath = value;
      return this;
    }

    /// Sets the namespaces that are not the runtime's.
    public Builder namespaces(List<LinuxNamespace> value) {
      namespaces = value;
      return this;
    }

    /// Sets the device nodes.
    public Builder devices(List<LinuxDevice> value) {
      devices = value;
      return this;
    }

    /// Sets the network devices that move into the container.
    public Builder netDevices(Map<String, LinuxNetDevice> value) {
      netDevices = value;
      return this;
    }

    /// Sets the filter of system calls.
    public Builder seccomp(LinuxSeccomp value) {
      seccomp = value;
      return this;
    }

    /// Sets how mounts propagate.
    public Builder rootfsPropagation(RootfsPropagation value) {
      rootfsPropagation = value;
      return this;
    }

    /// Sets the paths that cannot be read inside.
    public Builder maskedPaths(List<String> value) {
      maskedPaths = value;
      return this;
    }

    /// Sets the paths that cannot be written inside.
    public Builder readonlyPaths(List<String> value) {
      readonlyPaths = value;
      return this;
    }

    /// Sets the SELinux label of the mounts.
    public Builder mountLabel(String value) {
      mountLabel = value;
      return this;
    }

    /// Sets resource control.
    public Builder intelRdt(LinuxIntelRdt value) {
      intelRdt = value;
      return this;
    }

    /// Sets the NUMA memory policy.
    public Builder memoryPolicy(LinuxMemoryPolicy value) {
      memoryPolicy = value;
      return this;
    }

    /// Sets the execution domain.
    public Builder personality(LinuxPersonality value) {
      personality = value;
      return this;
    }

    /// Sets the offsets of the clocks.
    public Builder timeOffsets(Map<String, LinuxTimeOffset> value) {
      timeOffsets = value;
      return this;
    }

    /// Returns the value.
    public Linux build() {
      return new Linux(
          uidMappings,
          gidMappings,
          sysctl,
          resources,
          cgroupsPath,
          namespaces,
          devices,
          netDevices,
          seccomp,
          rootfsPropagation,
          maskedPaths,
          readonlyPaths,
          mountLabel,
          intelRdt,
          memoryPolicy,
          personality,
          timeOffsets);
    }
  }
}
