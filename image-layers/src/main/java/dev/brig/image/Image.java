package dev.brig.image;

import java.nio.file.Path;
import java.util.List;

/// An image that is ready to be stacked: its layers are directories on this machine.
///
/// @param name how the user calls it: `host`, `debian:12`, or the path of a directory or archive
/// @param id the digest of its configuration in hexadecimal, 64 digits; `host` for the host's own
///   root and the absolute path for a directory that is used as it lies
/// @param layers the directories, the **topmost first**, in the order that overlayfs wants for its
///   lower directories; never empty, never written to
/// @param config how to run it
public record Image(String name, String id, List<Path> layers, ImageConfig config) {

  /// The name of the image that is this machine's own root.
  public static final String HOST = "host";

  /// Copies the list.
  public Image {
    layers = List.copyOf(layers);
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("an image without layers");
    }
  }

  /// Returns the image that is this machine's own root, with nothing configured.
  public static Image host() {
    return new Image(HOST, HOST, List.of(Path.of("/")), ImageConfig.empty());
  }
}
