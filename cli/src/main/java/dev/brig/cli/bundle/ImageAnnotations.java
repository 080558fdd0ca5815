package dev.brig.cli.bundle;

import dev.brig.image.ImageConfig;
import java.util.LinkedHashMap;
import java.util.Map;

/// What of an image's configuration goes into a container's annotations: for others to read, as
/// nothing of brig's own depends on it.
///
/// @see <a
///   href="https://github.com/opencontainers/image-spec/blob/main/conversion.md#annotation-fields">Annotation
///   Fields</a>
final class ImageAnnotations {
  private static final String PREFIX = "org.opencontainers.image.";

  private ImageAnnotations() {}

  /// Returns the annotations: those that the image implies, over them its labels, over these what
  /// was given.
  ///
  /// @param image the image's configuration
  /// @param given the annotations that the command line has
  static Map<String, String> of(ImageConfig image, Map<String, String> given) {
    Map<String, String> annotations = new LinkedHashMap<>();
    put(annotations, "os", image.os());
    put(annotations, "architecture", image.architecture());
    put(annotations, "variant", image.origin().variant());
    put(annotations, "author", image.origin().author());
    put(annotations, "created", image.origin().created());
    put(annotations, "stopSignal", image.stopSignal());
    put(annotations, "exposedPorts", String.join(",", image.exposedPorts()));
    annotations.putAll(image.labels());
    annotations.putAll(given);
    return annotations;
  }

  private static void put(Map<String, String> annotations, String name, String value) {
    if (!value.isEmpty()) {
      annotations.put(PREFIX + name, value);
    }
  }
}
