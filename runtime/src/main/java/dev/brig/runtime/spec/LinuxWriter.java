package dev.brig.runtime.spec;

import dev.brig.runtime.json.JsonOut;
import java.util.List;
import java.util.Map;

/// Writes the section `linux`.
final class LinuxWriter {
  private LinuxWriter() {}

  /// Writes the properties of the section into the object that is open.
  static void write(Linux linux, JsonOut out) {
    idMappings("uidMappings", linux.uidMappings(), out);
    idMappings("gidMappings", linux.gidMappings(), out);
    out.stringMap("sysctl", linux.sysctl());
    if (!linux.resources().equals(LinuxResources.NONE)) {
      out.beginObject("resources");
      ResourcesWriter.write(linux.resources(), out);
      out.endObject();
    }
    out.optional("cgroupsPath", linux.cgroupsPath());
    namespaces(linux.namespaces(), out);
    devices(linux.devices(), out);
    netDevices(linux.netDevices(), out);
    LinuxSeccomp seccomp = linux.seccomp();
    if (seccomp != null) {
      SeccompWriter.write(seccomp, out);
    }
    RootfsPropagation propagation = linux.rootfsPropagation();
    if (propagation != null) {
      out.required("rootfsPropagation", propagation.text());
    }
    out.strings("maskedPaths", linux.maskedPaths());
    out.strings("readonlyPaths", linux.readonlyPaths());
    out.optional("mountLabel", linux.mountLabel());
    LinuxIntelRdt intelRdt = linux.intelRdt();
    if (intelRdt != null) {
      intelRdt(intelRdt, out);
    }
    LinuxMemoryPolicy memoryPolicy = linux.memoryPolicy();
    if (memoryPolicy != null) {
      memoryPolicy(memoryPolicy, out);
    }
    LinuxPersonality personality = linux.personality();
    if (personality != null) {
      out.beginObject("personality");
      out.required("domain", personality.domain().name());
      out.endObject();
    }
    timeOffsets(linux.timeOffsets(), out);
  }

  /// Writes a list of id mappings unless it is empty.
  static void idMappings(String name, List<LinuxIdMapping> mappings, JsonOut out) {
    if (mappings.isEmpty()) {
      return;
    }
    out.beginArray(name);
    for (LinuxIdMapping mapping : mappings) {
      out.beginObject();
      out.required("containerID", mapping.containerId());
      out.required("hostID", mapping.hostId());
      out.required("size", mapping.size());
      out.endObject();
    }
    out.endArray();
  }

  private static void namespaces(List<LinuxNamespace> namespaces, JsonOut out) {
    if (namespaces.isEmpty()) {
      return;
    }
    out.beginArray("namespaces");
    for (LinuxNamespace namespace : namespaces) {
      out.beginObject();
      out.required("type", namespace.type().text());
      out.optional("path", namespace.path());
      out.endObject();
    }
    out.endArray();
  }

  private static void devices(List<LinuxDevice> devices, JsonOut out) {
    if (devices.isEmpty()) {
      return;
    }
    out.beginArray("devices");
    for (LinuxDevice device : devices) {
      out.beginObject();
      out.required("path", device.path());
      out.required("type", device.type().text());
      out.required("major", device.major());
      out.required("minor", device.minor());
      out.optional("fileMode", device.fileMode());
      out.optional("uid", device.owner().uid());
      out.optional("gid", device.owner().gid());
      out.endObject();
    }
    out.endArray();
  }

  private static void netDevices(Map<String, LinuxNetDevice> devices, JsonOut out) {
    if (devices.isEmpty()) {
      return;
    }
    out.beginObject("netDevices");
    for (Map.Entry<String, LinuxNetDevice> device : devices.entrySet()) {
      out.beginObject(device.getKey());
      out.optional("name", device.getValue().name());
      out.endObject();
    }
    out.endObject();
  }

  private static void intelRdt(LinuxIntelRdt intelRdt, JsonOut out) {
    out.beginObject("intelRdt");
    out.optional("closID", intelRdt.closId());
    out.strings("schemata", intelRdt.schemata());
    out.optional("l3CacheSchema", intelRdt.l3CacheSchema());
    out.optional("memBwSchema", intelRdt.memBwSchema());
    out.ifTrue("enableMonitoring", intelRdt.enableMonitoring());
    out.endObject();
  }

  private static void memoryPolicy(LinuxMemoryPolicy policy, JsonOut out) {
    out.beginObject("memoryPolicy");
    out.required("mode", policy.mode().name());
    out.optional("nodes", policy.nodes());
    out.constants("flags", policy.flags());
    out.endObject();
  }

  private static void timeOffsets(Map<String, LinuxTimeOffset> offsets, JsonOut out) {
    if (offsets.isEmpty()) {
      return;
    }
    out.beginObject("timeOffsets");
    for (Map.Entry<String, LinuxTimeOffset> offset : offsets.entrySet()) {
      out.beginObject(offset.getKey());
      out.nonZero("secs", offset.getValue().secs());
      out.nonZero("nanosecs", offset.getValue().nanosecs());
      out.endObject();
    }
    out.endObject();
  }
}
