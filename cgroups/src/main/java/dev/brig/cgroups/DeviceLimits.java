package dev.brig.cgroups;

import dev.brig.cgroups.CgroupHost.Access;
import dev.brig.cgroups.CgroupHost.Hierarchy;
import dev.brig.cgroups.DeviceRule.Kind;
import dev.brig.cgroups.DeviceRule.Verdict;
import java.util.ArrayList;
import java.util.List;

/// Access to devices: the v1 controller where there is one, a BPF program otherwise.
///
/// On a host with both, the controller takes a third of the time (0.16 ms, joining and removing
/// included, against 0.5 ms for the kernel's checking and compiling of the program).
final class DeviceLimits {
  private DeviceLimits() {}

  static void plan(List<DeviceRule> rules, Draft draft) {
    if (rules.isEmpty()) {
      return;
    }
    for (Hierarchy hierarchy : draft.host().hierarchies()) {
      if (hierarchy.has(Controller.DEVICES) && hierarchy.access() == Access.WRITABLE) {
        v1(rules, draft.group(Controller.DEVICES, Limit.DEVICES), draft);
        return;
      }
    }
    for (Hierarchy hierarchy : draft.host().hierarchies()) {
      if (hierarchy.version() == Version.V2 && hierarchy.access() == Access.WRITABLE) {
        draft.group(hierarchy);
        draft.program(DeviceProgram.of(rules));
        return;
      }
    }
    draft.group(Controller.DEVICES, Limit.DEVICES);
  }

  private static void v1(List<DeviceRule> rules, Group group, Draft draft) {
    List<DeviceRule> exceptions = new ArrayList<>();
    Verdict rest = Verdict.ALLOW;
    for (DeviceRule rule : rules) {
      if (rule.isTotal()) {
        rest = rule.verdict();
        exceptions.clear();
      } else if (rule.kind() == Kind.ALL) {
        // The controller reads "a" as everything, whatever follows it.
        add(of(rule, Kind.CHARACTER), rest, exceptions, draft);
        add(of(rule, Kind.BLOCK), rest, exceptions, draft);
      } else {
        add(rule, rest, exceptions, draft);
      }
    }
    if (rest == Verdict.DENY) {
      draft.write(group, "devices.deny", "a", Limit.DEVICES, "deny all devices");
    }
    for (DeviceRule exception : exceptions) {
      String text = exception.text();
      switch (exception.verdict()) {
        case ALLOW ->
            draft.write(group, "devices.allow", text, Limit.DEVICES, "allow device " + text);
        case DENY -> draft.write(group, "devices.deny", text, Limit.DEVICES, "deny device " + text);
      }
    }
  }

  private static DeviceRule of(DeviceRule rule, Kind kind) {
    return new DeviceRule(rule.verdict(), kind, rule.major(), rule.minor(), rule.access());
  }

  /// Adds a rule to the exceptions from a verdict, or takes it out of them if it agrees with the
  /// verdict.
  private static void add(DeviceRule rule, Verdict rest, List<DeviceRule> exceptions, Draft draft) {
    if (rule.verdict() != rest) {
      except(rule, exceptions);
      return;
    }
    for (int i = exceptions.size() - 1; i >= 0; i--) {
      DeviceRule exception = exceptions.get(i);
      int common = exception.access() & rule.access();
      if (common == 0 || !rule.meets(exception)) {
        continue;
      }
      if (!rule.covers(exception)) {
        throw draft.unsupported(
            Limit.DEVICES,
            "cgroup v1 can't "
                + (rest == Verdict.DENY ? "deny" : "allow")
                + " \""
                + rule.text()
                + "\" out of the wider \""
                + exception.text()
                + "\" before it",
            "list the devices one by one, or start the kernel with cgroup_no_v1=devices");
      }
      int left = exception.access() & ~common;
      if (left == 0) {
        exceptions.remove(i);
      } else {
        exceptions.set(i, exception.withAccess(left));
      }
    }
  }

  /// Adds an exception, and to each overlap with another one the bits of both: the controller
  /// allows a request only if one exception has all the bits of it.
  private static void except(DeviceRule rule, List<DeviceRule> exceptions) {
    List<DeviceRule> overlaps = new ArrayList<>();
    int access = rule.access();
    for (int i = 0; i < exceptions.size(); i++) {
      DeviceRule other = exceptions.get(i);
      if (!rule.meets(other)) {
        continue;
      }
      if (rule.covers(other)) {
        exceptions.set(i, other.withAccess(other.access() | rule.access()));
      } else if (other.covers(rule)) {
        access |= other.access();
      } else {
        overlaps.add(rule.overlap(other));
      }
    }
    exceptions.add(rule.withAccess(access));
    for (DeviceRule overlap : overlaps) {
      exceptions.add(overlap);
    }
  }
}
