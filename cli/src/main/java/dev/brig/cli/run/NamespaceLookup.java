package dev.brig.cli.run;

import dev.brig.cli.bundle.NamespaceMode;
import dev.brig.cli.bundle.RunOptions;
import dev.brig.error.UsageException;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.container.ContainerStore;
import dev.brig.runtime.spec.LinuxNamespaceType;
import java.util.EnumMap;
import java.util.Map;

/// Finds the namespaces of other containers.
final class NamespaceLookup {
  private final ContainerStore store;

  NamespaceLookup(ContainerStore store) {
    this.store = store;
  }

  /// Returns the options with each other container's namespace as the file that stands for it.
  ///
  /// @throws dev.brig.error.BrigException if a container is not there or does not run
  RunOptions.Isolation resolve(RunOptions.Isolation options) {
    Map<LinuxNamespaceType, NamespaceMode> modes = new EnumMap<>(LinuxNamespaceType.class);
    for (Map.Entry<LinuxNamespaceType, NamespaceMode> mode : options.modes().entrySet()) {
      modes.put(
          mode.getKey(),
          mode.getValue() instanceof NamespaceMode.Shared(String reference)
              ? new NamespaceMode.Joined(path(mode.getKey(), reference))
              : mode.getValue());
    }
    return new RunOptions.Isolation(
        modes, options.uidMappings(), options.gidMappings(), options.hostname(), options.sysctls());
  }

  private String path(LinuxNamespaceType type, String reference) {
    Container container = store.find(reference);
    if (!container.processes().isKnown()) {
      throw new UsageException(
          "container:" + reference,
          "container "
              + container.name()
              + " is not running, so it has no "
              + type.text()
              + " namespace",
          "brig start " + container.name());
    }
    return "/proc/" + container.processes().initPid() + "/ns/" + fileName(type);
  }

  /// Returns the name in /proc/PID/ns; namespaces(7).
  private static String fileName(LinuxNamespaceType type) {
    return switch (type) {
      case MOUNT -> "mnt";
      case NETWORK -> "net";
      case PID, IPC, UTS, USER, CGROUP, TIME -> type.text();
    };
  }
}
