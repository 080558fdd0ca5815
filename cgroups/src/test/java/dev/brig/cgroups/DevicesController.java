package dev.brig.cgroups;

import java.util.ArrayList;
import java.util.List;

/// The kernel's v1 devices controller (security/device_cgroup.c), told again in Java: a default and
/// exceptions from it, which merge only if kind and numbers are the same.
final class DevicesController {
  private boolean allowsByDefault = true;
  private final List<DeviceRule> exceptions = new ArrayList<>();

  /// Takes a write to devices.allow or devices.deny.
  void write(String file, String value) {
    boolean allow = file.equals("devices.allow");
    if (value.startsWith("a")) {
      allowsByDefault = allow;
      exceptions.clear();
      return;
    }
    DeviceRule rule = DeviceRule.parse(DeviceRule.Verdict.ALLOW, value);
    if (allow == allowsByDefault) {
      exceptions.replaceAll(e -> same(e, rule) ? without(e, rule.access()) : e);
      exceptions.removeIf(e -> same(e, rule) && e.access() == rule.access());
    } else {
      for (int i = 0; i < exceptions.size(); i++) {
        DeviceRule e = exceptions.get(i);
        if (same(e, rule)) {
          exceptions.set(i, e.withAccess(e.access() | rule.access()));
          return;
        }
      }
      exceptions.add(rule);
    }
  }

  /// Decides about a request for a device of one kind with two numbers.
  boolean allows(DeviceRule request) {
    for (DeviceRule exception : exceptions) {
      int missing = request.access() & ~exception.access();
      int common = request.access() & exception.access();
      if (exception.covers(request) && (allowsByDefault ? common != 0 : missing == 0)) {
        return !allowsByDefault;
      }
    }
    return allowsByDefault;
  }

  private static boolean same(DeviceRule left, DeviceRule right) {
    return left.kind() == right.kind()
        && left.major() == right.major()
        && left.minor() == right.minor();
  }

  private static DeviceRule without(DeviceRule rule, int access) {
    int left = rule.access() & ~access;
    return left == 0 ? rule : rule.withAccess(left);
  }
}
