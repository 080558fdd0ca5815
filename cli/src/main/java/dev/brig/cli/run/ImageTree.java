package dev.brig.cli.run;

import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.FileType;
import dev.brig.linux.Kernel;
import dev.brig.linux.OpenFlag;
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
  private static final String[] OPAQUE = {"trusted.overlay.opaque", "user.overlay.opaque"};

  private final Kernel kernel;
  private final List<Path> layers;

  /// Makes a view.
  ///
  /// @param layers the image's directories, the topmost first
  ImageTree(Kernel kernel, List<Path> layers) {
    this.kernel = kernel;
    this.layers = layers;
  }

  /// Returns the text of a regular file, or the empty string if there is none, or it is larger than
  /// 4 MiB: what a stranger made is no reason to fail before anybody needs it.
  ///
  /// @param path the path inside the image
  String text(String path) {
    List<Fd> opened = new ArrayList<>();
    try {
      Optional<Fd> file = walk(path, opened);
      return file.isPresent() ? read(file.get()) : "";
    } finally {
      for (Fd fd : opened) {
        fd.close();
      }
    }
  }

  private Optional<Fd> walk(String path, List<Fd> opened) {
    List<Fd> roots = roots(opened);
    Deque<List<Fd>> parents = new ArrayDeque<>();
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
      List<Fd> found = lookUp(parents.element(), name, opened);
      if (found.isEmpty()) {
        return Optional.empty();
      }
      FileType type = kernel.attributes().stat(found.getFirst()).type();
      if (type == FileType.SYMLINK) {
        if (++links > LINKS_MAX) {
          return Optional.empty();
        }
        String target = kernel.tree().readlinkat(found.getFirst(), "");
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

  private List<Fd> roots(List<Fd> opened) {
    List<Fd> roots = new ArrayList<>();
    for (Path layer : layers) {
      Fd root =
          kernel.files().openat(Fd.CWD, layer.toString(), OpenFlag.O_PATH, OpenFlag.O_DIRECTORY);
      opened.add(root);
      roots.add(root);
    }
    return roots;
  }

  /// Returns what a name stands for in a stack of directories: directories that are merged, the
  /// topmost first, or one file of another type, or nothing.
  private List<Fd> lookUp(List<Fd> directories, String name, List<Fd> opened) {
    List<Fd> found = new ArrayList<>();
    for (Fd directory : directories) {
      Optional<Fd> entry =
          kernel.files().openIfPresent(directory, name, OpenFlag.O_PATH, OpenFlag.O_NOFOLLOW);
      if (entry.isEmpty()) {
        continue;
      }
      opened.add(entry.get());
      FileStatus status = kernel.attributes().stat(entry.get());
      if (status.type() != FileType.DIRECTORY) {
        // A directory above hides a file below. A device 0:0 is a whiteout.
        boolean whiteout =
            status.type() == FileType.CHARACTER_DEVICE && status.special().number() == 0;
        return found.isEmpty() && !whiteout ? List.of(entry.get()) : found;
      }
      found.add(entry.get());
      if (directories.size() > 1 && isOpaque(entry.get())) {
        return found;
      }
    }
    return found;
  }

  private boolean isOpaque(Fd directory) {
    for (String name : OPAQUE) {
      Optional<byte[]> value = kernel.xattrs().get(directory, name);
      if (value.isPresent() && value.get().length == 1 && value.get()[0] == 'y') {
        return true;
      }
    }
    return false;
  }

  private String read(Fd file) {
    FileStatus status = kernel.attributes().stat(file);
    if (status.type() != FileType.REGULAR || status.sizeBytes() > FILE_BYTES_MAX) {
      return "";
    }
    try (Fd readable =
        kernel.files().openat(Fd.CWD, file.path(), OpenFlag.O_RDONLY, OpenFlag.O_NONBLOCK)) {
      return new String(kernel.files().readAll(readable, FILE_BYTES_MAX), StandardCharsets.UTF_8);
    }
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
