package dev.brig.cli.oci;

import com.google.gson.JsonPrimitive;
import dev.brig.runtime.compile.HookCalls;
import dev.brig.runtime.compile.SeccompListener;
import dev.brig.runtime.spec.LinuxSeccomp;
import dev.brig.runtime.spec.Spec;
import java.util.Map;

/// The state of a container as its hooks get it, on one line; runtime.md#state.
final class HookStates {
  private HookStates() {}

  /// Returns the hooks of a configuration, with the state but for its status and the number of the
  /// container's process.
  static HookCalls of(String id, String bundle, Spec spec) {
    String before =
        "{\"ociVersion\":" + quoted(spec.ociVersion()) + ",\"id\":" + quoted(id) + ",\"status\":\"";
    StringBuilder after = new StringBuilder(",\"bundle\":").append(quoted(bundle));
    if (!spec.annotations().isEmpty()) {
      after.append(",\"annotations\":{");
      String comma = "";
      for (Map.Entry<String, String> annotation : spec.annotations().entrySet()) {
        after.append(comma).append(quoted(annotation.getKey())).append(':');
        after.append(quoted(annotation.getValue()));
        comma = ",";
      }
      after.append('}');
    }
    return new HookCalls(spec.hooks(), before, "\",\"pid\":", after.append('}').toString());
  }

  /// Returns what the agent of a seccomp filter is told; config-linux.md, "The Container Process
  /// State".
  ///
  /// @param status the container's status
  static SeccompListener listener(String id, String bundle, Spec spec, String status) {
    LinuxSeccomp seccomp = spec.linux().seccomp();
    if (seccomp == null || seccomp.listener().path().isEmpty()) {
      return SeccompListener.NONE;
    }
    HookCalls state = of(id, bundle, spec);
    String metadata = seccomp.listener().metadata();
    return new SeccompListener(
        seccomp.listener().path(),
        "{\"ociVersion\":" + quoted(spec.ociVersion()) + ",\"fds\":[\"seccompFd\"],\"pid\":",
        (metadata.isEmpty() ? "" : ",\"metadata\":" + quoted(metadata))
            + ",\"state\":"
            + state.beforeStatus()
            + status
            + state.beforePid(),
        state.afterPid() + "}");
  }

  /// Returns the whole state.
  static String text(HookCalls calls, String status, int pid) {
    return calls.beforeStatus() + status + calls.beforePid() + pid + calls.afterPid();
  }

  private static String quoted(String text) {
    return new JsonPrimitive(text).toString();
  }
}
