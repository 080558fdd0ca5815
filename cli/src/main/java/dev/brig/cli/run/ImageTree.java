package dev.brig.cli.run;

import dev.brig.image.layer.LayerFile;
import dev.brig.image.layer.LayerForm;
import dev.brig.linux.FileType;
import dev.brig.linux.Kernel;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// The files of an image as overlayfs would show them, read without mounting anything.
///
/// Each name is looked up by itself in the stack of directories that the names before it led to, so
/// that no link in an image leads out of it, whiteouts hide and opaque directories end what is
/// below.
///
/// @see <a href="https://docs.kernel.org/filesystems/overlayfs.html">overlayfs</a>
final class ImageTree {
  private static final int LINKS_MAX = 40;
  private static final int FILE_BYTES_MAX = 4 << 20;

  private final Kernel kernel;
  private final List<Path> layers;

  /// Makes a view.
  ///
  /// @param layers the image's layers, directories or EROFS images, the topmost first
  ImageTree(Kernel kernel, List<Path> layers) {
    this.kernel = kernel;
    this.layers = layers;
  }

  /// Returns the text of a regular file, or the empty string if there is none, or it is larger than
  /// 4 MiB: what a stranger made is no reason to fail before anybody needs it.
  ///
  /// @param path the path inside the image
  String text(String path) {
    List<LayerFile> opened = new ArrayList<>();
    try {
      Optional<LayerFile> file = walk(path, opened);
      return file.isPresent() ? read(file.get()) : "";
    } finally {
      for (LayerFile file : opened) {
        file.close();
      }
    }
  }

  private Optional<LayerFile> walk(String path, List<LayerFile> opened) {
    List<LayerFile> roots = roots(opened);
    Deque<List<LayerFile>> parents = new ArrayDeque<>();
    parents.push(roots);
    Deque<String> names = new ArrayDeque<>();
    push(path, names);
    int links = 0;
    while (!names.isEmpty()) {
      String name = names.pop();
      if (name.equals("..")) {
        if (parents.size() > 1) {
          parents.pop();
        }
        continue;
      }
      List<LayerFile> found = lookUp(parents.element(), name, opened);
      if (found.isEmpty()) {
        return Optional.empty();
      }
      FileType type = found.getFirst().type();
      if (type == FileType.SYMLINK) {
        if (++links > LINKS_MAX) {
          return Optional.empty();
        }
        String target = found.getFirst().target();
        if (target.startsWith("/")) {
          parents.clear();
          parents.push(roots);
        }
        push(target, names);
      } else if (type == FileType.DIRECTORY) {
        parents.push(found);
      } else {
        return names.isEmpty() ? Optional.of(found.getFirst()) : Optional.empty();
      }
    }
    return Optional.empty();
  }

  private List<LayerFile> roots(List<LayerFile> opened) {
    List<LayerFile> roots = new ArrayList<>();
    for (Path layer : layers) {
      LayerFile root = LayerForm.open(kernel, layer);
      opened.add(root);
      roots.add(root);
    }
    return roots;
  }

  /// Returns what a name stands for in a stack of directories: directories that are merged, the
  /// topmost first, or one file of another type, or nothing.
  private static List<LayerFile> lookUp(
      List<LayerFile> directories, String name, List<LayerFile> opened) {
    List<LayerFile> found = new ArrayList<>();
    for (LayerFile directory : directories) {
      Optional<LayerFile> entry = directory.child(name);
      if (entry.isEmpty()) {
        continue;
      }
      LayerFile file = entry.get();
      opened.add(file);
      if (!file.isDirectory()) {
        // A directory above hides a file below.
        return found.isEmpty() && !file.isWhiteout() ? List.of(file) : found;
      }
      found.add(file);
      if (directories.size() > 1 && file.isOpaque()) {
        return found;
      }
    }
    return found;
  }

  private static String read(LayerFile file) {
    if (file.type() != FileType.REGULAR || file.sizeBytes() > FILE_BYTES_MAX) {
      return "";
    }
    byte[] bytes = new byte[(int) file.sizeBytes()];
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    try (LayerFile.Contents contents = file.contents()) {
      int count = contents.read(buffer, 0);
      while (count > 0) {
        count = contents.read(buffer, buffer.position());
      }
    }
    return new String(bytes, 0, buffer.position(), StandardCharsets.UTF_8);
  }

  private static void push(String path, Deque<String> names) {
    String[] parts = path.split("/", -1);
    for (int i = parts.length - 1; i >= 0; i--) {
      if (!parts[i].isEmpty() && !parts[i].equals(".")) {
        names.push(parts[i]);
      }
    }
  }
}
