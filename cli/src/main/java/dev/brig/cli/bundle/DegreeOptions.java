package dev.brig.cli.bundle;

import dev.brig.cli.bundle.BundleFacts.Privilege;
import dev.brig.cli.bundle.RunOptions.Switch;
import dev.brig.error.UnsupportedException;
import dev.brig.error.UsageException;
import dev.brig.runtime.container.Degree;
import dev.brig.runtime.spec.LinuxNamespaceType;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// What a degree of isolation makes of the options: below `container`, whatever it lacks is off
/// unless it is asked for, and what has no meaning is refused.
public final class DegreeOptions {
  private final RunOptions options;
  private final Degree degree;

  private DegreeOptions(RunOptions options) {
    this.options = options;
    this.degree = options.isolation().degree();
  }

  /// Returns the options that stand for a degree.
  ///
  /// @param options what the user asked for
  /// @param caller whether the caller is root
  /// @throws UsageException if an option has no meaning at the degree
  /// @throws UnsupportedException if only root can have the degree
  public static RunOptions apply(RunOptions options, Privilege caller) {
    return switch (options.isolation().degree()) {
      case CONTAINER -> options;
      case NAMESPACES -> new DegreeOptions(options).unconfined(options.isolation());
      case BARE, CHROOT -> new DegreeOptions(options).inView(caller);
      case GVISOR, VM -> new DegreeOptions(options).withOwnKernel(caller);
    };
  }

  private RunOptions unconfined(RunOptions.Isolation isolation) {
    RunOptions.Security security = options.security();
    List<String> added = new ArrayList<>(security.capabilitiesAdded());
    if (!security.capabilitiesDropped().contains(CapabilityNames.ALL)) {
      added.add(CapabilityNames.ALL);
    }
    List<String> unmasked = new ArrayList<>(security.unmasked());
    unmasked.add(CapabilityNames.ALL);
    SeccompChoice seccomp =
        security.seccomp() instanceof SeccompChoice.Default
            ? new SeccompChoice.Unconfined()
            : security.seccomp();
    return new RunOptions(
        options.lifecycle(),
        options.command(),
        degree == Degree.BARE || degree == Degree.VM
            ? options.files().withoutImageVolumes()
            : options.files(),
        isolation,
        new RunOptions.Security(
            added,
            security.capabilitiesDropped(),
            seccomp,
            security.masked(),
            unmasked,
            security.deviceRules()),
        options.limits(),
        options.origins());
  }

  private RunOptions inView(Privilege caller) {
    if (caller == Privilege.ROOTLESS) {
      throw new UnsupportedException(
          "--isolation " + degree.text(),
          "mounting an image, and chroot(2), are root's in the host's own namespaces",
          "run brig as root, or take --isolation namespaces");
    }
    refuseNamespaces();
    refuseOthers();
    Map<LinuxNamespaceType, NamespaceMode> modes = new EnumMap<>(LinuxNamespaceType.class);
    for (LinuxNamespaceType type : LinuxNamespaceType.values()) {
      modes.put(type, NamespaceMode.HOST);
    }
    return unconfined(
        new RunOptions.Isolation(
            modes, List.of(), List.of(), "", Map.of(), degree, options.isolation().guest()));
  }

  private RunOptions withOwnKernel(Privilege caller) {
    if (caller == Privilege.ROOTLESS) {
      throw new UnsupportedException(
          "--isolation " + degree.text(),
          "brig starts guests for root only",
          "run brig as root, or take --isolation container");
    }
    RunOptions.Isolation isolation = options.isolation();
    for (Map.Entry<LinuxNamespaceType, NamespaceMode> mode : isolation.modes().entrySet()) {
      boolean host = mode.getValue().equals(NamespaceMode.HOST);
      boolean known =
          mode.getValue().equals(NamespaceMode.PRIVATE)
              && mode.getKey() != LinuxNamespaceType.USER
              && mode.getKey() != LinuxNamespaceType.TIME;
      boolean network = mode.getKey() == LinuxNamespaceType.NETWORK;
      if (!known && !(host && network)) {
        String type = mode.getKey().text();
        String option = options.origins().getOrDefault("namespace:" + type, type + " namespace");
        throw refused(option, "has a kernel of its own, and no namespaces of this one");
      }
    }
    refuseIf(!isolation.uidMappings().isEmpty(), "--uidmap", "has users of its own");
    refuseIf(!isolation.gidMappings().isEmpty(), "--gidmap", "has users of its own");
    refuseIf(options.lifecycle().has(Switch.PRIVILEGED), "--privileged", "can't reach the host");
    refuseIf(options.lifecycle().has(Switch.INIT), "--init", "has an init of its own");
    refuseIf(!options.files().devices().isEmpty(), "--device", "has devices of its own");
    refuseIf(!options.files().memory().isEmpty(), "--upper", "has no writable layer in memory");
    refuseIf(
        !(options.security().seccomp() instanceof SeccompChoice.Default),
        "--security-opt seccomp",
        "filters the host's system calls by itself");
    return degree == Degree.VM ? machine() : options;
  }

  private RunOptions machine() {
    Long tasks = options.limits().pids().limit();
    refuseIf(
        tasks != null && tasks > 0,
        "--pids-limit",
        "has a kernel of its own, which limits nothing");
    return unconfined(options.isolation());
  }

  private void refuseNamespaces() {
    RunOptions.Isolation isolation = options.isolation();
    for (Map.Entry<LinuxNamespaceType, NamespaceMode> mode : isolation.modes().entrySet()) {
      if (!mode.getValue().equals(NamespaceMode.HOST)) {
        String type = mode.getKey().text();
        String option = options.origins().getOrDefault("namespace:" + type, type + " namespace");
        throw refused(option, "has no namespaces of its own");
      }
    }
    String noNamespace = "has no namespaces of its own";
    refuseIf(!isolation.uidMappings().isEmpty(), "--uidmap", noNamespace);
    refuseIf(!isolation.gidMappings().isEmpty(), "--gidmap", noNamespace);
    refuseIf(!isolation.hostname().isEmpty(), "--hostname", "has the host's name");
    refuseIf(!isolation.sysctls().isEmpty(), "--sysctl", "has the host's kernel parameters");
  }

  private void refuseOthers() {
    RunOptions.Files files = options.files();
    refuseIf(options.lifecycle().has(Switch.INIT), "--init", "has no pid 1");
    refuseIf(options.lifecycle().has(Switch.PRIVILEGED), "--privileged", "withholds nothing");
    refuseIf(!files.memory().isEmpty(), "--upper", "has no mounts of its own");
    refuseIf(!files.devices().isEmpty(), "--device", "has the host's devices");
    refuseIf(!files.hosts().isEmpty(), "--add-host", "has no mounts of its own");
    refuseIf(!files.dns().isUsual(), "--dns", "has no mounts of its own");
    refuseIf(!options.security().masked().isEmpty(), "--security-opt mask", "hides nothing");
    if (degree == Degree.BARE && !files.mounts().isEmpty()) {
      throw refused(files.mounts().getFirst().target(), "has the host's files, nothing is mounted");
    }
  }

  private void refuseIf(boolean given, String option, String reason) {
    if (given) {
      throw refused(option, reason);
    }
  }

  private UsageException refused(String option, String reason) {
    return new UsageException(
        option, "--isolation " + degree.text() + " " + reason, "take --isolation container");
  }
}
