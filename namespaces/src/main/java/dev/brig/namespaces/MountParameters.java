package dev.brig.namespaces;

import dev.brig.namespaces.MountRequest.Parameter;
import java.util.List;

/// The parameters of a new filesystem, in the words of mount(2).
final class MountParameters {
  /// Every filesystem takes it from fsconfig(2); mount(2) has an argument for it.
  private static final String SOURCE_PARAMETER = "source";

  private MountParameters() {}

  static boolean hasOwner(MountRequest.New mount) {
    for (Parameter parameter : mount.parameters()) {
      if (parameter.key().equals("mode")
          || parameter.key().equals("uid")
          || parameter.key().equals("gid")) {
        return true;
      }
    }
    return false;
  }

  static boolean hasComma(MountRequest.New mount) {
    for (Parameter parameter : mount.parameters()) {
      if (parameter.value().indexOf(',') >= 0) {
        return true;
      }
    }
    return false;
  }

  /// Returns what stands for the source in /proc/self/mountinfo.
  static String source(MountRequest.New mount) {
    for (Parameter parameter : mount.parameters()) {
      if (parameter.key().equals(SOURCE_PARAMETER)) {
        return parameter.value();
      }
    }
    return mount.type();
  }

  static String data(List<Parameter> parameters) {
    StringBuilder data = new StringBuilder();
    for (Parameter parameter : parameters) {
      if (parameter.key().equals(SOURCE_PARAMETER) || MountFlags.bit(parameter) != 0) {
        continue;
      }
      data.append(data.isEmpty() ? "" : ",").append(parameter.key());
      if (!parameter.value().isEmpty()) {
        data.append('=').append(parameter.value());
      }
    }
    return data.toString();
  }
}
