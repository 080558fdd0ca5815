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

  /// Returns all: those that brig got, then the host's own, each the newest first.
  List<Path> list() {
    List<Path> all = new ArrayList<>();
    if (Files.isDirectory(directory())) {
      for (Path unpacked : matching(directory(), "*")) {
        all.addAll(matching(unpacked.resolve("boot"), "vmlinuz*"));
      }
    }
    all.addAll(matching(Path.of("/boot"), "vmlinuz*"));
    return all;
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
          "apt-get download linux-image-cloud-amd64's, dpkg-deb -x it to "
              + directory().resolve("NAME")
              + ", or name one: --kernel FILE");
    }
    return GuestKernel.of(all.getFirst());
  }
}
