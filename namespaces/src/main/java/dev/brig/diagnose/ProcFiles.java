package dev.brig.diagnose;

import dev.brig.linux.DirectoryEntry;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.KernelText;
import dev.brig.linux.OpenFlag;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads what the kernel tells about itself below /proc.
final class ProcFiles {
  private static final int LENGTH_MAX = 16 << 20;

  private final Kernel kernel;
  private final String directory;

  ProcFiles(Kernel kernel, String directory) {
    this.kernel = kernel;
    this.directory = directory;
  }

  /// Returns the text of a file, or the empty string if it can't be read.
  ///
  /// @param path below /proc, `self/mountinfo` for example
  String text(String path) {
    try {
      Optional<byte[]> bytes =
          kernel.files().readIfPresent(Fd.CWD, directory + "/" + path, LENGTH_MAX);
      return bytes.isEmpty() ? "" : KernelText.decode(bytes.get());
    } catch (KernelException _) {
      // Of another user's process, or of one that has ended; ignored: it is as if it were not
      // there.
      return "";
    }
  }

  /// Returns the number in a file, or -1 if there is none.
  long number(String path) {
    try {
      return Long.parseLong(text(path).strip());
    } catch (NumberFormatException _) {
      return -1;
    }
  }

  /// Returns the target of a link, or the empty string.
  String link(String path) {
    try {
      return kernel.tree().readlinkIfLink(Fd.CWD, directory + "/" + path).orElse("");
    } catch (KernelException _) {
      // As above; ignored.
      return "";
    }
  }

  /// Returns the numbers of all processes that can be seen.
  List<Integer> processes() {
    List<Integer> numbers = new ArrayList<>();
    for (DirectoryEntry entry : list("")) {
      if (Character.isDigit(entry.name().charAt(0))) {
        numbers.add(Integer.parseInt(entry.name()));
      }
    }
    return numbers;
  }

  /// Returns the names in a directory below /proc; none if it can't be read.
  List<DirectoryEntry> list(String path) {
    try (Fd open =
        kernel
            .files()
            .openat(Fd.CWD, directory + "/" + path, OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY)) {
      return kernel.tree().list(open);
    } catch (KernelException _) {
      // As above; ignored.
      return List.of();
    }
  }

  /// Returns the mounts that a process sees.
  ///
  /// @param process its number, or `self`
  List<MountEntry> mounts(String process) {
    return MountEntry.parse(text(process + "/mountinfo"));
  }

  /// Returns what a process calls itself, with its number: `4711 (sleep)`.
  String describe(int process) {
    String name = text(process + "/comm").strip();
    return name.isEmpty() ? Integer.toString(process) : process + " (" + name + ")";
  }
}
