package dev.brig.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// Debian's kernel for virtual machines.
final class DebianKernel {
  private static final Path QEMU = Path.of("/usr/bin/qemu-system-x86_64");

  private DebianKernel() {}

  /// Puts it where brig looks for kernels, or skips the test: where QEMU or the package is not to
  /// be had.
  ///
  /// @param root the directory of a brig
  static void into(Path root) throws IOException, InterruptedException {
    assumeTrue(isFetchedInto(root), "SKIPPED: no QEMU, or no linux-image-cloud-amd64");
  }

  /// Puts it where brig looks for kernels: the one that a test of this checkout has fetched, which
  /// is fetched if there is none yet.
  ///
  /// @param root the directory of a brig
  /// @return whether QEMU and the package are to be had
  static synchronized boolean isFetchedInto(Path root) throws IOException, InterruptedException {
    Path kept = Checkout.root().resolve("target/kernel");
    String kernels = kept.resolve("kernels").toString();
    boolean there = ContainerLab.shell("ls \"$1\"/*/boot/vmlinuz*", kernels).status() == 0;
    if (!Files.isExecutable(QEMU) || (!there && !fetched(kept))) {
      return false;
    }
    // Linked, unless temporary files are on another disk.
    String copy =
        "mkdir -p \"$2\" && { cp -al \"$1\" \"$2/\" 2>/dev/null || cp -a \"$1\" \"$2/\"; }";
    return ContainerLab.shell(copy, kernels, root.toString()).status() == 0;
  }

  /// Fetches it.
  ///
  /// @param root the directory of a brig
  /// @return whether it could be
  static boolean fetched(Path root) throws IOException, InterruptedException {
    Brig brig = Brig.in(root).within(Duration.ofMinutes(2));
    return Files.isExecutable(QEMU) && brig.run("kernel", "fetch").status() == 0;
  }
}
