package dev.brig.image.layer;

import dev.brig.image.ImageException;
import dev.brig.image.erofs.ErofsWriter;
import dev.brig.image.layer.LayerNode.Kind;
import dev.brig.image.layer.LayerSink.Opaque;
import dev.brig.image.layer.MergedTree.Missing;
import dev.brig.image.layer.TarContent.Device;
import dev.brig.image.layer.TarContent.Directory;
import dev.brig.image.layer.TarContent.Fifo;
import dev.brig.image.layer.TarContent.HardLink;
import dev.brig.image.layer.TarContent.RegularFile;
import dev.brig.image.layer.TarContent.Symlink;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Unpacks a layer into a directory of its own, in the form in which overlayfs takes lower
/// directories.
///
/// A whiteout becomes a character device 0:0 and an opaque directory an extended attribute, both
/// only where a layer below has something to hide: overlayfs lists marks without an effect as files
/// that are not there. Directories that the archive implies and does not have get the attributes
/// that the layers below show. Whatever the archive contains, nothing outside the directory is
/// touched; after a failure the directory's contents are undefined and its owner removes it.
public final class LayerExtractor {
  private static final String PREFIX = ".wh.";
  private static final String OPAQUE = ".wh..wh..opq";
  private static final String AUFS = ".wh..wh.";
  private static final Attributes IMPLIED = new Attributes(0755, 0, 0, 0, 0, Map.of());

  private final Kernel kernel;
  private final LowerLayers lower;
  private final Losses losses = new Losses();
  private final FileAttributes attributes;
  private final Limits limits;
  private final MergedTree tree;

  /// Makes an extractor for one layer.
  ///
  /// @param kernel the system calls
  /// @param lower the layers below
  /// @param ownership whose the files become
  /// @param limits how much the layer may contain
  public LayerExtractor(Kernel kernel, LowerLayers lower, Ownership ownership, Limits limits) {
    this.kernel = kernel;
    this.lower = lower;
    this.limits = limits;
    this.attributes = new FileAttributes(kernel, ownership, losses);
    this.tree = new MergedTree(lower);
  }

  /// Unpacks a layer into a directory.
  ///
  /// @param tar the layer
  /// @param root an empty directory that nobody else writes to
  /// @param layer what to call the layer in messages
  /// @return what came of it
  /// @throws ImageException if the layer is damaged or hostile
  /// @throws KernelException if the file system refuses something
  public LayerSummary extract(TarReader tar, Fd root, String layer) {
    try (LayerSink directory = new LayerDirectory(kernel, root, attributes, losses)) {
      return extract(tar, directory, layer);
    }
  }

  /// Unpacks a layer into an image.
  ///
  /// @param tar the layer
  /// @param writer of an image that is still empty; not finished here
  /// @param layer what to call the layer in messages
  /// @return what came of it
  /// @throws ImageException if the layer is damaged or hostile
  /// @throws KernelException if the image cannot be written
  public LayerSummary extract(TarReader tar, ErofsWriter writer, String layer) {
    try (LayerSink image = new ErofsLayer(writer, losses)) {
      return extract(tar, image, layer);
    }
  }

  private LayerSummary extract(TarReader tar, LayerSink sink, String layer) {
    Extraction extraction = new Extraction(tar, sink, layer);
    long entries = extraction.entries();
    extraction.finish(tree.root());
    tar.drain();
    return new LayerSummary(lower.consulted(), tree.root().opaque, entries, losses);
  }

  private final class Extraction {
    private final TarReader tar;
    private final LayerSink sink;
    private final String layer;

    Extraction(TarReader tar, LayerSink sink, String layer) {
      this.tar = tar;
      this.sink = sink;
      this.layer = layer;
    }

