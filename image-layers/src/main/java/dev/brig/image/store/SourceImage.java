package dev.brig.image.store;

import dev.brig.image.Descriptor;
import dev.brig.image.Digest;
import dev.brig.image.Platform;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An image that was found in a source, its documents read and checked, its layers not yet.
///
/// @param what what to call it in messages
/// @param manifest the manifest with its descriptor, or null for a source that has none: one is
///   made
/// @param config the configuration, or null for a plain root file system: one is made
/// @param layers the layers, the bottom one first
/// @param names the names that the source gives it, in full
/// @param platform what it runs on
record SourceImage(
    String what,
    @Nullable Document manifest,
    @Nullable Document config,
    List<LayerSource> layers,
    List<String> names,
    Platform platform) {

  SourceImage {
    layers = List.copyOf(layers);
    names = List.copyOf(names);
  }

  /// A document and what it is.
  ///
  /// @param descriptor verified against the bytes
  /// @param bytes the document
  @SuppressWarnings("ArrayRecordComponent")
  record Document(Descriptor descriptor, byte[] bytes) {
    Digest digest() {
      return descriptor.digest();
    }
  }
}
