package dev.brig.cli.bundle;

import dev.brig.cli.bundle.BundleFacts.Privilege;
import dev.brig.runtime.spec.LinuxIdMapping;
import dev.brig.runtime.spec.LinuxNamespace;
import dev.brig.runtime.spec.LinuxNamespaceType;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Where each of a container's namespaces comes from, after defaults.
///
/// @param modes the mode of every kind
/// @param uidMappings user ids of a new user namespace, or empty
/// @param gidMappings group ids of a new user namespace, or empty
record Isolation(
    Map<LinuxNamespaceType, NamespaceMode> modes,
    List<LinuxIdMapping> uidMappings,
    List<LinuxIdMapping> gidMappings) {

  Isolation {
    modes = Map.copyOf(modes);
    uidMappings = List.copyOf(uidMappings);
    gidMappings = List.copyOf(gidMappings);
  }

  /// Puts defaults where the options say nothing: all its own, but the host's clocks and, for root,
  /// the host's ids.
  static Isolation of(RunOptions.Isolation options, BundleFacts.Caller caller) {
    boolean mapped = !options.uidMappings().isEmpty() || !options.gidMappings().isEmpty();
    boolean ownIds = mapped || caller.privilege() == Privilege.ROOTLESS;
    Map<LinuxNamespaceType, NamespaceMode> modes = new EnumMap<>(LinuxNamespaceType.class);
    for (LinuxNamespaceType type : LinuxNamespaceType.values()) {
      NamespaceMode usual =
          switch (type) {
            case PID, NETWORK, MOUNT, IPC, UTS, CGROUP -> NamespaceMode.PRIVATE;
            case USER -> ownIds ? NamespaceMode.PRIVATE : NamespaceMode.HOST;
            case TIME -> NamespaceMode.HOST;
          };
      modes.put(type, options.modes().getOrDefault(type, usual));
    }
    if (modes.get(LinuxNamespaceType.USER) instanceof NamespaceMode.Joined) {
      return new Isolation(modes, options.uidMappings(), options.gidMappings());
    }
    if (!NamespaceMode.PRIVATE.equals(modes.get(LinuxNamespaceType.USER))) {
      return new Isolation(modes, List.of(), List.of());
    }
    // One map alone stands for both, as newuidmap's users expect it of podman.
    List<LinuxIdMapping> uids = options.uidMappings();
    List<LinuxIdMapping> gids = options.gidMappings();
    return mapped
        ? new Isolation(modes, uids.isEmpty() ? gids : uids, gids.isEmpty() ? uids : gids)
        : new Isolation(modes, caller.uidMappings(), caller.gidMappings());
  }

  /// Tells whether the container has a new namespace of this kind.
  boolean isOwn(LinuxNamespaceType type) {
    return NamespaceMode.PRIVATE.equals(modes.get(type));
  }

  /// Tells whether the container is in the caller's namespace of this kind.
  boolean isHost(LinuxNamespaceType type) {
    return NamespaceMode.HOST.equals(modes.get(type));
  }

  /// Tells whether a group id exists in the container's user namespace.
  boolean hasGroup(long gid) {
    if (gidMappings.isEmpty()) {
      return true;
    }
    for (LinuxIdMapping mapping : gidMappings) {
      if (gid >= mapping.containerId() && gid < mapping.containerId() + mapping.size()) {
        return true;
      }
    }
    return false;
  }

  /// Returns the namespaces for config.json, where the host's are those that are not listed.
  List<LinuxNamespace> namespaces() {
    List<LinuxNamespace> namespaces = new ArrayList<>();
    for (LinuxNamespaceType type : LinuxNamespaceType.values()) {
      switch (modes.getOrDefault(type, NamespaceMode.HOST)) {
        case NamespaceMode.Private() -> namespaces.add(new LinuxNamespace(type));
        case NamespaceMode.Joined(String path) -> namespaces.add(new LinuxNamespace(type, path));
        case NamespaceMode.Host() -> {}
        case NamespaceMode.Shared _, NamespaceMode.KeepId _, NamespaceMode.Ranges _ ->
            throw new IllegalArgumentException("not looked up: " + modes.get(type));
      }
    }
    return namespaces;
  }
}
