package dev.brig.cli.guest;

import dev.brig.cli.command.Context;
import dev.brig.error.UnsupportedException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// The kernels for virtual machines that are here.
final class Kernels {
  private final Context context;

  Kernels(Context context) {
    this.context = context;
  }

  /// Returns where brig keeps those that it got.
  Path directory() {
    return context.paths().root().resolve("kernels");
  }

  /// Returns all: those that brig got, then the host's own, each the last by name first.
  List<Path> list() {
    List<Path> all = new ArrayList<>();
    for (Path unpacked : matching(directory(), "[!.]*")) {
      all.addAll(images(unpacked));
    }
    all.addAll(images(Path.of("/")));
    return all;
  }

  /// Returns the kernels below a root, the last by name first.
  static List<Path> images(Path root) {
    return matching(root.resolve("boot"), "vmlinuz*");
  }

  /// Returns by what name brig has got a kernel, or a dash for one of the host's.
  String name(Path image) {
    return image.startsWith(directory())
        ? directory().relativize(image).getName(0).toString()
        : "-";
  }

  private static List<Path> matching(Path directory, String pattern) {
    List<Path> found = new ArrayList<>();
    if (Files.isDirectory(directory)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, pattern)) {
        files.forEach(found::add);
      } catch (IOException e) {
        throw new UnsupportedException(
            "--isolation vm", directory + " can't be read: " + e.getMessage(), "");
      }
    }
    found.sort(Collections.reverseOrder());
    return found;
  }

  /// Returns the kernel that a machine boots.
  ///
  /// @param asked the file of `--kernel`, or empty for the first one here
  GuestKernel choose(String asked) {
    if (!asked.isEmpty()) {
      return GuestKernel.of(Path.of(asked).toAbsolutePath());
    }
    List<Path> all = list();
    if (all.isEmpty()) {
      throw new UnsupportedException(
          "--isolation vm",
          "there is no kernel in " + directory() + " or /boot",
          "brig kernel fetch gets Debian's; or name one: --kernel FILE");
    }
    return GuestKernel.of(all.getFirst());
  }
}
