package dev.brig.cli.run;

import dev.brig.cli.bundle.NamespaceMode;
import dev.brig.cli.bundle.RunOptions;
import dev.brig.cli.value.Names;
import dev.brig.cli.value.Namespaces;
import dev.brig.cli.value.Pairs;
import dev.brig.cli.value.Wrong;
import dev.brig.error.UsageException;
import dev.brig.runtime.container.Degree;
import dev.brig.runtime.spec.LinuxIdMapping;
import dev.brig.runtime.spec.LinuxNamespaceType;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What a container shares with the host and with other containers.
final class IsolationGroup implements OptionGroup {
  private final Map<LinuxNamespaceType, NamespaceMode> modes =
      new EnumMap<>(LinuxNamespaceType.class);
  private final List<LinuxIdMapping> uidMappings = new ArrayList<>();
  private final List<LinuxIdMapping> gidMappings = new ArrayList<>();
  private final Map<String, String> sysctls = new TreeMap<>();
  private Degree degree = Degree.CONTAINER;
  private String kernel = "";
  private String machine = "";
  private String hostname = "";
  private String subuidName = "";
  private String subgidName = "";

  /// Returns what was said.
  RunOptions.Isolation options() {
    if (!hostname.isEmpty() && isShared(LinuxNamespaceType.UTS)) {
      throw new UsageException(
          "--hostname " + hostname, "the host name is shared with --uts", "leave one of the two");
    }
    addRanges();
    boolean mapped = !uidMappings.isEmpty() || !gidMappings.isEmpty();
    if (mapped && isShared(LinuxNamespaceType.USER)) {
      throw new UsageException(
          "--uidmap",
          "a mapping belongs to a new user namespace, and --userns asks for another",
          "write --userns private, or leave --userns");
    }
    return new RunOptions.Isolation(
        modes, uidMappings, gidMappings, hostname, sysctls, degree, guest());
  }

  /// One name alone stands for both, as with podman.
  private void addRanges() {
    if (subuidName.isEmpty() && subgidName.isEmpty()) {
      return;
    }
    if (modes.containsKey(LinuxNamespaceType.USER)
        || !uidMappings.isEmpty()
        || !gidMappings.isEmpty()) {
      throw new UsageException(
          "--subuidname", "the ids are given by --userns, --uidmap or --gidmap, too", "leave one");
    }
    String users = subuidName.isEmpty() ? subgidName : subuidName;
    String groups = subgidName.isEmpty() ? subuidName : subgidName;
    modes.put(LinuxNamespaceType.USER, new NamespaceMode.Ranges(users, groups));
  }

  @Override
  public boolean accept(RunOption option, String value) {
    String spelling = option.longestName();
    switch (option) {
      case ISOLATION -> degree = degree(spelling, value);
      case KERNEL -> kernel = value;
      case MACHINE -> machine = value;
      case NETWORK -> modes.put(LinuxNamespaceType.NETWORK, Namespaces.network(spelling, value));
      case PID -> mode(LinuxNamespaceType.PID, spelling, value);
      case IPC -> mode(LinuxNamespaceType.IPC, spelling, value);
      case UTS -> mode(LinuxNamespaceType.UTS, spelling, value);
      case CGROUPNS -> mode(LinuxNamespaceType.CGROUP, spelling, value);
      case USERNS -> modes.put(LinuxNamespaceType.USER, Namespaces.user(spelling, value));
      case SUBUIDNAME -> subuidName = value;
      case SUBGIDNAME -> subgidName = value;
      case TIME -> mode(LinuxNamespaceType.TIME, spelling, value);
      case UIDMAP -> uidMappings.add(Namespaces.mapping(spelling, value));
      case GIDMAP -> gidMappings.add(Namespaces.mapping(spelling, value));
      case HOSTNAME -> hostname = Names.host(spelling, value);
      case SYSCTL -> {
        Map.Entry<String, String> pair = Pairs.parseWhole(spelling, value);
        sysctls.put(pair.getKey(), pair.getValue());
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private RunOptions.Guest guest() {
    if (degree != Degree.VM && !(kernel.isEmpty() && machine.isEmpty())) {
      throw new UsageException(
          kernel.isEmpty() ? "--machine " + machine : "--kernel " + kernel,
          "is for virtual machines",
          "say --isolation vm too");
    }
    return new RunOptions.Guest(kernel, machine);
  }

  private static Degree degree(String option, String value) {
    return Degree.of(value)
        .orElseThrow(() ->
            Wrong.value(
                option, value, "must be bare, chroot, namespaces, container, gvisor or vm"));
  }

  private boolean isShared(LinuxNamespaceType type) {
    return !modes.getOrDefault(type, NamespaceMode.PRIVATE).equals(NamespaceMode.PRIVATE);
  }

  private void mode(LinuxNamespaceType type, String option, String value) {
    modes.put(type, Namespaces.mode(option, value));
  }
}