    long entries() {
      long count = 0;
      TarEntry entry = tar.next();
      while (entry != null) {
        count++;
        if (count > limits.entriesMax()) {
          throw new ImageException(
              layer, "more than " + limits.entriesMax() + " entries, the limit", "");
        }
        String subject = "entry \"" + entry.name() + "\" of " + layer;
        try {
          add(entry);
        } catch (KernelException e) {
          throw e.during("unpack " + subject);
        } catch (ImageException e) {
          throw e.in(subject);
        }
        entry = tar.next();
      }
      return count;
    }

    private void add(TarEntry entry) {
      List<String> path = EntryPath.split(entry.name());
      if (path.isEmpty()) {
        addRoot(entry);
        return;
      }
      for (String component : path) {
        if (component.startsWith(AUFS) && !component.equals(OPAQUE)) {
          // What AUFS kept for itself and Docker never cleaned from some images; no part of the
          // tree.
          return;
        }
      }
      List<String> above = path.subList(0, path.size() - 1);
      for (String component : above) {
        if (component.startsWith(PREFIX)) {
          throw wrong("a path through a whiteout");
        }
      }
      String name = path.getLast();
      if (name.startsWith(PREFIX)) {
        addWhiteout(above, name);
      } else {
        LayerNode parent = tree.directory(above, Missing.ADDED);
        if (parent == null) {
          throw new IllegalStateException("a directory was not added");
        }
        sink.makePresent(parent);
        addFile(parent, name, entry);
      }
    }

    private void addRoot(TarEntry entry) {
      if (!(entry.content() instanceof Directory)) {
        throw wrong("the root of the file system can only be a directory");
      }
      tree.root().attributes = entry.attributes();
    }

    // Every type counts: whiteouts come as files, links and directories.
    private void addWhiteout(List<String> above, String name) {
      String hidden = name.substring(PREFIX.length());
      if (hidden.isEmpty() || hidden.equals(".") || hidden.equals("..")) {
        throw wrong("a whiteout of \"" + hidden + "\", which no file is called");
      }
      LayerNode parent = tree.directory(above, Missing.NOWHERE);
      if (parent == null) {
        return;
      }
      if (name.equals(OPAQUE)) {
        parent.opaque = true;
        parent.forgetLower();
        return;
      }
      parent.addWhiteout(hidden);
      LayerNode child = parent.child(hidden);
      if (child != null && !child.present) {
        child.detach();
      } else if (child != null && child.isDirectory()) {
        child.forgetLower();
      }
    }

    private void addFile(LayerNode parent, String name, TarEntry entry) {
      switch (entry.content()) {
        case Directory _ -> addDirectory(parent, name, entry.attributes());
        case RegularFile _ -> {
          makeRoom(parent, name);
          sink.makeFile(parent, name, entry, tar);
          attach(parent, name, Kind.OTHER, "");
        }
        case Symlink(String target) -> {
          makeRoom(parent, name);
          sink.makeSymlink(parent, name, target, entry.attributes());
          attach(parent, name, Kind.SYMLINK, target);
        }
        case HardLink(String target) -> addLink(parent, name, target);
        case Device device -> {
          makeRoom(parent, name);
          if (sink.makeDevice(parent, name, device, entry.attributes())) {
            attach(parent, name, Kind.OTHER, "");
          } else {
            // What the layers below have under this name is not what the layer wants there either.
            parent.addWhiteout(name);
          }
        }
        case Fifo _ -> {
          makeRoom(parent, name);
          sink.makeFifo(parent, name, entry.attributes());
          attach(parent, name, Kind.OTHER, "");
        }
      }
    }

    private void addDirectory(LayerNode parent, String name, Attributes wanted) {
      LayerNode existing = parent.child(name);
      LayerNode node =
          existing != null && existing.isDirectory()
              ? existing
              : newDirectory(parent, name, existing);
      sink.makePresent(node);
      node.attributes = wanted;
    }

    private LayerNode newDirectory(LayerNode parent, String name, @Nullable LayerNode existing) {
      makeRoom(parent, name);
      LayerNode node = new LayerNode(parent, name, Kind.DIRECTORY, "").attach();
      // A file of this layer took the place of whatever was there; this takes the file's place.
      node.replaced = existing != null && existing.present;
      return node;
    }

