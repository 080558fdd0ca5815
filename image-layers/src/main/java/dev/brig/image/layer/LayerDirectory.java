package dev.brig.image.layer;

import dev.brig.linux.Device;
import dev.brig.linux.Errno;
import dev.brig.linux.Fd;
import dev.brig.linux.FileType;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.OpenFlag;
import dev.brig.linux.OpenHow;
import dev.brig.linux.ResolveFlag;
import dev.brig.linux.TreeRemover;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The directory that a layer is unpacked into, and everything that is done in there.
///
/// A file is always reached by its parent's descriptor and its own single name. The parent is
/// opened by a path that [MergedTree] found to have no links, and with links, mount points and
/// upward paths forbidden to the kernel all the same: should somebody swap a directory for a link
/// meanwhile, the call fails.
final class LayerDirectory implements LayerSink {
  private static final int OPEN_MAX = 64;
  private static final int HIDDEN_PERMISSIONS = 0700;
  private static final List<ResolveFlag> RESOLVE =
      List.of(
          ResolveFlag.RESOLVE_IN_ROOT,
          ResolveFlag.RESOLVE_NO_SYMLINKS,
          ResolveFlag.RESOLVE_NO_MAGICLINKS,
          ResolveFlag.RESOLVE_NO_XDEV);
  private static final OpenHow PLACE =
      new OpenHow(List.of(OpenFlag.O_PATH, OpenFlag.O_DIRECTORY), 0, RESOLVE);
  private static final OpenHow LISTING =
      new OpenHow(List.of(OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY), 0, RESOLVE);

  private final Kernel kernel;
  private final Fd root;
  private final FileAttributes attributes;
  private final Losses losses;
  private final FileData data;
  private final TreeRemover remover;

  // Entries of a directory follow each other in an archive: few descriptors serve nearly all of
  // them.
  private final Map<LayerNode, Fd> open = new LinkedHashMap<>(OPEN_MAX * 2, 0.75f, true);

  /// Makes the directory's keeper.
  ///
  /// @param root the directory's descriptor; not closed here
  LayerDirectory(Kernel kernel, Fd root, FileAttributes attributes, Losses losses) {
    this.kernel = kernel;
    this.root = root;
    this.attributes = attributes;
    this.losses = losses;
    this.data = new FileData(kernel);
    this.remover = new TreeRemover(kernel);
  }

  /// Returns a descriptor of a directory that is present; it stays this object's.
  private Fd place(LayerNode directory) {
    if (directory.parent == null) {
      return root;
    }
    Fd fd = open.get(directory);
    if (fd == null) {
      if (open.size() >= OPEN_MAX) {
        var eldest = open.entrySet().iterator();
        eldest.next().getValue().close();
        eldest.remove();
      }
      fd = kernel.files().openat2(root, directory.path(), PLACE);
      open.put(directory, fd);
    }
    return fd;
  }

  @Override
  public void makePresent(LayerNode directory) {
    LayerNode parent = directory.parent;
    if (directory.present || parent == null) {
      return;
    }
    makePresent(parent);
    kernel.tree().mkdirat(place(parent), directory.name, HIDDEN_PERMISSIONS);
    directory.present = true;
  }

  @Override
  public void remove(LayerNode node) {
    LayerNode parent = node.parent;
    if (parent == null || !node.present) {
      return;
    }
    if (node.isDirectory()) {
      // Some of the descriptors may be of directories that go away now.
      close();
      try (Fd listing = kernel.files().openat2(root, pathOf(parent), LISTING)) {
        remover.remove(listing, node.name);
      }
    } else {
      kernel.tree().unlinkat(place(parent), node.name);
    }
    node.detach();
  }

  // openat2 has no empty path.
  private static String pathOf(LayerNode directory) {
    return directory.parent == null ? "." : directory.path();
  }

  @Override
  public void makeFile(LayerNode parent, String name, TarEntry entry, TarReader tar) {
    OpenFlag[] flags = {OpenFlag.O_WRONLY, OpenFlag.O_CREAT, OpenFlag.O_EXCL, OpenFlag.O_NOFOLLOW};
    try (Fd fd = kernel.files().openat(place(parent), name, 0600, flags)) {
      if (entry.content() instanceof TarContent.RegularFile file) {
        data.write(tar, file, fd);
      }
      attributes.apply(fd, entry.attributes(), entry.name());
    }
  }

  @Override
  public void makeSymlink(LayerNode parent, String name, String target, Attributes wanted) {
    kernel.tree().symlinkat(target, place(parent), name);
    try (Fd fd = openNode(parent, name)) {
      attributes.applyToLink(fd, wanted, LayerNode.pathOf(parent, name));
    }
  }

