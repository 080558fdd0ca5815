package dev.brig.runtime.spec;

import dev.brig.runtime.json.JsonIn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Reads the section `linux`.
final class LinuxReader {
  private LinuxReader() {}

  /// Reads the section.
  static Linux linux(JsonIn in) {
    Linux.Builder linux = Linux.builder();
    in.beginObject();
    while (in.nextName()) {
      switch (in.name()) {
        case "uidMappings" -> linux.uidMappings(idMappings(in));
        case "gidMappings" -> linux.gidMappings(idMappings(in));
        case "sysctl" -> linux.sysctl(in.stringMap());
        case "resources" -> linux.resources(ResourcesReader.resources(in));
        case "cgroupsPath" -> linux.cgroupsPath(in.string());
        case "namespaces" -> linux.namespaces(namespaces(in));
        case "devices" -> linux.devices(devices(in));
        case "netDevices" -> linux.netDevices(netDevices(in));
        case "seccomp" -> linux.seccomp(SeccompReader.seccomp(in));
        case "rootfsPropagation" -> rootfsPropagation(in, linux);
        case "maskedPaths" -> linux.maskedPaths(in.strings());
        case "readonlyPaths" -> linux.readonlyPaths(in.strings());
        case "mountLabel" -> linux.mountLabel(in.string());
        case "intelRdt" -> linux.intelRdt(intelRdt(in));
        case "memoryPolicy" -> linux.memoryPolicy(memoryPolicy(in));
        case "personality" -> linux.personality(personality(in));
        case "timeOffsets" -> linux.timeOffsets(timeOffsets(in));
        default -> in.skip();
      }
    }
    return linux.build();
  }

  /// Reads a list of id mappings.
  static List<LinuxIdMapping> idMappings(JsonIn in) {
    List<LinuxIdMapping> mappings = new ArrayList<>();
    in.beginArray();
    while (in.nextElement()) {
      mappings.add(idMapping(in));
    }
    return mappings;
  }

  private static LinuxIdMapping idMapping(JsonIn in) {
    Long containerId = null;
    Long hostId = null;
    Long size = null;
    in.beginObject();
    while (in.nextName()) {
      switch (in.name()) {
        case "containerID" -> containerId = in.uint32();
        case "hostID" -> hostId = in.uint32();
        case "size" -> size = in.uint32();
        default -> in.skip();
      }
    }
    return new LinuxIdMapping(
        in.require(containerId, "containerID"),
        in.require(hostId, "hostID"),
        in.require(size, "size"));
  }

  private static List<LinuxNamespace> namespaces(JsonIn in) {
    List<LinuxNamespace> namespaces = new ArrayList<>();
    in.beginArray();
    while (in.nextElement()) {
      namespaces.add(namespace(in));
    }
    return namespaces;
  }

  private static LinuxNamespace namespace(JsonIn in) {
    LinuxNamespaceType type = null;
    String path = "";
    in.beginObject();
    while (in.nextName()) {
      switch (in.name()) {
        case "type" -> {
          String text = in.string();
          type = LinuxNamespaceType.of(text);
          if (type == null) {
            throw in.unknown(text, "pid, network, mount, ipc, uts, user, cgroup, time");
          }
        }
        case "path" -> path = in.string();
        default -> in.skip();
      }
    }
    return new LinuxNamespace(in.require(type, "type"), path);
  }

  private static List<LinuxDevice> devices(JsonIn in) {
    List<LinuxDevice> devices = new ArrayList<>();
    in.beginArray();
    while (in.nextElement()) {
      devices.add(device(in));
    }
    return devices;
  }

  private static LinuxDevice device(JsonIn in) {
    String path = null;
    LinuxDeviceType type = null;
    Long major = null;
    Long minor = null;
    Integer fileMode = null;
    Long uid = null;
    Long gid = null;
    in.beginObject();
    while (in.nextName()) {
      switch (in.name()) {
        case "path" -> path = in.string();
        case "type" -> {
          String text = in.string();
          type = LinuxDeviceType.of(text);
          if (type == null) {
            throw in.unknown(text, "c, b, u, p");
          }
        }
        case "major" -> major = in.int64();
        case "minor" -> minor = in.int64();
        // Go's FileMode carries the kind of file above the permission bits; engines pass it on.
        case "fileMode" -> fileMode = (int) in.uint32() & 07777;
        case "uid" -> uid = in.uint32();
        case "gid" -> gid = in.uint32();
        default -> in.skip();
      }
    }
    if (type == LinuxDeviceType.FIFO) {
      major = major == null ? (Long) 0L : major;
      minor = minor == null ? (Long) 0L : minor;
    }
    return new LinuxDevice(
        in.require(path, "path"),
        in.require(type, "type"),
        in.require(major, "major"),
        in.require(minor, "minor"),
        fileMode,
        new LinuxDevice.Owner(uid, gid));
  }

