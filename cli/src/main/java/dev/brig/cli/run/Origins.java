package dev.brig.cli.run;

import dev.brig.cli.bundle.DeviceOption;
import dev.brig.cli.bundle.MountOption;
import dev.brig.cli.bundle.RunOptions;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.value.Ulimits;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Remembers which option asked for what, for explanations and error messages.
final class Origins {
  private Origins() {}

  /// Returns the option by the kind and the name of what it asked for; see [RunOptions].
  static Map<String, String> of(List<Reading.Setting<RunOption>> settings, RunOptions.Files files) {
    Map<String, String> origins = new HashMap<>();
    int mounts = 0;
    int devices = 0;
    for (Reading.Setting<RunOption> setting : settings) {
      String option = setting.option().longestName();
      String value = setting.value();
      String text = setting.option().isFlag() ? option : option + " " + value;
      switch (setting.option()) {
        case VOLUME, MOUNT, TMPFS -> {
          MountOption mount = files.mounts().get(mounts++);
          origins.put("mount:" + mount.target(), text);
        }
        case DEVICE -> {
          DeviceOption device = files.devices().get(devices++);
          origins.put("device:" + device.target(), text);
        }
        case ADD_HOST -> origins.put("mount:/etc/hosts", text);
        case SHM_SIZE -> origins.put("mount:/dev/shm", text);
        case SYSCTL -> origins.put("sysctl:" + value.substring(0, value.indexOf('=')), text);
        case ULIMIT -> origins.put("rlimit:" + Ulimits.parse(option, value).type(), text);
        case SECURITY_OPT -> protectedPaths(value, text, origins);
        case NETWORK -> origins.put("namespace:network", text);
        case PID -> origins.put("namespace:pid", text);
        case IPC -> origins.put("namespace:ipc", text);
        case UTS -> origins.put("namespace:uts", text);
        case CGROUPNS -> origins.put("namespace:cgroup", text);
        case USERNS, UIDMAP, GIDMAP -> origins.put("namespace:user", text);
        case TIME -> origins.put("namespace:time", text);
        default -> {
          // The others set a value that every container has; steps name them themselves.
        }
      }
    }
    return origins;
  }

  private static void protectedPaths(String value, String text, Map<String, String> origins) {
    if (value.startsWith("mask=")) {
      for (String path : value.substring("mask=".length()).split(":", -1)) {
        origins.put("protect:" + path, text);
      }
    }
  }
}
