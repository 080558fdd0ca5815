package dev.brig.cli.bundle;

import dev.brig.cli.bundle.BundleFacts.Privilege;
import dev.brig.cli.bundle.RunOptions.Switch;
import dev.brig.runtime.container.Degree;
import dev.brig.runtime.spec.Linux;
import dev.brig.runtime.spec.LinuxBlockIo;
import dev.brig.runtime.spec.LinuxDevice;
import dev.brig.runtime.spec.LinuxDeviceCgroup;
import dev.brig.runtime.spec.LinuxDeviceType;
import dev.brig.runtime.spec.LinuxResources;
import dev.brig.runtime.spec.LinuxThrottleDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The part of a configuration that only Linux has: namespaces, devices, limits, hidden paths, the
/// filter.
final class LinuxFactory {
  // Files through which a container could read or change what is not its own. As podman has them.
  private static final List<String> MASKED =
      List.of(
          "/proc/acpi",
          "/proc/interrupts",
          "/proc/kcore",
          "/proc/keys",
          "/proc/latency_stats",
          "/proc/sched_debug",
          "/proc/scsi",
          "/proc/timer_list",
          "/proc/timer_stats",
          "/sys/dev/block",
          "/sys/devices/virtual/powercap",
          "/sys/firmware",
          "/sys/fs/selinux");
  private static final List<String> READ_ONLY =
      List.of(
          "/proc/asound", "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

  private final RunOptions options;
  private final BundleFacts facts;
  private final Isolation isolation;
  private final boolean privileged;

  LinuxFactory(RunOptions options, BundleFacts facts, Isolation isolation) {
    this.options = options;
    this.facts = facts;
    this.isolation = isolation;
    this.privileged = options.lifecycle().has(Switch.PRIVILEGED);
  }

  Linux linux() {
    Linux.Builder linux =
        Linux.builder()
            .uidMappings(isolation.uidMappings())
            .gidMappings(isolation.gidMappings())
            .sysctl(options.isolation().sysctls())
            .resources(resources())
            .cgroupsPath(facts.places().cgroup())
            .namespaces(isolation.namespaces())
            .devices(devices());
    if (!privileged) {
      List<String> masked = without(MASKED);
      masked.addAll(options.security().masked());
      linux.maskedPaths(masked).readonlyPaths(without(READ_ONLY));
    }
    return linux.build();
  }

  private List<String> without(List<String> paths) {
    List<String> unmasked = options.security().unmasked();
    List<String> kept = new ArrayList<>();
    for (String path : paths) {
      if (!unmasked.contains(path) && !unmasked.contains(CapabilityNames.ALL)) {
        kept.add(path);
      }
    }
    return kept;
  }

  private List<LinuxDevice> devices() {
    List<LinuxDevice> devices = new ArrayList<>();
    if (privileged) {
      for (Map.Entry<String, DeviceNumbers> host : new TreeMap<>(facts.hostDevices()).entrySet()) {
        devices.add(device(host.getKey(), host.getValue()));
      }
    }
    for (DeviceOption option : options.files().devices()) {
      devices.removeIf(other -> other.path().equals(option.target()));
      if (!MountFactory.isBound(option, isolation)) {
        devices.add(device(option.target(), numbers(option.source())));
      }
    }
    return devices;
  }

  private static LinuxDevice device(String path, DeviceNumbers numbers) {
    return new LinuxDevice(
        path,
        numbers.type(),
        numbers.major(),
        numbers.minor(),
        numbers.mode(),
        LinuxDevice.Owner.UNSET);
  }

  private DeviceNumbers numbers(String path) {
    DeviceNumbers numbers = facts.devices().get(path);
    if (numbers == null) {
      throw new IllegalArgumentException("not looked up: " + path);
    }
    return numbers;
  }

  private LinuxResources resources() {
    RunOptions.Limits limits = options.limits();
    RunOptions.Rates rates = limits.rates();
    LinuxBlockIo blockIo =
        new LinuxBlockIo(
            limits.blkioWeight() == 0 ? null : limits.blkioWeight(),
            null,
            List.of(),
            throttles(rates.readBytes()),
            throttles(rates.writeBytes()),
            throttles(rates.reads()),
            throttles(rates.writes()));
    return LinuxResources.builder()
        .devices(deviceRules())
        .memory(limits.memory())
        .cpu(limits.cpu())
        .pids(limits.pids())
        .blockIo(blockIo)
        .build();
  }

  private List<LinuxThrottleDevice> throttles(List<DeviceRate> rates) {
    List<LinuxThrottleDevice> throttles = new ArrayList<>();
    for (DeviceRate rate : rates) {
      DeviceNumbers numbers = numbers(rate.path());
      throttles.add(new LinuxThrottleDevice(numbers.major(), numbers.minor(), rate.rate()));
    }
    return throttles;
  }

  /// Denies all devices but those asked for; the runtime allows the usual ones. An ordinary user
  /// can set no such rule, and needs none: without CAP_MKNOD in the initial namespace no node can
  /// be made.
  private List<LinuxDeviceCgroup> deviceRules() {
    List<LinuxDeviceCgroup> rules = new ArrayList<>();
    if (facts.caller().privilege() == Privilege.ROOTLESS) {
      return rules;
    }
    if (options.isolation().degree().compareTo(Degree.CONTAINER) < 0) {
      rules.addAll(options.security().deviceRules());
      return rules;
    }
    rules.add(new LinuxDeviceCgroup(privileged, LinuxDeviceCgroup.Type.ALL, null, null, "rwm"));
    for (DeviceOption option : options.files().devices()) {
      DeviceNumbers numbers = numbers(option.source());
      LinuxDeviceCgroup.Type type =
          numbers.type() == LinuxDeviceType.BLOCK
              ? LinuxDeviceCgroup.Type.BLOCK
              : LinuxDeviceCgroup.Type.CHARACTER;
      rules.add(
          new LinuxDeviceCgroup(
              /* allow= */ true, type, numbers.major(), numbers.minor(), option.access()));
    }
    rules.addAll(options.security().deviceRules());
    return rules;
  }
}
