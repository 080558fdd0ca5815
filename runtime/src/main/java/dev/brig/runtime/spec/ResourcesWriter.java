package dev.brig.runtime.spec;

import dev.brig.runtime.json.JsonOut;
import java.util.List;
import java.util.Map;

/// Writes the section `linux.resources`.
final class ResourcesWriter {
  private ResourcesWriter() {}

  /// Writes the properties of the section into the object that is open.
  static void write(LinuxResources resources, JsonOut out) {
    deviceRules(resources.devices(), out);
    memory(resources.memory(), out);
    cpu(resources.cpu(), out);
    if (resources.pids().limit() != null) {
      out.beginObject("pids");
      out.optional("limit", resources.pids().limit());
      out.endObject();
    }
    blockIo(resources.blockIo(), out);
    hugepageLimits(resources.hugepageLimits(), out);
    network(resources.network(), out);
    rdma(resources.rdma(), out);
    out.stringMap("unified", resources.unified());
  }

  private static void deviceRules(List<LinuxDeviceCgroup> rules, JsonOut out) {
    if (rules.isEmpty()) {
      return;
    }
    out.beginArray("devices");
    for (LinuxDeviceCgroup rule : rules) {
      out.beginObject();
      out.required("allow", rule.allow());
      if (rule.type() != LinuxDeviceCgroup.Type.ALL) {
        out.required("type", rule.type().text());
      }
      out.optional("major", rule.major());
      out.optional("minor", rule.minor());
      out.optional("access", rule.access());
      out.endObject();
    }
    out.endArray();
  }

  private static void memory(LinuxMemory memory, JsonOut out) {
    if (memory.equals(LinuxMemory.NONE)) {
      return;
    }
    out.beginObject("memory");
    out.optional("limit", memory.limit());
    out.optional("reservation", memory.reservation());
    out.optional("swap", memory.swap());
    out.optional("kernel", memory.kernel());
    out.optional("kernelTCP", memory.kernelTcp());
    out.optionalUnsigned("swappiness", memory.swappiness());
    out.optional("disableOOMKiller", memory.disableOomKiller());
    out.optional("useHierarchy", memory.useHierarchy());
    out.optional("checkBeforeUpdate", memory.checkBeforeUpdate());
    out.endObject();
  }

  private static void cpu(LinuxCpu cpu, JsonOut out) {
    if (cpu.equals(LinuxCpu.NONE)) {
      return;
    }
    out.beginObject("cpu");
    out.optionalUnsigned("shares", cpu.shares());
    out.optional("quota", cpu.quota());
    out.optionalUnsigned("burst", cpu.burst());
    out.optionalUnsigned("period", cpu.period());
    out.optional("realtimeRuntime", cpu.realtimeRuntime());
    out.optionalUnsigned("realtimePeriod", cpu.realtimePeriod());
    out.optional("cpus", cpu.cpus());
    out.optional("mems", cpu.mems());
    out.optional("idle", cpu.idle());
    out.endObject();
  }

  private static void blockIo(LinuxBlockIo blockIo, JsonOut out) {
    if (blockIo.equals(LinuxBlockIo.NONE)) {
      return;
    }
    out.beginObject("blockIO");
    out.optional("weight", blockIo.weight());
    out.optional("leafWeight", blockIo.leafWeight());
    if (!blockIo.weightDevice().isEmpty()) {
      out.beginArray("weightDevice");
      for (LinuxWeightDevice device : blockIo.weightDevice()) {
        out.beginObject();
        out.required("major", device.major());
        out.required("minor", device.minor());
        out.optional("weight", device.weight());
        out.optional("leafWeight", device.leafWeight());
        out.endObject();
      }
      out.endArray();
    }
    throttle("throttleReadBpsDevice", blockIo.throttleReadBpsDevice(), out);
    throttle("throttleWriteBpsDevice", blockIo.throttleWriteBpsDevice(), out);
    throttle("throttleReadIOPSDevice", blockIo.throttleReadIopsDevice(), out);
    throttle("throttleWriteIOPSDevice", blockIo.throttleWriteIopsDevice(), out);
    out.endObject();
  }

  private static void throttle(String name, List<LinuxThrottleDevice> devices, JsonOut out) {
    if (devices.isEmpty()) {
      return;
    }
    out.beginArray(name);
    for (LinuxThrottleDevice device : devices) {
      out.beginObject();
      out.required("major", device.major());
      out.required("minor", device.minor());
      out.unsigned("rate", device.rate());
      out.endObject();
    }
    out.endArray();
  }

  private static void hugepageLimits(List<LinuxHugepageLimit> limits, JsonOut out) {
    if (limits.isEmpty()) {
      return;
    }
    out.beginArray("hugepageLimits");
    for (LinuxHugepageLimit limit : limits) {
      out.beginObject();
      out.required("pageSize", limit.pageSize());
      out.unsigned("limit", limit.limit());
      out.endObject();
    }
    out.endArray();
  }

  private static void network(LinuxNetwork network, JsonOut out) {
    if (network.equals(LinuxNetwork.NONE)) {
      return;
    }
    out.beginObject("network");
    out.optional("classID", network.classId());
    if (!network.priorities().isEmpty()) {
      out.beginArray("priorities");
      for (LinuxInterfacePriority priority : network.priorities()) {
        out.beginObject();
        out.required("name", priority.name());
        out.required("priority", priority.priority());
        out.endObject();
      }
      out.endArray();
    }
    out.endObject();
  }

  private static void rdma(Map<String, LinuxRdma> limits, JsonOut out) {
    if (limits.isEmpty()) {
      return;
    }
    out.beginObject("rdma");
    for (Map.Entry<String, LinuxRdma> limit : limits.entrySet()) {
      out.beginObject(limit.getKey());
      out.optional("hcaHandles", limit.getValue().hcaHandles());
      out.optional("hcaObjects", limit.getValue().hcaObjects());
      out.endObject();
    }
    out.endObject();
  }
}
