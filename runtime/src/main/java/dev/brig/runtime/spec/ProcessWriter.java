package dev.brig.runtime.spec;

import dev.brig.runtime.json.JsonOut;
import java.util.List;

/// Writes the section `process`.
final class ProcessWriter {
  private ProcessWriter() {}

  /// Writes the properties of the section into the object that is open.
  static void write(Process process, JsonOut out) {
    out.ifTrue("terminal", process.terminal());
    ConsoleSize size = process.consoleSize();
    if (size != null) {
      out.beginObject("consoleSize");
      out.required("height", size.height());
      out.required("width", size.width());
      out.endObject();
    }
    user(process.user(), out);
    out.strings("args", process.args());
    out.strings("env", process.env());
    out.required("cwd", process.cwd());
    LinuxCapabilities capabilities = process.capabilities();
    if (capabilities != null) {
      capabilities(capabilities, out);
    }
    rlimits(process.rlimits(), out);
    out.ifTrue("noNewPrivileges", process.noNewPrivileges());
    out.optional("apparmorProfile", process.apparmorProfile());
    out.optional("oomScoreAdj", process.oomScoreAdj());
    Scheduler scheduler = process.scheduler();
    if (scheduler != null) {
      scheduler(scheduler, out);
    }
    out.optional("selinuxLabel", process.selinuxLabel());
    LinuxIoPriority ioPriority = process.ioPriority();
    if (ioPriority != null) {
      out.beginObject("ioPriority");
      out.required("class", ioPriority.ioClass().name());
      out.required("priority", ioPriority.priority());
      out.endObject();
    }
    CpuAffinity affinity = process.execCpuAffinity();
    if (affinity != null) {
      out.beginObject("execCPUAffinity");
      out.optional("initial", affinity.initial());
      out.optional("final", affinity.last());
      out.endObject();
    }
  }

  private static void user(User user, JsonOut out) {
    out.beginObject("user");
    out.required("uid", user.uid());
    out.required("gid", user.gid());
    out.optional("umask", user.umask());
    if (!user.additionalGids().isEmpty()) {
      out.beginArray("additionalGids");
      for (long gid : user.additionalGids()) {
        out.element(gid);
      }
      out.endArray();
    }
    out.endObject();
  }

  private static void capabilities(LinuxCapabilities capabilities, JsonOut out) {
    out.beginObject("capabilities");
    out.strings("bounding", capabilities.bounding());
    out.strings("effective", capabilities.effective());
    out.strings("inheritable", capabilities.inheritable());
    out.strings("permitted", capabilities.permitted());
    out.strings("ambient", capabilities.ambient());
    out.endObject();
  }

  private static void rlimits(List<PosixRlimit> rlimits, JsonOut out) {
    if (rlimits.isEmpty()) {
      return;
    }
    out.beginArray("rlimits");
    for (PosixRlimit rlimit : rlimits) {
      out.beginObject();
      out.required("type", rlimit.type());
      out.unsigned("hard", rlimit.hard());
      out.unsigned("soft", rlimit.soft());
      out.endObject();
    }
    out.endArray();
  }

  private static void scheduler(Scheduler scheduler, JsonOut out) {
    out.beginObject("scheduler");
    out.required("policy", scheduler.policy().name());
    out.nonZero("nice", scheduler.nice());
    out.nonZero("priority", scheduler.priority());
    out.constants("flags", scheduler.flags());
    nonZeroUnsigned("runtime", scheduler.runtime(), out);
    nonZeroUnsigned("deadline", scheduler.deadline(), out);
    nonZeroUnsigned("period", scheduler.period(), out);
    out.endObject();
  }

  private static void nonZeroUnsigned(String name, long value, JsonOut out) {
    if (value != 0) {
      out.unsigned(name, value);
    }
  }
}
