package dev.brig.namespaces;

import java.util.List;
import java.util.Set;

/// What a container's root is made of.
public sealed interface Rootfs {

  /// A directory that becomes the root as it is: what the container writes stays in it.
  ///
  /// @param path absolute path of the directory on the host
  record Directory(String path) implements Rootfs {}

  /// A directory of the host's that is shown as it is, without what is mounted below it, and
  /// read-only from the start, so that not even a mount point is made in it.
  ///
  /// @param path absolute path of the directory on the host
  record Shown(String path) implements Rootfs {}

  /// Layers below a writable one, stacked by overlayfs inside the container's own mount namespace.
  ///
  /// @param lowers absolute paths of the read-only layers, topmost first, at least one
  /// @param upper absolute path of the writable layer
  /// @param work absolute path of an empty directory on the same filesystem as the upper one
  /// @param durability whether the writable layer outlives the container
  /// @param xattrs where overlayfs keeps its marks
  /// @param mounting how the layers are told to the kernel
  /// @param images those of the read-only layers that are EROFS images and no directories; with
  ///   [Mounting#ONE_STRING] at most one
  record Overlay(
      List<String> lowers,
      String upper,
      String work,
      Durability durability,
      Xattrs xattrs,
      Mounting mounting,
      Set<String> images)
      implements Rootfs {
    /// Copies the collections and refuses an empty list.
    public Overlay {
      lowers = List.copyOf(lowers);
      images = Set.copyOf(images);
      if (mounting == Mounting.ONE_STRING && images.size() > 1) {
        throw new IllegalArgumentException("images that share a mount point, in one string");
      }
      if (lowers.isEmpty()) {
        throw new IllegalArgumentException("an overlay without layers");
      }
    }

    /// Makes an overlay of directories.
    ///
    /// @param lowers absolute paths of the read-only layers, topmost first, at least one
    /// @param upper absolute path of the writable layer
    /// @param work absolute path of an empty directory on the same filesystem as the upper one
    /// @param durability whether the writable layer outlives the container
    /// @param xattrs where overlayfs keeps its marks
    /// @param mounting how the layers are told to the kernel
    public Overlay(
        List<String> lowers,
        String upper,
        String work,
        Durability durability,
        Xattrs xattrs,
        Mounting mounting) {
      this(lowers, upper, work, durability, xattrs, mounting, Set.of());
    }
  }

  /// The same in a container with a user namespace of its own, below a root outside: the layers are
  /// handed in with their ids mapped (Linux 5.19), and the writable layer with the directory that
  /// it lies in.
  ///
  /// @param lowers the read-only layers, topmost first, at least one
  /// @param directory the directory that holds `upper` and `work`, which belong to the container's
  ///   root
  /// @param durability whether the writable layer outlives the container
  record Handed(List<HandedMount> lowers, HandedMount directory, Durability durability)
      implements Rootfs {
    /// Copies the list.
    public Handed {
      lowers = List.copyOf(lowers);
    }
  }

  /// An overlay whose writable layer is in memory, and gone when the container ends.
  ///
  /// @param overlay its layers; the writable one's paths are below `place`
  /// @param place absolute path of the directory over which the memory is mounted, in the
  ///   container's mount namespace only
  /// @param size the most that can be written, in tmpfs(5)'s words (`64m`), or empty for half of
  ///   the machine's memory
  record InMemory(Overlay overlay, String place, String size) implements Rootfs {}

  /// What happens to the writable layer when the container ends.
  enum Durability {
    /// It is kept: overlayfs syncs it when it is unmounted.
    KEPT,
    /// It is thrown away: overlayfs need not sync (`volatile`, kernel 5.10).
    VOLATILE
  }

  /// The namespace of overlayfs's extended attributes.
  enum Xattrs {
    /// `trusted.overlay.*`, which needs CAP_SYS_ADMIN in the initial user namespace.
    TRUSTED,
    /// `user.overlay.*` (`userxattr`, kernel 5.11), for user namespaces.
    USER
  }

  /// The ways to tell overlayfs its layers.
  enum Mounting {
    /// fsconfig(2) with one `lowerdir+` per layer, kernel 6.8: any number and any bytes.
    LAYER_BY_LAYER,
    /// mount(2) with all options in one page.
    ONE_STRING
  }
}
