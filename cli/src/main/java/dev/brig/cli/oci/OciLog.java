package dev.brig.cli.oci;

import com.google.gson.JsonPrimitive;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.OpenFlag;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/// The file of `--log`, in a form that containerd and podman read: one entry a line, each a JSON
/// object with `--log-format json`. What is no failure must not be of level `error`: containerd
/// takes the last one of that level for why a command failed.
///
/// @param kernel the way to the file
/// @param file its path, or empty if there is none
/// @param format `json` or `text`
record OciLog(Kernel kernel, String file, String format) {
  /// Tells whether there is a file.
  boolean isKept() {
    return !file.isEmpty();
  }

  /// Appends an entry, if there is a file that can be written to.
  ///
  /// @param level `error`, `warning` or `debug`
  void append(String level, String message) {
    if (!isKept()) {
      return;
    }
    try (Fd fd =
        kernel
            .files()
            .openat(Fd.CWD, file, 0644, OpenFlag.O_WRONLY, OpenFlag.O_CREAT, OpenFlag.O_APPEND)) {
      byte[] bytes = entry(level, message).getBytes(StandardCharsets.UTF_8);
      kernel.files().writeAll(fd, bytes);
    } catch (KernelException _) {
      // The caller reads failures on standard error; ignored: a log that can't be written to.
      return;
    }
  }

  private String entry(String level, String message) {
    String time = Instant.now().toString();
    String quoted = new JsonPrimitive(message).toString();
    return format.equals("json")
        ? "{\"level\":\"" + level + "\",\"msg\":" + quoted + ",\"time\":\"" + time + "\"}\n"
        : "time=\"" + time + "\" level=" + level + " msg=" + quoted + "\n";
  }
}
