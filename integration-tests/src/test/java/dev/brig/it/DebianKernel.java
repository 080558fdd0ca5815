package dev.brig.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

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
    Brig.Ended kernel =
        ContainerLab.shell(
            """
            mkdir -p "$1/kernels/debian" && cd "$1/kernels" &&
              apt-get -qq -o APT::Sandbox::User=root download \
              $(apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: \\(linux-image-.*\\)/\\1/p') &&
              dpkg-deb -x linux-image*.deb debian && rm linux-image*.deb
            """,
            root.toString());
    assumeTrue(kernel.status() == 0, "SKIPPED: no linux-image-cloud-amd64: " + kernel.err());
  }
}