  private Fd openNode(LayerNode parent, String name) {
    return kernel.files().openat(place(parent), name, OpenFlag.O_PATH, OpenFlag.O_NOFOLLOW);
  }

  @Override
  public void makeFifo(LayerNode parent, String name, Attributes wanted) {
    kernel.tree().mknodat(place(parent), name, FileType.FIFO, 0600, new Device(0, 0));
    try (Fd fd = openNode(parent, name)) {
      attributes.apply(fd, wanted, LayerNode.pathOf(parent, name));
    }
  }

  @Override
  public boolean makeDevice(
      LayerNode parent, String name, TarContent.Device device, Attributes wanted) {
    FileType type =
        device.kind() == TarContent.Device.Kind.CHARACTER
            ? FileType.CHARACTER_DEVICE
            : FileType.BLOCK_DEVICE;
    String path = LayerNode.pathOf(parent, name);
    Device number = new Device(device.major(), device.minor());
    if (type == FileType.CHARACTER_DEVICE && number.number() == 0) {
      losses.add(Losses.Kind.OVERLAY, path);
      return false;
    }
    try {
      kernel.tree().mknodat(place(parent), name, type, 0600, number);
    } catch (KernelException e) {
      if (e.errno() == Errno.EPERM) {
        losses.add(Losses.Kind.DEVICE, path);
        return false;
      }
      throw e;
    }
    try (Fd fd = openNode(parent, name)) {
      attributes.apply(fd, wanted, path);
    }
    return true;
  }

  @Override
  public void makeWhiteout(LayerNode parent, String name) {
    kernel.tree().mknodat(place(parent), name, FileType.CHARACTER_DEVICE, 0, new Device(0, 0));
  }

  @Override
  public void makeLink(LayerNode target, LayerNode parent, String name) {
    LayerNode targetParent = target.parent;
    if (targetParent != null) {
      kernel.tree().linkat(place(targetParent), target.name, place(parent), name);
    }
  }

  @Override
  public void copyUp(LayerNode node, LayerFile file) {
    LayerNode parent = node.parent;
    if (parent == null) {
      return;
    }
    Attributes wanted = attributes.read(file);
    switch (file.type()) {
      case REGULAR -> copyData(parent, node.name, file, wanted);
      case SYMLINK -> makeSymlink(parent, node.name, node.target, wanted);
      case FIFO -> makeFifo(parent, node.name, wanted);
      case CHARACTER_DEVICE, BLOCK_DEVICE -> {
        var _ = makeDevice(parent, node.name, TarContent.Device.of(file), wanted);
      }
      case DIRECTORY, SOCKET, UNKNOWN ->
          throw new IllegalStateException("no layer has a " + file.type() + " to link to");
    }
    node.present = true;
  }

  private void copyData(LayerNode parent, String name, LayerFile file, Attributes wanted) {
    OpenFlag[] create = {OpenFlag.O_WRONLY, OpenFlag.O_CREAT, OpenFlag.O_EXCL, OpenFlag.O_NOFOLLOW};
    try (LayerFile.Contents source = file.contents();
        Fd target = kernel.files().openat(place(parent), name, 0600, create)) {
      data.copy(source, target, file.sizeBytes());
      attributes.apply(target, wanted, LayerNode.pathOf(parent, name));
    }
  }

  @Override
  public void finish(LayerNode directory, Attributes wanted, Opaque opaque) {
    try (Fd fd = kernel.files().openat2(root, pathOf(directory), LISTING)) {
      if (opaque == Opaque.YES) {
        markOpaque(fd);
      }
      attributes.apply(fd, wanted, directory.path());
    }
  }

  // overlayfs reads the trusted mark in a mount that root made, and the user's in one made inside a
  // user namespace (userxattr). Root's containers may be either; but tmpfs before Linux 6.6 has no
  // attributes of users, and then an upper layer there couldn't keep such marks of its own either.
  private void markOpaque(Fd fd) {
    byte[] yes = {'y'};
    if (attributes.ownership() == Ownership.KEPT) {
      kernel.xattrs().set(fd, LowerLayers.OPAQUE_TRUSTED, yes);
      try {
        kernel.xattrs().set(fd, LowerLayers.OPAQUE_USER, yes);
      } catch (KernelException e) {
        if (e.errno() != Errno.EOPNOTSUPP) {
          throw e;
        }
      }
    } else {
      kernel.xattrs().set(fd, LowerLayers.OPAQUE_USER, yes);
    }
  }

  @Override
  public void close() {
    for (Fd fd : open.values()) {
      fd.close();
    }
    open.clear();
  }
}
