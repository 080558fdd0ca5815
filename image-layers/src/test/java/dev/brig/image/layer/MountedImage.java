package dev.brig.image.layer;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.brig.linux.Fd;
import dev.brig.linux.FileType;
import dev.brig.linux.Host;
import dev.brig.linux.HostProbe;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelFeature;
import dev.brig.linux.MountAttr;
import java.nio.file.Path;
import java.util.List;

/// An EROFS image as the kernel shows it. The mount is attached nowhere, so that nothing else sees
/// it and nothing of it can be left.
final class MountedImage implements AutoCloseable {
  private final Kernel kernel;
  private final Fd root;

  MountedImage(Kernel kernel, Path image) {
    this.kernel = kernel;
    try (Fd context = kernel.mounts().fsopen("erofs")) {
      kernel.mounts().set(context, "source", image.toString());
      kernel.mounts().create(context);
      this.root = kernel.mounts().mount(context, MountAttr.MOUNT_ATTR_RDONLY);
    }
  }

  /// Skips a test where the kernel mounts no image from a file, naming what is missing.
  static void assume(Kernel kernel) {
    Host host = new HostProbe(kernel, List.of());
    assumeTrue(kernel.processes().euid() == 0, "mounting an EROFS image takes root");
    assumeTrue(
        host.has(KernelFeature.EROFS_FROM_FILE),
        "Linux " + KernelFeature.EROFS_FROM_FILE.since() + " mounts EROFS images from files");
  }

  /// Returns a path of the root for this process.
  Path path() {
    return Path.of(root.path());
  }

  /// Returns the root, opened anew.
  LayerFile file() {
    LayerFile file = LayerForm.open(kernel, path());
    if (file.type() != FileType.DIRECTORY) {
      throw new IllegalStateException("no directory");
    }
    return file;
  }

  @Override
  public void close() {
    root.close();
  }
}
