package dev.brig.runtime.compile;

import dev.brig.linux.Identity.UserNamespace;
import dev.brig.namespaces.MountRequest.Kind;
import dev.brig.namespaces.ProcessRequest.Filter;
import java.util.Map;
import java.util.Set;

/// What a plan depends on beside the spec: the host, read once, and who asked for what.
///
/// @param lastCapability the kernel's highest capability, /proc/sys/kernel/cap_last_cap
/// @param kernelPaths the paths below /proc and /sys that this kernel has, and what they are;
///   masked and read-only paths that are not here are left out
/// @param sources what the sources of bind mounts are
/// @param unfilled the sources that are volumes and still to be filled with what the image has at
///   their place
/// @param mapping how the ids of a new user namespace are mapped
/// @param place the user namespace that brig runs in: in another than the first nobody makes
///   devices
/// @param cgroups the cgroups of brig itself, for a container that gets none: their directories by
///   where each hierarchy is mounted
/// @param filter the compiled seccomp filter
/// @param origins the option that asked for a thing: `mount:/data` to `-v /srv:/data`
public record SpecFacts(
    int lastCapability,
    Map<String, Kind> kernelPaths,
    Map<String, Kind> sources,
    Set<String> unfilled,
    Isolation.IdMapping mapping,
    UserNamespace place,
    Map<String, String> cgroups,
    Filter filter,
    Map<String, String> origins) {
  /// Copies the maps.
  public SpecFacts {
    kernelPaths = Map.copyOf(kernelPaths);
    sources = Map.copyOf(sources);
    unfilled = Set.copyOf(unfilled);
    cgroups = Map.copyOf(cgroups);
    origins = Map.copyOf(origins);
  }

  /// Returns these facts with the cgroups of brig itself.
  public SpecFacts withCgroups(Map<String, String> own) {
    return new SpecFacts(
        lastCapability, kernelPaths, sources, unfilled, mapping, place, own, filter, origins);
  }

  /// Returns the option that asked for a thing, or empty for what every container has.
  ///
  /// @param key kind and name, as in `origins`
  public String origin(String key) {
    return origins.getOrDefault(key, "");
  }
}
