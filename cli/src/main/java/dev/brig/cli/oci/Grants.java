package dev.brig.cli.oci;

import dev.brig.linux.Capability;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.runtime.spec.LinuxCapabilities;
import dev.brig.runtime.spec.LinuxNamespace;
import dev.brig.runtime.spec.LinuxNamespaceType;
import dev.brig.runtime.spec.Process;
import dev.brig.runtime.spec.Spec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;

/// Takes out of a process the capabilities that don't exist or can't be granted, and warns of them;
/// config.md#linux-process.
///
/// @param granted the bits that can be granted
/// @param warnings who is told
record Grants(long granted, Consumer<String> warnings) {
  private static final int STATUS_LENGTH_MAX = 16_384;
  private static final int HEX = 16;

  /// Returns what can be granted in a container: what the caller has, and all in a user namespace
  /// of the container's own.
  static Grants of(OciContext context, Spec spec) {
    for (LinuxNamespace namespace : spec.linux().namespaces()) {
      if (namespace.type() == LinuxNamespaceType.USER) {
        return new Grants(-1, context::warn);
      }
    }
    return new Grants(own(context.kernel()), context::warn);
  }

  private static long own(Kernel kernel) {
    byte[] status =
        kernel
            .files()
            .readIfPresent(Fd.CWD, "/proc/self/status", STATUS_LENGTH_MAX)
            .orElse(new byte[0]);
    return own(new String(status, StandardCharsets.UTF_8));
  }

  /// Returns the set CapPrm of /proc/PID/status; all if it does not say; proc_pid_status(5).
  static long own(String status) {
    int at = status.indexOf("\nCapPrm:\t");
    if (at < 0) {
      return -1;
    }
    int start = at + "\nCapPrm:\t".length();
    return Long.parseUnsignedLong(status.substring(start, status.indexOf('\n', start)), HEX);
  }

  /// Returns a process with what is left of its capabilities.
  Process apply(Process process) {
    LinuxCapabilities asked = process.capabilities();
    if (asked == null) {
      return process;
    }
    TreeSet<String> refused = new TreeSet<>();
    LinuxCapabilities left =
        new LinuxCapabilities(
            left(asked.bounding(), refused),
            left(asked.effective(), refused),
            left(asked.inheritable(), refused),
            left(asked.permitted(), refused),
            left(asked.ambient(), refused));
    if (refused.isEmpty()) {
      return process;
    }
    warnings.accept(
        "/process/capabilities: left out, since they do not exist or can't be granted: "
            + String.join(", ", refused));
    return process.toBuilder().capabilities(left).build();
  }

  private List<String> left(List<String> asked, TreeSet<String> refused) {
    List<String> left = new ArrayList<>(asked.size());
    for (String name : asked) {
      long bit = Capability.bit(name);
      if (bit == 0 || (granted & bit) == 0) {
        refused.add(name);
      } else {
        left.add(name);
      }
    }
    return left;
  }
}
