package dev.brig.runtime.spec;

import dev.brig.runtime.json.JsonIn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads the section `linux.resources`.
final class ResourcesReader {
  private ResourcesReader() {}

  /// Reads the section.
  static LinuxResources resources(JsonIn in) {
    LinuxResources.Builder resources = LinuxResources.builder();
    in.beginObject();
    while (in.nextName()) {
      switch (in.name()) {
        case "devices" -> resources.devices(deviceRules(in));
        case "memory" -> resources.memory(memory(in));
        case "cpu" -> resources.cpu(cpu(in));
        case "pids" -> resources.pids(pids(in));
        case "blockIO" -> resources.blockIo(BlockIoReader.blockIo(in));
        case "hugepageLimits" -> resources.hugepageLimits(hugepageLimits(in));
        case "network" -> resources.network(network(in));
        case "rdma" -> resources.rdma(rdma(in));
        case "unified" -> resources.unified(in.stringMap());
        default -> in.skip();
      }
    }
    return resources.build();
  }

  private static List<LinuxDeviceCgroup> deviceRules(JsonIn in) {
    List<LinuxDeviceCgroup> rules = new ArrayList<>();
    in.beginArray();
    while (in.nextElement()) {
      rules.add(deviceRule(in));
    }
    return rules;
  }

  private static LinuxDeviceCgroup deviceRule(JsonIn in) {
    Boolean allow = null;
    LinuxDeviceCgroup.Type type = LinuxDeviceCgroup.Type.ALL;
    Long major = null;
    Long minor = null;
    String access = "";
    in.beginObject();
    while (in.nextName()) {
      switch (in.name()) {
        case "allow" -> allow = in.bool();
        case "type" -> type = deviceRuleType(in);
        // Engines write -1 for "any", as the kernel's file takes `*`.
        case "major" -> major = anyNumber(in.int64());
        case "minor" -> minor = anyNumber(in.int64());
        case "access" -> access = access(in);
        default -> in.skip();
      }
    }
    return new LinuxDeviceCgroup(in.require(allow, "allow"), type, major, minor, access);
  }

  private static LinuxDeviceCgroup.Type deviceRuleType(JsonIn in) {
    String text = in.string();
    if (text.isEmpty()) {
      return LinuxDeviceCgroup.Type.ALL;
    }
    LinuxDeviceCgroup.Type type = LinuxDeviceCgroup.Type.of(text);
    if (type == null) {
      throw in.unknown(text, "a, b, c");
    }
    return type;
  }

  private static @Nullable Long anyNumber(long number) {
    return number == -1 ? null : (Long) number;
  }

  private static String access(JsonIn in) {
    String access = in.string();
    for (int i = 0; i < access.length(); i++) {
      if ("rwm".indexOf(access.charAt(i)) < 0) {
        throw in.unknown(access, "r, w and m, or several of these");
      }
    }
    return access;
  }

  private static LinuxMemory memory(JsonIn in) {
    LinuxMemory.Builder memory = LinuxMemory.builder();
    in.beginObject();
    while (in.nextName()) {
      switch (in.name()) {
        case "limit" -> memory.limit(in.int64());
        case "reservation" -> memory.reservation(in.int64());
        case "swap" -> memory.swap(in.int64());
        case "kernel" -> memory.kernel(in.int64());
        case "kernelTCP" -> memory.kernelTcp(in.int64());
        case "swappiness" -> memory.swappiness(in.uint64());
        case "disableOOMKiller" -> memory.disableOomKiller(in.bool());
        case "useHierarchy" -> memory.useHierarchy(in.bool());
        case "checkBeforeUpdate" -> memory.checkBeforeUpdate(in.bool());
        default -> in.skip();
      }
    }
    return memory.build();
  }

  private static LinuxCpu cpu(JsonIn in) {
    LinuxCpu.Builder cpu = LinuxCpu.builder();
    in.beginObject();
    while (in.nextName()) {
      switch (in.name()) {
        case "shares" -> cpu.shares(in.uint64());
        case "quota" -> cpu.quota(in.int64());
        case "burst" -> cpu.burst(in.uint64());
        case "period" -> cpu.period(in.uint64());
        case "realtimeRuntime" -> cpu.realtimeRuntime(in.int64());
        case "realtimePeriod" -> cpu.realtimePeriod(in.uint64());
        case "cpus" -> cpu.cpus(in.string());
        case "mems" -> cpu.mems(in.string());
        case "idle" -> cpu.idle(in.int64());
        default -> in.skip();
      }
    }
    return cpu.build();
  }

  private static LinuxPids pids(JsonIn in) {
    Long limit = null;
    in.beginObject();
    while (in.nextName()) {
      switch (in.name()) {
        case "limit" -> limit = in.int64();
        default -> in.skip();
      }
    }
    return new LinuxPids(limit);
  }

  private static List<LinuxHugepageLimit> hugepageLimits(JsonIn in) {
    List<LinuxHugepageLimit> limits = new ArrayList<>();
    in.beginArray();
    while (in.nextElement()) {
      String pageSize = null;
      Long limit = null;
      in.beginObject();
      while (in.nextName()) {
        switch (in.name()) {
          case "pageSize" -> pageSize = in.string();
          case "limit" -> limit = in.uint64();
          default -> in.skip();
        }
      }
      limits.add(
          new LinuxHugepageLimit(in.require(pageSize, "pageSize"), in.require(limit, "limit")));
    }
    return limits;
  }

  private static LinuxNetwork network(JsonIn in) {
    Long classId = null;
    List<LinuxInterfacePriority> priorities = List.of();
    in.beginObject();
    while (in.nextName()) {
      switch (in.name()) {
        case "classID" -> classId = in.uint32();
        case "priorities" -> priorities = priorities(in);
        default -> in.skip();
      }
    }
    return new LinuxNetwork(classId, priorities);
  }

  private static List<LinuxInterfacePriority> priorities(JsonIn in) {
    List<LinuxInterfacePriority> priorities = new ArrayList<>();
    in.beginArray();
    while (in.nextElement()) {
      String name = null;
      Long priority = null;
      in.beginObject();
      while (in.nextName()) {
        switch (in.name()) {
          case "name" -> name = in.string();
          case "priority" -> priority = in.uint32();
          default -> in.skip();
        }
      }
      priorities.add(
          new LinuxInterfacePriority(in.require(name, "name"), in.require(priority, "priority")));
    }
    return priorities;
  }

  private static Map<String, LinuxRdma> rdma(JsonIn in) {
    Map<String, LinuxRdma> limits = new TreeMap<>();
    in.beginObject();
    while (in.nextName()) {
      String device = in.name();
      Long hcaHandles = null;
      Long hcaObjects = null;
      in.beginObject();
      while (in.nextName()) {
        switch (in.name()) {
          case "hcaHandles" -> hcaHandles = in.uint32();
          case "hcaObjects" -> hcaObjects = in.uint32();
          default -> in.skip();
        }
      }
      limits.put(device, new LinuxRdma(hcaHandles, hcaObjects));
    }
    return limits;
  }
}
