package dev.brig.cli.attack;

import dev.brig.diagnose.MountEntry;
import dev.brig.linux.DirectoryEntry;
import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.Links;
import dev.brig.linux.OpenFlag;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What /proc tells of one process.
///
/// @param kernel the way to the machine
/// @param pid the process's number here, or `self`
record ProcessView(Kernel kernel, String pid) {
  private static final int FILE_BYTES_MAX = 4 << 20;

  /// Returns the text of a file of the machine, or empty if it cannot be read.
  static String text(Kernel kernel, String path) {
    try {
      return kernel
          .files()
          .readIfPresent(Fd.CWD, path, FILE_BYTES_MAX)
          .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
          .orElse("");
    } catch (KernelException _) {
      // Not for this reader, or gone.
      return "";
    }
  }

  /// Returns the text of `/proc/PID/NAME`, or empty if it cannot be read.
  String text(String name) {
    return text(kernel, "/proc/" + pid + "/" + name);
  }

  /// Returns a field of `/proc/PID/status`, or empty.
  String status(String field) {
    for (String line : text("status").split("\n", -1)) {
      if (line.startsWith(field + ":")) {
        return line.substring(field.length() + 1).strip();
      }
    }
    return "";
  }

  /// Returns what names a namespace, `net:[4026531840]`, or empty if it may not be seen.
  String namespace(String name) {
    try {
      return kernel.tree().readlinkIfLink(Fd.CWD, "/proc/" + pid + "/ns/" + name).orElse("");
    } catch (KernelException _) {
      return "";
    }
  }

  /// Returns the mounts that the process sees.
  List<MountEntry> mounts() {
    return MountEntry.parse(text("mountinfo"));
  }

  /// Returns the devices in a directory of the process's root, one level deep, by their names.
  List<String> devices(String directory) {
    List<String> devices = new ArrayList<>();
    String path = "/proc/" + pid + "/root" + directory;
    try (Fd fd = kernel.files().openat(Fd.CWD, path, OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY)) {
      for (DirectoryEntry entry : kernel.tree().list(fd)) {
        Optional<FileStatus> status =
            kernel.attributes().statIfPresent(fd, entry.name(), Links.NOFOLLOW);
        if (status.isPresent() && isDevice(status.get())) {
          devices.add(entry.name());
        }
      }
    } catch (KernelException _) {
      return List.of();
    }
    devices.sort(null);
    return devices;
  }

  private static boolean isDevice(FileStatus status) {
    return switch (status.type()) {
      case CHARACTER_DEVICE, BLOCK_DEVICE -> status.special().number() != 0;
      default -> false;
    };
  }
}
