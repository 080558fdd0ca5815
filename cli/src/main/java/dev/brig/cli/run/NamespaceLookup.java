package dev.brig.cli.run;

import dev.brig.cli.bundle.BundleFacts.Privilege;
import dev.brig.cli.bundle.NamespaceMode;
import dev.brig.cli.bundle.RunOptions;
import dev.brig.error.UsageException;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.container.ContainerStore;
import dev.brig.runtime.spec.Linux;
import dev.brig.runtime.spec.LinuxNamespace;
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
  /// A namespace of an ordinary user's container belongs to the container's user namespace, from
  /// where alone it can be joined; so that one comes along, as setns(2) wants it.
  ///
  /// @param options what the user asked for
  /// @param caller whether the caller is root
  /// @throws dev.brig.error.BrigException if a container is not there or does not run
  RunOptions.Isolation resolve(RunOptions.Isolation options, Privilege caller) {
    Map<LinuxNamespaceType, NamespaceMode> modes = new EnumMap<>(LinuxNamespaceType.class);
    Linux users = null;
    for (Map.Entry<LinuxNamespaceType, NamespaceMode> mode : options.modes().entrySet()) {
      LinuxNamespaceType type = mode.getKey();
      if (mode.getValue() instanceof NamespaceMode.Shared(String reference)) {
        Container container = running(type, reference);
        modes.put(type, joined(type, container));
        Linux linux = store.spec(container.id()).linux();
        if (type == LinuxNamespaceType.USER && !hasUsers(linux)) {
          modes.put(type, NamespaceMode.HOST);
        } else if (type == LinuxNamespaceType.USER || caller == Privilege.ROOTLESS) {
          refuseOther(options, modes, type, container);
          modes.put(LinuxNamespaceType.USER, joined(LinuxNamespaceType.USER, container));
          users = linux;
        }
      } else if (!modes.containsKey(type)) {
        modes.put(type, mode.getValue());
      }
    }
    return new RunOptions.Isolation(
        modes,
        users == null ? options.uidMappings() : users.uidMappings(),
        users == null ? options.gidMappings() : users.gidMappings(),
        options.hostname(),
        options.sysctls(),
        options.degree(),
        options.guest());
  }

  private static boolean hasUsers(Linux linux) {
    for (LinuxNamespace namespace : linux.namespaces()) {
      if (namespace.type() == LinuxNamespaceType.USER) {
        return true;
      }
    }
    return false;
  }

  /// Refuses two user namespaces at once: an asked for one and a needed one, or two needed ones.
  private static void refuseOther(
      RunOptions.Isolation options,
      Map<LinuxNamespaceType, NamespaceMode> modes,
      LinuxNamespaceType type,
      Container container) {
    NamespaceMode asked = options.modes().get(LinuxNamespaceType.USER);
    NamespaceMode known = modes.get(LinuxNamespaceType.USER);
    boolean mapped = !options.uidMappings().isEmpty() || !options.gidMappings().isEmpty();
    boolean other = (asked != null && !(asked instanceof NamespaceMode.Shared)) || mapped;
    boolean second = known != null && !known.equals(joined(LinuxNamespaceType.USER, container));
    if (other || second) {
      throw new UsageException(
          "container:" + container.name(),
          "its "
              + type.text()
              + " namespace can be joined only from its user namespace, and another is asked for",
          second ? "share with one container" : "leave --userns, --uidmap and --gidmap out");
    }
  }

  private static NamespaceMode joined(LinuxNamespaceType type, Container container) {
    return new NamespaceMode.Joined(
        "/proc/" + container.processes().initPid() + "/ns/" + fileName(type));
  }

  private Container running(LinuxNamespaceType type, String reference) {
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
    return container;
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