  private static Map<String, LinuxNetDevice> netDevices(JsonIn in) {
    Map<String, LinuxNetDevice> devices = new TreeMap<>();
    in.beginObject();
    while (in.nextName()) {
      String name = in.name();
      String inside = "";
      in.beginObject();
      while (in.nextName()) {
        switch (in.name()) {
          case "name" -> inside = in.string();
          default -> in.skip();
        }
      }
      devices.put(name, new LinuxNetDevice(inside));
    }
    return devices;
  }

  private static void rootfsPropagation(JsonIn in, Linux.Builder linux) {
    String text = in.string();
    if (text.isEmpty()) {
      return;
    }
    RootfsPropagation propagation = RootfsPropagation.of(text);
    if (propagation == null) {
      throw in.unknown(text, "shared, slave, private, unbindable, or one of these after an r");
    }
    linux.rootfsPropagation(propagation);
  }

  private static LinuxIntelRdt intelRdt(JsonIn in) {
    String closId = "";
    List<String> schemata = List.of();
    String l3CacheSchema = "";
    String memBwSchema = "";
    boolean enableMonitoring = false;
    in.beginObject();
    while (in.nextName()) {
      switch (in.name()) {
        case "closID" -> closId = in.string();
        case "schemata" -> schemata = in.strings();
        case "l3CacheSchema" -> l3CacheSchema = in.string();
        case "memBwSchema" -> memBwSchema = in.string();
        case "enableMonitoring" -> enableMonitoring = in.bool();
        default -> in.skip();
      }
    }
    return new LinuxIntelRdt(closId, schemata, l3CacheSchema, memBwSchema, enableMonitoring);
  }

  private static LinuxMemoryPolicy memoryPolicy(JsonIn in) {
    LinuxMemoryPolicy.Mode mode = null;
    String nodes = "";
    List<LinuxMemoryPolicy.Flag> flags = List.of();
    in.beginObject();
    while (in.nextName()) {
      switch (in.name()) {
        case "mode" -> mode = in.constant(LinuxMemoryPolicy.Mode.values());
        case "nodes" -> nodes = in.string();
        case "flags" -> flags = in.constants(LinuxMemoryPolicy.Flag.values());
        default -> in.skip();
      }
    }
    return new LinuxMemoryPolicy(in.require(mode, "mode"), nodes, flags);
  }

  private static LinuxPersonality personality(JsonIn in) {
    LinuxPersonality.Domain domain = null;
    in.beginObject();
    while (in.nextName()) {
      switch (in.name()) {
        case "domain" -> domain = in.constant(LinuxPersonality.Domain.values());
        case "flags" -> {
          in.beginArray();
          while (in.nextElement()) {
            throw in.unknown(in.string(), "none: the specification defines no flag");
          }
        }
        default -> in.skip();
      }
    }
    return new LinuxPersonality(in.require(domain, "domain"));
  }

  private static Map<String, LinuxTimeOffset> timeOffsets(JsonIn in) {
    Map<String, LinuxTimeOffset> offsets = new TreeMap<>();
    in.beginObject();
    while (in.nextName()) {
      String clock = in.name();
      if (!clock.equals("monotonic") && !clock.equals("boottime")) {
        throw in.unknown(clock, "monotonic, boottime");
      }
      long secs = 0;
      long nanosecs = 0;
      in.beginObject();
      while (in.nextName()) {
        switch (in.name()) {
          case "secs" -> secs = in.int64();
          case "nanosecs" -> nanosecs = in.uint32();
          default -> in.skip();
        }
      }
      offsets.put(clock, new LinuxTimeOffset(secs, nanosecs));
    }
    return offsets;
  }
}
