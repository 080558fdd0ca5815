package dev.brig.image.layer;

import dev.brig.linux.Kernel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The layers below the one that is being unpacked, seen as overlayfs shows them: the topmost file
/// of a name counts, whiteouts and opaque directories hide what is below them.
///
/// @see <a href="https://docs.kernel.org/filesystems/overlayfs.html">Overlay Filesystem</a>
public final class LowerLayers implements AutoCloseable {
  static final String OPAQUE_TRUSTED = "trusted.overlay.opaque";
  static final String OPAQUE_USER = "user.overlay.opaque";

  private final Kernel kernel;
  private final Supplier<List<Path>> layers;
  private final List<LayerFile> roots = new ArrayList<>();
  private boolean consulted;

  /// Makes the view of some layers; they are asked for and opened when first asked about.
  ///
  /// @param kernel the system calls
  /// @param layers returns the layers, directories or images, the topmost first; none for an
  ///   image's bottom layer
  public LowerLayers(Kernel kernel, Supplier<List<Path>> layers) {
    this.kernel = kernel;
    this.layers = layers;
  }

  /// Tells whether anything was asked: then what was unpacked may look otherwise above other
  /// layers.
  boolean consulted() {
    return consulted;
  }

  /// Finds a file by the path that it has in the merged tree, through no symbolic link.
  ///
  /// @param path relative, without `.` and `..`
  /// @return the file, which the caller closes, or null if no layer shows one
  @Nullable LayerFile find(String path) {
    openRoots();
    for (LayerFile root : roots) {
      switch (look(root, path)) {
        case Found found -> {
          return found.file();
        }
        case Hidden _ -> {
          return null;
        }
        case Absent _ -> {
          // The next layer may have it.
        }
      }
    }
    return null;
  }

  private sealed interface Look {}

  private record Found(LayerFile file) implements Look {}

  // This layer says that no layer below it is to be asked.
  private record Hidden() implements Look {}

  private record Absent() implements Look {}

  private static Look look(LayerFile root, String path) {
    LayerFile at = root;
    LayerFile opened = null;
    boolean opaque = false;
    int start = 0;
    try {
      while (true) {
        int slash = path.indexOf('/', start);
        String name = slash < 0 ? path.substring(start) : path.substring(start, slash);
        LayerFile next = at.child(name).orElse(null);
        if (next == null) {
          return opaque ? new Hidden() : new Absent();
        }
        if (opened != null) {
          opened.close();
        }
        opened = next;
        at = next;
        if (at.isWhiteout() || (slash >= 0 && !at.isDirectory())) {
          return new Hidden();
        }
        if (slash < 0) {
          opened = null;
          return new Found(at);
        }
        opaque |= at.isOpaque();
        start = slash + 1;
      }
    } finally {
      if (opened != null) {
        opened.close();
      }
    }
  }

  private void openRoots() {
    if (!consulted) {
      consulted = true;
      for (Path layer : layers.get()) {
        roots.add(LayerForm.open(kernel, layer));
      }
    }
  }

  /// Closes the layers.
  @Override
  public void close() {
    for (LayerFile root : roots) {
      root.close();
    }
    roots.clear();
  }
}
