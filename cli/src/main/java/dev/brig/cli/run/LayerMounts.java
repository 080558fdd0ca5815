package dev.brig.cli.run;

import dev.brig.linux.Fd;
import dev.brig.linux.FileType;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.Links;
import dev.brig.linux.MountAttr;
import java.util.ArrayList;
import java.util.List;

/// Layers as directories for whoever looks at them: an EROFS image is mounted, attached nowhere,
/// and seen through a descriptor of this process.
final class LayerMounts implements AutoCloseable {
  private final Kernel kernel;
  private final List<Fd> mounts = new ArrayList<>();

  LayerMounts(Kernel kernel) {
    this.kernel = kernel;
  }

  /// Returns a path at which a layer's files are, until this is closed; the layer's own if it is no
  /// image, or cannot be mounted.
  String path(String layer) {
    if (!layer.endsWith(".erofs")
        || kernel
            .attributes()
            .statIfPresent(Fd.CWD, layer, Links.FOLLOW)
            .filter(status -> status.type() == FileType.REGULAR)
            .isEmpty()) {
      return layer;
    }
    try (Fd context = kernel.mounts().fsopen("erofs")) {
      kernel.mounts().set(context, "source", layer);
      kernel.mounts().create(context);
      Fd mount = kernel.mounts().mount(context, MountAttr.MOUNT_ATTR_RDONLY);
      mounts.add(mount);
      // With the dot the link in /proc is followed, whoever opens it and however.
      return mount.path() + "/.";
    } catch (KernelException _) {
      // Then nothing can be said about what is in it: ignored.
      return layer;
    }
  }

  @Override
  public void close() {
    mounts.forEach(Fd::close);
  }
}
