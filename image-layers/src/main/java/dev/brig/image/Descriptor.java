package dev.brig.image;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A reference to a blob: what it is, its digest and its size, both of which are verified when it
/// is read.
///
/// @param mediaType what the blob is; not necessarily one of [MediaType]
/// @param digest the digest of the blob's bytes
/// @param sizeBytes the blob's exact size
/// @param annotations free-form; in a layout's index `org.opencontainers.image.ref.name` is the
///   image's name
/// @param platform what the image runs on, where an index says so
/// @see <a
///   href="https://github.com/opencontainers/image-spec/blob/main/descriptor.md">descriptor</a>
public record Descriptor(
    String mediaType,
    Digest digest,
    long sizeBytes,
    Map<String, String> annotations,
    @Nullable Platform platform) {

  /// The annotation that holds an image's name in the index of a layout.
  public static final String REF_NAME = "org.opencontainers.image.ref.name";

  /// Checks the size and copies the annotations.
  public Descriptor {
    if (sizeBytes < 0) {
      throw new IllegalArgumentException("size " + sizeBytes);
    }
    // In the document's order, which Map.copyOf would not keep.
    annotations = Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
  }

  /// Makes a descriptor without annotations and platform.
  ///
  /// @param mediaType what the blob is
  /// @param digest the digest of the blob's bytes
  /// @param sizeBytes the blob's exact size
  public Descriptor(MediaType mediaType, Digest digest, long sizeBytes) {
    this(mediaType.text(), digest, sizeBytes, Map.of(), null);
  }

  /// Tells whether the blob is of a kind.
  public boolean is(MediaType.Kind kind) {
    return MediaType.is(mediaType, kind);
  }

  /// Reads a descriptor.
  ///
  /// @throws ImageException if it is not one
  public static Descriptor read(JsonNode json) {
    long size = json.require("size").wholeNumber();
    if (size < 0) {
      throw json.wrong("its size is negative");
    }
    JsonNode platform = json.find("platform");
    return new Descriptor(
        json.require("mediaType").text(),
        Digest.parse(json.require("digest").text()),
        size,
        json.textMap("annotations"),
        platform == null ? null : Platform.read(platform));
  }

  /// Returns the descriptor with an annotation added or replaced.
  ///
  /// @param key the annotation's name
  /// @param value its value
  public Descriptor annotated(String key, String value) {
    Map<String, String> more = new LinkedHashMap<>(annotations);
    more.put(key, value);
    return new Descriptor(mediaType, digest, sizeBytes, more, platform);
  }
}
