package dev.brig.runtime.files;

import dev.brig.error.UnsupportedException;
import dev.brig.linux.Fd;
import dev.brig.linux.FileType;
import dev.brig.linux.Host;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.KernelFeature;
import dev.brig.linux.MountAttr;
import dev.brig.linux.MountCalls;
import dev.brig.linux.OpenFlag;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Puts roots together from layers, as mounts without a place: nobody else sees one, and it goes
/// away with its descriptor, however its holder ends.
///
/// @see <a href="https://docs.kernel.org/filesystems/overlayfs.html">overlayfs</a>
public final class RootMounts {
  /// The most lower directories that overlayfs takes: `OVL_MAX_STACK`.
  public static final int LAYERS_MAX = 500;

  private static final int OPTION_BYTES_MAX = 255;

  private final Kernel kernel;
  private final MountCalls mounts;
  private final Host host;

  /// Makes one.
  ///
  /// @param kernel the system calls
  /// @param host what the machine has
  public RootMounts(Kernel kernel, Host host) {
    this.kernel = kernel;
    this.mounts = kernel.mounts();
    this.host = host;
  }

  /// Returns the root that some layers make, read-only.
  ///
  /// @param layers the layers, the topmost first: directories, or EROFS images
  public Fd stacked(List<Path> layers) {
    List<Fd> opened = new ArrayList<>();
    try {
      for (Path layer : layers) {
        opened.add(layer(layer));
      }
      // overlayfs wants two lower directories where there is no upper one.
      return layers.size() == 1 ? opened.removeFirst() : overlay(opened, List.of());
    } catch (KernelException e) {
      throw explained(e, layers.size());
    } finally {
      opened.forEach(Fd::close);
    }
  }

  /// Returns the root that a container has, to be written to. Nothing else may use the writable
  /// layer meanwhile.
  ///
  /// @param layers the layers below, the topmost first
  /// @param upper the writable layer
  /// @param work its work directory
  public Fd writable(List<Path> layers, Path upper, Path work) {
    List<Fd> opened = new ArrayList<>();
    List<Fd> above = new ArrayList<>();
    try {
      for (Path layer : layers) {
        opened.add(layer(layer));
      }
      above.add(directory(upper));
      above.add(directory(work));
      return overlay(opened, above);
    } catch (KernelException e) {
      throw explained(e, layers.size());
    } finally {
      opened.forEach(Fd::close);
      above.forEach(Fd::close);
    }
  }

  private static KernelException explained(KernelException e, int layers) {
    return e.during("stack " + layers + (layers == 1 ? " layer" : " layers"));
  }

  /// Opens a layer by itself: without what is mounted below it.
  private Fd layer(Path path) {
    try (Fd fd = kernel.files().openat(Fd.CWD, path.toString(), OpenFlag.O_PATH)) {
      if (kernel.attributes().stat(fd).type() == FileType.REGULAR) {
        return erofs(path);
      }
      return mounts.cloneTree(fd, "");
    }
  }

  private Fd erofs(Path path) {
    try (Fd context = mounts.fsopen("erofs")) {
      mounts.set(context, "source", path.toString());
      mounts.create(context);
      return mounts.mount(context, MountAttr.MOUNT_ATTR_RDONLY);
    }
  }

  private Fd directory(Path path) {
    return kernel.files().openat(Fd.CWD, path.toString(), OpenFlag.O_PATH, OpenFlag.O_DIRECTORY);
  }

  /// @param above the upper and the work directory, or nothing
  private Fd overlay(List<Fd> layers, List<Fd> above) {
    if (layers.size() > LAYERS_MAX) {
      throw new UnsupportedException(
          "stack " + layers.size() + " layers",
          "overlayfs takes no more than " + LAYERS_MAX,
          "brig commit --squash makes one layer of them");
    }
    try (Fd context = mounts.fsopen("overlay")) {
      mounts.set(context, "source", "overlay");
      setLayers(context, layers);
      if (!above.isEmpty()) {
        set(context, "upperdir", above.getFirst());
        set(context, "workdir", above.getLast());
      }
      if (host.identity().isRootless()) {
        // In a user namespace overlayfs keeps its marks in `user.overlay`.
        mounts.set(context, "userxattr");
      }
      mounts.create(context);
      return mounts.mount(context, MountAttr.MOUNT_ATTR_NODEV, MountAttr.MOUNT_ATTR_NOSUID);
    }
  }

  private void setLayers(Fd context, List<Fd> layers) {
    if (host.has(KernelFeature.OVERLAY_LOWERDIR_APPEND)) {
      for (Fd layer : layers) {
        set(context, "lowerdir+", layer);
      }
      return;
    }
    StringBuilder all = new StringBuilder();
    for (Fd layer : layers) {
      all.append(all.isEmpty() ? "" : ":").append(layer.path());
    }
    if (all.length() > OPTION_BYTES_MAX) {
      throw new UnsupportedException(
          "stack " + layers.size() + " layers",
          "this kernel takes them in one option of 255 bytes only",
          "use Linux " + KernelFeature.OVERLAY_LOWERDIR_APPEND.since());
    }
    mounts.set(context, "lowerdir", all.toString());
  }

  private void set(Fd context, String option, Fd value) {
    if (host.has(KernelFeature.OVERLAY_LAYER_FD)) {
      mounts.set(context, option, value);
    } else {
      mounts.set(context, option, value.path());
    }
  }
}