    private void makeRoom(LayerNode parent, String name) {
      LayerNode existing = parent.child(name);
      if (existing != null) {
        sink.remove(existing);
        existing.detach();
      }
    }

    private static void attach(LayerNode parent, String name, Kind kind, String target) {
      new LayerNode(parent, name, kind, target).attach().present = true;
    }

    private void addLink(LayerNode parent, String name, String targetPath) {
      List<String> path = EntryPath.split(targetPath);
      LayerNode target = path.isEmpty() ? tree.root() : find(path);
      if (target == null) {
        throw wrong("a hard link to \"" + targetPath + "\", which is not there");
      }
      if (target.isDirectory()) {
        throw wrong("a hard link to the directory \"" + targetPath + "\"");
      }
      if (!target.present) {
        copyUp(target);
      }
      if (target == parent.child(name)) {
        return;
      }
      makeRoom(parent, name);
      sink.makeLink(target, parent, name);
      attach(parent, name, target.kind, target.target);
    }

    // A complaint about the entry, whose name is added on the way up.
    private static ImageException wrong(String finding) {
      return new ImageException("", finding, "");
    }

    private @Nullable LayerNode find(List<String> path) {
      LayerNode parent = tree.directory(path.subList(0, path.size() - 1), Missing.NOWHERE);
      return parent == null ? null : tree.child(parent, path.getLast());
    }

    // The kernel links only within a file system, and overlayfs within a layer.
    private void copyUp(LayerNode node) {
      LayerNode parent = node.parent;
      LayerFile file = parent == null ? null : tree.lower(parent, node.name);
      if (parent == null || file == null) {
        throw new IllegalStateException("a file of a layer below is gone");
      }
      try (file) {
        sink.makePresent(parent);
        sink.copyUp(node, file);
      }
    }

    /// Makes the marks for overlayfs and sets the directories' attributes, those inside before the
    /// one around them: a directory may forbid its owner to enter it.
    void finish(LayerNode node) {
      for (LayerNode child : node.children()) {
        if (child.isDirectory()) {
          finish(child);
        }
      }
      try {
        makeWhiteouts(node);
        if (node.opaque && !node.present && isInLower(node)) {
          sink.makePresent(node);
        }
        if (node.present) {
          // overlayfs does not look for the mark on a layer's root; the summary tells it.
          boolean opaque = node.parent != null && (node.opaque || node.isNew());
          sink.finish(node, wanted(node), opaque ? Opaque.YES : Opaque.NO);
        }
      } catch (KernelException e) {
        throw e.during("unpack directory \"" + node.path() + "\" of " + layer);
      }
    }

    private void makeWhiteouts(LayerNode node) {
      if (node.whiteouts().isEmpty() || node.hidesLower()) {
        return;
      }
      for (String name : node.whiteouts()) {
        LayerNode child = node.child(name);
        if ((child == null || !child.present) && isLower(node, name)) {
          sink.makePresent(node);
          sink.makeWhiteout(node, name);
        }
      }
    }

    private boolean isInLower(LayerNode node) {
      return node.parent != null && !node.parent.hidesLower() && isLower(node.parent, node.name);
    }

    private boolean isLower(LayerNode parent, String name) {
      LayerFile file = tree.lower(parent, name);
      if (file == null) {
        return false;
      }
      file.close();
      return true;
    }

    private Attributes wanted(LayerNode node) {
      if (node.attributes != null) {
        return node.attributes;
      }
      LayerNode parent = node.parent;
      if (parent == null || node.isNew() || parent.hidesLower()) {
        return IMPLIED;
      }
      LayerFile file = tree.lower(parent, node.name);
      if (file == null) {
        return IMPLIED;
      }
      try (file) {
        return file.isDirectory() ? attributes.read(file) : IMPLIED;
      }
    }
  }
}
