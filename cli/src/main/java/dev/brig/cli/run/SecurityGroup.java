package dev.brig.cli.run;

import dev.brig.cli.bundle.CapabilityNames;
import dev.brig.cli.bundle.RunOptions;
import dev.brig.cli.bundle.RunOptions.Switch;
import dev.brig.cli.bundle.SeccompChoice;
import dev.brig.cli.value.Capabilities;
import dev.brig.cli.value.Devices;
import dev.brig.cli.value.Paths;
import dev.brig.cli.value.Wrong;
import dev.brig.error.UsageException;
import dev.brig.runtime.spec.LinuxDeviceCgroup;
import java.util.ArrayList;
import java.util.List;

/// What a container may do.
final class SecurityGroup implements OptionGroup {
  private final LifecycleGroup switches;
  private final List<String> added = new ArrayList<>();
  private final List<String> dropped = new ArrayList<>();
  private final List<String> masked = new ArrayList<>();
  private final List<String> unmasked = new ArrayList<>();
  private final List<LinuxDeviceCgroup> deviceRules = new ArrayList<>();
  private SeccompChoice seccomp = new SeccompChoice.Default();

  /// Makes an empty group.
  ///
  /// @param switches where switches are kept
  SecurityGroup(LifecycleGroup switches) {
    this.switches = switches;
  }

  /// Returns what was said.
  RunOptions.Security options() {
    if (added.contains(CapabilityNames.ALL) && dropped.contains(CapabilityNames.ALL)) {
      throw new UsageException(
          "--cap-add ALL --cap-drop ALL", "the two contradict each other", "leave one of them");
    }
    return new RunOptions.Security(added, dropped, seccomp, masked, unmasked, deviceRules);
  }

  @Override
  public boolean accept(RunOption option, String value) {
    String spelling = option.longestName();
    switch (option) {
      case CAP_ADD -> addCapabilities(added, spelling, value);
      case CAP_DROP -> addCapabilities(dropped, spelling, value);
      case DEVICE_CGROUP_RULE -> deviceRules.add(Devices.rule(spelling, value));
      case SECURITY_OPT -> securityOption(spelling, value);
      default -> {
        return false;
      }
    }
    return true;
  }

  private static void addCapabilities(List<String> names, String option, String value) {
    for (String name : value.split(",", -1)) {
      names.add(Capabilities.parse(option, name));
    }
  }

  private void securityOption(String option, String text) {
    // docker's older spelling has a colon: no-new-privileges:true
    int equals = text.indexOf('=') >= 0 ? text.indexOf('=') : text.indexOf(':');
    String key = equals < 0 ? text : text.substring(0, equals);
    String value = equals < 0 ? "" : text.substring(equals + 1);
    switch (key) {
      case "seccomp" -> seccomp = seccomp(option, text, value);
      case "no-new-privileges" -> noNewPrivileges(option, text, value);
      case "mask" -> paths(masked, option, text, value);
      case "unmask" -> {
        if (value.equalsIgnoreCase("ALL")) {
          unmasked.add(CapabilityNames.ALL);
        } else {
          paths(unmasked, option, text, value);
        }
      }
      case "systempaths" -> {
        if (!value.equals("unconfined")) {
          throw Wrong.value(option, text, "must be systempaths=unconfined");
        }
        unmasked.add(CapabilityNames.ALL);
      }
      case "label", "apparmor" -> withoutProfile(key, option, text, value);
      default ->
          throw Wrong.value(
              option, text, "must be one of seccomp=, no-new-privileges, mask= and unmask=");
    }
  }

  /// brig sets no label and no profile of the two security modules, so that it can be asked for
  /// none only.
  private static void withoutProfile(String key, String option, String text, String value) {
    String none = key.equals("label") ? "disable" : "unconfined";
    if (!value.equals(none)) {
      throw Wrong.value(
          option, text, "brig can't apply it; " + key + "=" + none + " is what it has");
    }
  }

  private static SeccompChoice seccomp(String option, String text, String value) {
    return switch (value) {
      case "" -> throw Wrong.value(option, text, "needs a file, \"unconfined\" or \"default\"");
      case "unconfined" -> new SeccompChoice.Unconfined();
      case "default" -> new SeccompChoice.Default();
      default -> new SeccompChoice.Profile(value);
    };
  }

  private void noNewPrivileges(String option, String text, String value) {
    switch (value) {
      case "", "true" -> switches.on(Switch.NO_NEW_PRIVILEGES);
      case "false" -> switches.off(Switch.NO_NEW_PRIVILEGES);
      default -> throw Wrong.value(option, text, "must be true or false");
    }
  }

  private static void paths(List<String> paths, String option, String text, String value) {
    for (String path : value.split(":", -1)) {
      paths.add(Paths.inside(option, text, path));
    }
  }
}
