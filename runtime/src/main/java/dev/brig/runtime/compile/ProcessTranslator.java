package dev.brig.runtime.compile;

import dev.brig.linux.Capability;
import dev.brig.linux.Rlimit;
import dev.brig.namespaces.ProcessRequest;
import dev.brig.namespaces.ProcessRequest.Credentials;
import dev.brig.namespaces.ProcessRequest.NoNewPrivileges;
import dev.brig.namespaces.ProcessRequest.Privileges;
import dev.brig.namespaces.ProcessRequest.RlimitSetting;
import dev.brig.namespaces.ProcessRequest.Setgroups;
import dev.brig.namespaces.RootfsRequest.Terminal;
import dev.brig.runtime.spec.LinuxCapabilities;
import dev.brig.runtime.spec.PosixRlimit;
import dev.brig.runtime.spec.Process;
import dev.brig.runtime.spec.Spec;
import dev.brig.runtime.spec.User;
import java.util.ArrayList;
import java.util.List;

/// Turns `process` of config.json into the planner's words; config.md#process.
final class ProcessTranslator {
  private static final int DEFAULT_UMASK = 022;

  private final Spec spec;
  private final SpecFacts facts;

  ProcessTranslator(Spec spec, SpecFacts facts) {
    this.spec = spec;
    this.facts = facts;
  }

  ProcessRequest process(SpecCompiler.Placement placement) {
    Process process = spec.process();
    if (process == null) {
      throw new IllegalArgumentException("a launch of a spec without a process");
    }
    return translate(process, placement.role());
  }

  ProcessRequest translate(Process process, ProcessRequest.Role role) {
    User user = process.user();
    Integer umask = user.umask();
    return new ProcessRequest(
        process.args(),
        process.env(),
        searchPath(process.env()),
        process.cwd(),
        new Credentials(user.uid(), user.gid(), user.additionalGids(), setgroups()),
        umask == null ? DEFAULT_UMASK : umask,
        privileges(process),
        rlimits(process),
        role,
        process.terminal() ? Terminal.CONSOLE : Terminal.NONE);
  }

  private Setgroups setgroups() {
    return switch (facts.mapping()) {
      case Isolation.IdMapping.Written written -> written.setgroups();
      case Isolation.IdMapping.Joined joined -> joined.setgroups();
      case Isolation.IdMapping.None _, Isolation.IdMapping.Delegated _ -> Setgroups.ALLOWED;
    };
  }

  private static List<String> searchPath(List<String> environment) {
    List<String> directories = new ArrayList<>();
    for (String variable : environment) {
      if (variable.startsWith("PATH=")) {
        directories.clear();
        int start = "PATH=".length();
        while (start <= variable.length()) {
          int colon = variable.indexOf(':', start);
          int end = colon < 0 ? variable.length() : colon;
          if (end > start) {
            directories.add(variable.substring(start, end));
          }
          start = end + 1;
        }
      }
    }
    return directories;
  }

  private Privileges privileges(Process process) {
    LinuxCapabilities sets = process.capabilities();
    LinuxCapabilities given = sets == null ? LinuxCapabilities.NONE : sets;
    return new Privileges(
        bits(given.bounding()),
        bits(given.permitted()),
        bits(given.effective()),
        bits(given.inheritable()),
        // Whatever else would be in it the kernel takes out; capabilities(7). runc's own template
        // asks for such a set.
        bits(given.ambient()) & bits(given.inheritable()) & bits(given.permitted()),
        facts.lastCapability(),
        process.noNewPrivileges() ? NoNewPrivileges.SET : NoNewPrivileges.UNSET,
        facts.filter());
  }

  private long bits(List<String> names) {
    long bits = 0;
    for (String name : names) {
      bits |= 1L << Capability.parse(name).number();
    }
    return bits & ((1L << (facts.lastCapability() + 1)) - 1);
  }

  private List<RlimitSetting> rlimits(Process process) {
    List<RlimitSetting> settings = new ArrayList<>();
    for (PosixRlimit limit : process.rlimits()) {
      int number = Rlimit.parse(limit.type()).number();
      String option = facts.origin("rlimit:" + limit.type());
      settings.add(new RlimitSetting(limit.type(), number, limit.soft(), limit.hard(), option));
    }
    return settings;
  }
}
