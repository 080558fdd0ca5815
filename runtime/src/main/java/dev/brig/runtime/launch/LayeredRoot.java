package dev.brig.runtime.launch;

import dev.brig.error.UnsupportedException;
import dev.brig.linux.Fd;
import dev.brig.linux.FileType;
import dev.brig.linux.Host;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelFeature;
import dev.brig.linux.Links;
import dev.brig.namespaces.Rootfs;
import dev.brig.runtime.container.ContainerPaths;
import dev.brig.runtime.container.ContainerRecord;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Finds how an image's layers are stacked on this machine.
final class LayeredRoot {
  /// What mount(2) takes as options: a page, less its terminating zero.
  private static final int OPTIONS_BYTES_MAX = 4095;

  /// The most lower directories that overlayfs takes: `OVL_MAX_STACK`.
  private static final int LAYERS_MAX = 500;

  private final Kernel kernel;
  private final Host host;

  LayeredRoot(Kernel kernel, Host host) {
    this.kernel = kernel;
    this.host = host;
  }

  /// Returns the layers of a container below its writable one.
  ///
  /// @param record the container
  /// @param paths where its files are
  /// @param durability whether what it writes on disk outlives it
  /// @throws UnsupportedException if this kernel can't stack so many, or not in memory
  Rootfs of(ContainerRecord record, ContainerPaths paths, Rootfs.Durability durability) {
    List<String> lowers = new ArrayList<>();
    Set<String> images = new HashSet<>();
    for (Path layer : record.image().layers().reversed()) {
      String path = layer.toString();
      lowers.add(path);
      if (isImage(path)) {
        images.add(path);
      }
    }
    String memory = record.memory();
    boolean inMemory = !memory.isEmpty();
    String place = paths.work().toString();
    String upper = inMemory ? place + "/upper" : paths.upper().toString();
    String work = inMemory ? place + "/work" : place;
    Rootfs.Overlay overlay =
        new Rootfs.Overlay(
            lowers,
            upper,
            work,
            durability,
            host.identity().isRootless() ? Rootfs.Xattrs.USER : Rootfs.Xattrs.TRUSTED,
            mounting(lowers, upper, work, images.size()),
            images);
    return inMemory ? inMemory(overlay, place, memory) : overlay;
  }

  private Rootfs inMemory(Rootfs.Overlay overlay, String place, String memory) {
    if (host.identity().isRootless() && !host.has(KernelFeature.TMPFS_USER_XATTR)) {
      throw new UnsupportedException(
          "--upper tmpfs",
          "this kernel's tmpfs keeps no attributes of ordinary users, which overlayfs needs",
          "use Linux " + KernelFeature.TMPFS_USER_XATTR.since() + ", or leave the option out");
    }
    return new Rootfs.InMemory(overlay, place, memory.equals("tmpfs") ? "" : memory);
  }

  /// Tells whether a layer is an EROFS image. A directory may have such a name as well.
  private boolean isImage(String layer) {
    return layer.endsWith(".erofs")
        && kernel
            .attributes()
            .statIfPresent(Fd.CWD, layer, Links.FOLLOW)
            .filter(status -> status.type() == FileType.REGULAR)
            .isPresent();
  }

  private Rootfs.Mounting mounting(List<String> lowers, String upper, String work, int images) {
    if (lowers.size() > LAYERS_MAX) {
      throw new UnsupportedException(
          "stack " + lowers.size() + " layers",
          "overlayfs takes no more than " + LAYERS_MAX,
          "brig commit --squash makes an image with one layer of them");
    }
    // Room for the options' names, and for a backslash before a few characters.
    int length = 128 + bytes(upper) + bytes(work);
    for (String lower : lowers) {
      length += bytes(lower) + 1;
    }
    if (length <= OPTIONS_BYTES_MAX && images <= 1) {
      return Rootfs.Mounting.ONE_STRING;
    }
    if (host.has(KernelFeature.OVERLAY_LOWERDIR_APPEND)) {
      return Rootfs.Mounting.LAYER_BY_LAYER;
    }
    throw new UnsupportedException(
        "stack " + lowers.size() + " layers",
        "their paths are longer than the " + OPTIONS_BYTES_MAX + " bytes that this kernel takes",
        "use Linux " + KernelFeature.OVERLAY_LOWERDIR_APPEND.since() + ", or a shorter --root");
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
