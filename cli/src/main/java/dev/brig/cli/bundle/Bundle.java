package dev.brig.cli.bundle;

import dev.brig.runtime.spec.Spec;
import java.util.List;
import java.util.Map;

/// A container ready to be planned.
///
/// @param spec its configuration
/// @param inside the configuration of the process that the user asked for; another one where a
///   process of the host's runs it in a guest
/// @param files texts that must be in the container's directory before it starts, by file name; the
///   configuration mounts them
/// @param volumes the volumes that it mounts, whose directories must be there
public record Bundle(Spec spec, Spec inside, Map<String, String> files, List<Volume> volumes) {
  /// The file in the container's directory with the profile of its system call filter, in the
  /// format of docker and podman. A container without it has brig's default filter.
  public static final String SECCOMP_PROFILE = "seccomp.json";

  /// The profile that allows everything: no filter is set for it.
  public static final String UNCONFINED = "{\"defaultAction\": \"SCMP_ACT_ALLOW\"}\n";

  /// Copies the maps.
  public Bundle {
    files = Map.copyOf(files);
    volumes = List.copyOf(volumes);
  }
}
