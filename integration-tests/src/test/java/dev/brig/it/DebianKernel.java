package dev.brig.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// Debian's kernel for virtual machines.
final class DebianKernel {
  private DebianKernel() {}

  /// Puts it where brig looks for kernels, or skips the test: where QEMU or the package is not to
  /// be had.
  ///
  /// @param root the directory of a brig
  static void into(Path root) throws IOException, InterruptedException {
    assumeTrue(isFetchedInto(root), "SKIPPED: no QEMU, or no linux-image-cloud-amd64");
  }

  /// Puts it where brig looks for kernels.
  ///
  /// @param root the directory of a brig
  /// @return whether QEMU and the package are to be had
  static boolean isFetchedInto(Path root) throws IOException, InterruptedException {
    return Files.isExecutable(Path.of("/usr/bin/qemu-system-x86_64"))
        && Brig.in(root).within(Duration.ofMinutes(2)).run("kernel", "fetch").status() == 0;
  }
}
