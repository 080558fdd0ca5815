package dev.brig.runtime.spec;

import dev.brig.runtime.json.JsonIn;
import java.util.ArrayList;
import java.util.List;

/// Reads the section `process`.
final class ProcessReader {
  private ProcessReader() {}

  /// Reads the section.
  static Process process(JsonIn in) {
    String cwd = null;
    Process.Builder process = Process.builder();
    in.beginObject();
    while (in.nextName()) {
      switch (in.name()) {
        case "terminal" -> process.terminal(in.bool());
        case "consoleSize" -> process.consoleSize(consoleSize(in));
        case "user" -> process.user(user(in));
        case "args" -> process.args(in.strings());
        case "env" -> process.env(in.strings());
        case "cwd" -> cwd = in.string();
        case "capabilities" -> process.capabilities(capabilities(in));
        case "rlimits" -> process.rlimits(rlimits(in));
        case "noNewPrivileges" -> process.noNewPrivileges(in.bool());
        case "apparmorProfile" -> process.apparmorProfile(in.string());
        case "oomScoreAdj" -> process.oomScoreAdj(in.int32(-1000, 1000));
        case "scheduler" -> process.scheduler(scheduler(in));
        case "selinuxLabel" -> process.selinuxLabel(in.string());
        case "ioPriority" -> process.ioPriority(ioPriority(in));
        case "execCPUAffinity" -> process.execCpuAffinity(cpuAffinity(in));
        default -> in.skip();
      }
    }
    return process.cwd(in.require(cwd, "cwd")).build();
  }

  private static ConsoleSize consoleSize(JsonIn in) {
    Integer height = null;
    Integer width = null;
    in.beginObject();
    while (in.nextName()) {
      switch (in.name()) {
        case "height" -> height = in.int32(0, 0xffff);
        case "width" -> width = in.int32(0, 0xffff);
        default -> in.skip();
      }
    }
    return new ConsoleSize(in.require(height, "height"), in.require(width, "width"));
  }

  /// Reads a user; an id that is missing is 0, as in the runtimes of the field and in the schema,
  /// although the prose calls both required.
  private static User user(JsonIn in) {
    long uid = 0;
    long gid = 0;
    Integer umask = null;
    List<Long> additionalGids = new ArrayList<>();
    in.beginObject();
    while (in.nextName()) {
      switch (in.name()) {
        case "uid" -> uid = in.uint32();
        case "gid" -> gid = in.uint32();
        case "umask" -> umask = in.int32(0, 0777);
        case "additionalGids" -> {
          additionalGids.clear();
          in.beginArray();
          while (in.nextElement()) {
            additionalGids.add(in.uint32());
          }
        }
        default -> in.skip();
      }
    }
    return new User(uid, gid, umask, additionalGids);
  }

  private static LinuxCapabilities capabilities(JsonIn in) {
    List<String> bounding = List.of();
    List<String> effective = List.of();
    List<String> inheritable = List.of();
    List<String> permitted = List.of();
    List<String> ambient = List.of();
    in.beginObject();
    while (in.nextName()) {
      switch (in.name()) {
        case "bounding" -> bounding = in.strings();
        case "effective" -> effective = in.strings();
        case "inheritable" -> inheritable = in.strings();
        case "permitted" -> permitted = in.strings();
        case "ambient" -> ambient = in.strings();
        default -> in.skip();
      }
    }
    return new LinuxCapabilities(bounding, effective, inheritable, permitted, ambient);
  }

  private static List<PosixRlimit> rlimits(JsonIn in) {
    List<PosixRlimit> rlimits = new ArrayList<>();
    in.beginArray();
    while (in.nextElement()) {
      rlimits.add(rlimit(in));
    }
    return rlimits;
  }

  private static PosixRlimit rlimit(JsonIn in) {
    String type = null;
    Long soft = null;
    Long hard = null;
    in.beginObject();
    while (in.nextName()) {
      switch (in.name()) {
        case "type" -> type = in.string();
        case "soft" -> soft = in.uint64();
        case "hard" -> hard = in.uint64();
        default -> in.skip();
      }
    }
    return new PosixRlimit(
        in.require(type, "type"), in.require(soft, "soft"), in.require(hard, "hard"));
  }

  private static Scheduler scheduler(JsonIn in) {
    SchedulerPolicy policy = null;
    int nice = 0;
    int priority = 0;
    List<SchedulerFlag> flags = List.of();
    long runtime = 0;
    long deadline = 0;
    long period = 0;
    in.beginObject();
    while (in.nextName()) {
      switch (in.name()) {
        case "policy" -> policy = in.constant(SchedulerPolicy.values());
        case "nice" -> nice = in.int32(Integer.MIN_VALUE, Integer.MAX_VALUE);
        case "priority" -> priority = in.int32(Integer.MIN_VALUE, Integer.MAX_VALUE);
        case "flags" -> flags = in.constants(SchedulerFlag.values());
        case "runtime" -> runtime = in.uint64();
        case "deadline" -> deadline = in.uint64();
        case "period" -> period = in.uint64();
        default -> in.skip();
      }
    }
    return new Scheduler(
        in.require(policy, "policy"), nice, priority, flags, runtime, deadline, period);
  }

  private static LinuxIoPriority ioPriority(JsonIn in) {
    LinuxIoPriority.IoClass ioClass = null;
    int priority = 0;
    in.beginObject();
    while (in.nextName()) {
      switch (in.name()) {
        case "class" -> ioClass = in.constant(LinuxIoPriority.IoClass.values());
        case "priority" -> priority = in.int32(0, 7);
        default -> in.skip();
      }
    }
    return new LinuxIoPriority(in.require(ioClass, "class"), priority);
  }

  private static CpuAffinity cpuAffinity(JsonIn in) {
    String initial = "";
    String last = "";
    in.beginObject();
    while (in.nextName()) {
      switch (in.name()) {
        case "initial" -> initial = in.string();
        case "final" -> last = in.string();
        default -> in.skip();
      }
    }
    return new CpuAffinity(initial, last);
  }
}
