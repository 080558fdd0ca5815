package dev.brig.runtime.compile;

import dev.brig.cgroups.DeviceRule;
import dev.brig.cgroups.Resources;
import dev.brig.cgroups.Resources.BlockIo;
import dev.brig.cgroups.Resources.Cpu;
import dev.brig.cgroups.Resources.DeviceWeight;
import dev.brig.cgroups.Resources.HugePage;
import dev.brig.cgroups.Resources.Memory;
import dev.brig.cgroups.Resources.OomKiller;
import dev.brig.cgroups.Resources.Pids;
import dev.brig.cgroups.Resources.Realtime;
import dev.brig.cgroups.Resources.Throttle;
import dev.brig.cgroups.Resources.ThrottleKind;
import dev.brig.cgroups.Resources.Traffic;
import dev.brig.error.UnsupportedException;
import dev.brig.runtime.spec.LinuxBlockIo;
import dev.brig.runtime.spec.LinuxCpu;
import dev.brig.runtime.spec.LinuxDeviceCgroup;
import dev.brig.runtime.spec.LinuxHugepageLimit;
import dev.brig.runtime.spec.LinuxInterfacePriority;
import dev.brig.runtime.spec.LinuxMemory;
import dev.brig.runtime.spec.LinuxRdma;
import dev.brig.runtime.spec.LinuxResources;
import dev.brig.runtime.spec.LinuxThrottleDevice;
import dev.brig.runtime.spec.LinuxWeightDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Turns `linux.resources` of config.json into the words of the cgroups module;
/// config-linux.md#control-groups.
public final class ResourceTranslator {
  private ResourceTranslator() {}

  /// Returns what a spec limits.
  ///
  /// @throws UnsupportedException if it limits what brig can't
  public static Resources resources(LinuxResources spec) {
    refuse("kernel", spec.memory().kernel());
    refuse("kernelTCP", spec.memory().kernelTcp());
    if (Boolean.FALSE.equals(spec.memory().useHierarchy())) {
      throw new UnsupportedException(
          "/linux/resources/memory/useHierarchy",
          "the kernel counts the memory of children in any case, since Linux 5.11",
          "leave it out of the spec");
    }
    List<HugePage> pages = new ArrayList<>();
    for (LinuxHugepageLimit limit : spec.hugepageLimits()) {
      pages.add(new HugePage(limit.pageSize(), limit.limit()));
    }
    List<DeviceRule> devices = new ArrayList<>();
    for (LinuxDeviceCgroup rule : spec.devices()) {
      devices.add(device(rule));
    }
    return new Resources(
        memory(spec.memory()),
        cpu(spec.cpu()),
        new Pids(or(spec.pids().limit())),
        blockIo(spec.blockIo()),
        pages,
        traffic(spec),
        devices,
        spec.unified());
  }

  private static Traffic traffic(LinuxResources spec) {
    List<Resources.Priority> priorities = new ArrayList<>();
    for (LinuxInterfacePriority priority : spec.network().priorities()) {
      priorities.add(new Resources.Priority(priority.name(), priority.priority()));
    }
    List<Resources.Rdma> rdma = new ArrayList<>();
    for (Map.Entry<String, LinuxRdma> device : spec.rdma().entrySet()) {
      LinuxRdma limits = device.getValue();
      rdma.add(
          new Resources.Rdma(device.getKey(), or(limits.hcaHandles()), or(limits.hcaObjects())));
    }
    return new Traffic(or(spec.network().classId()), priorities, rdma);
  }

  private static void refuse(String member, @Nullable Long limit) {
    if (limit != null && limit > 0) {
      throw new UnsupportedException(
          "/linux/resources/memory/" + member,
          "brig limits a container's memory as a whole",
          "leave it out of the spec");
    }
  }

  private static long or(@Nullable Number value) {
    return value == null ? Resources.UNSET : value.longValue();
  }

  private static Memory memory(LinuxMemory spec) {
    Boolean disabled = spec.disableOomKiller();
    OomKiller killer =
        disabled == null ? OomKiller.UNSET : disabled ? OomKiller.DISABLED : OomKiller.ENABLED;
    return new Memory(
        or(spec.limit()), or(spec.reservation()), or(spec.swap()), or(spec.swappiness()), killer);
  }

  private static Cpu cpu(LinuxCpu spec) {
    return new Cpu(
        or(spec.shares()),
        or(spec.quota()),
        or(spec.period()),
        or(spec.burst()),
        or(spec.idle()),
        spec.cpus(),
        spec.mems(),
        new Realtime(or(spec.realtimeRuntime()), or(spec.realtimePeriod())));
  }

  private static BlockIo blockIo(LinuxBlockIo spec) {
    List<DeviceWeight> weights = new ArrayList<>();
    for (LinuxWeightDevice device : spec.weightDevice()) {
      weights.add(new DeviceWeight(device.major(), device.minor(), or(device.weight())));
    }
    List<Throttle> throttles = new ArrayList<>();
    add(throttles, ThrottleKind.READ_BPS, spec.throttleReadBpsDevice());
    add(throttles, ThrottleKind.WRITE_BPS, spec.throttleWriteBpsDevice());
    add(throttles, ThrottleKind.READ_IOPS, spec.throttleReadIopsDevice());
    add(throttles, ThrottleKind.WRITE_IOPS, spec.throttleWriteIopsDevice());
    return new BlockIo(or(spec.weight()), weights, throttles);
  }

  private static void add(
      List<Throttle> throttles, ThrottleKind kind, List<LinuxThrottleDevice> devices) {
    for (LinuxThrottleDevice device : devices) {
      throttles.add(new Throttle(kind, device.major(), device.minor(), device.rate()));
    }
  }

  private static DeviceRule device(LinuxDeviceCgroup rule) {
    Long major = rule.major();
    Long minor = rule.minor();
    return new DeviceRule(
        rule.allow() ? DeviceRule.Verdict.ALLOW : DeviceRule.Verdict.DENY,
        switch (rule.type()) {
          case ALL -> DeviceRule.Kind.ALL;
          case CHARACTER -> DeviceRule.Kind.CHARACTER;
          case BLOCK -> DeviceRule.Kind.BLOCK;
        },
        major == null ? DeviceRule.ANY : major,
        minor == null ? DeviceRule.ANY : minor,
        DeviceRule.access(rule.access().isEmpty() ? "rwm" : rule.access()));
  }
}
