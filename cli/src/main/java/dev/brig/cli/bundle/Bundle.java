package dev.brig.cli.bundle;

import dev.brig.runtime.spec.Mount;
import dev.brig.runtime.spec.Spec;
import dev.brig.runtime.spec.SpecReader;
import dev.brig.runtime.spec.SpecWriter;
import java.util.ArrayList;
import java.util.HashMap;
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

  /// Returns the bundle with one more mount where the process is that the user asked for.
  public Bundle with(Mount mount) {
    String guest = files.get(Monitor.GUEST);
    if (guest == null) {
      return new Bundle(mounting(spec, mount), mounting(inside, mount), files, volumes);
    }
    Map<String, String> more = new HashMap<>(files);
    more.put(Monitor.GUEST, SpecWriter.write(mounting(SpecReader.read(guest), mount)));
    return new Bundle(spec, mounting(inside, mount), more, volumes);
  }

  private static Spec mounting(Spec spec, Mount mount) {
    List<Mount> mounts = new ArrayList<>(spec.mounts());
    mounts.add(mount);
    return spec.toBuilder().mounts(mounts).build();
  }
}
