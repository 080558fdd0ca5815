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
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/qemu-system-x86_64")),
        "SKIPPED: no QEMU (Debian: qemu-system-x86)");
    Brig.Ended fetched = Brig.in(root).within(Duration.ofMinutes(2)).run("kernel", "fetch");
    assumeTrue(fetched.status() == 0, "SKIPPED: no linux-image-cloud-amd64: " + fetched.err());
  }
}
