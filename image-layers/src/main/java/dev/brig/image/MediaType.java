package dev.brig.image;

import java.util.Optional;

/// The kinds of document and blob that brig reads, under their OCI and their Docker names.
///
/// @see <a href="https://github.com/opencontainers/image-spec/blob/main/media-types.md">Media
///   types</a>
public enum MediaType {
  OCI_INDEX("application/vnd.oci.image.index.v1+json", Kind.INDEX),
  OCI_MANIFEST("application/vnd.oci.image.manifest.v1+json", Kind.MANIFEST),
  OCI_CONFIG("application/vnd.oci.image.config.v1+json", Kind.CONFIG),
  OCI_LAYER("application/vnd.oci.image.layer.v1.tar", Kind.LAYER),
  OCI_LAYER_GZIP("application/vnd.oci.image.layer.v1.tar+gzip", Kind.LAYER),
  OCI_LAYER_ZSTD("application/vnd.oci.image.layer.v1.tar+zstd", Kind.LAYER),
  OCI_FOREIGN_LAYER("application/vnd.oci.image.layer.nondistributable.v1.tar", Kind.LAYER),
  OCI_FOREIGN_LAYER_GZIP(
      "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", Kind.LAYER),
  OCI_FOREIGN_LAYER_ZSTD(
      "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd", Kind.LAYER),
  DOCKER_INDEX("application/vnd.docker.distribution.manifest.list.v2+json", Kind.INDEX),
  DOCKER_MANIFEST("application/vnd.docker.distribution.manifest.v2+json", Kind.MANIFEST),
  DOCKER_CONFIG("application/vnd.docker.container.image.v1+json", Kind.CONFIG),
  DOCKER_LAYER("application/vnd.docker.image.rootfs.diff.tar", Kind.LAYER),
  DOCKER_LAYER_GZIP("application/vnd.docker.image.rootfs.diff.tar.gzip", Kind.LAYER),
  DOCKER_LAYER_ZSTD("application/vnd.docker.image.rootfs.diff.tar.zstd", Kind.LAYER),
  DOCKER_FOREIGN_LAYER_GZIP(
      "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", Kind.LAYER);

  /// What something of a media type is.
  public enum Kind {
    /// A list of manifests, one for each platform.
    INDEX,
    /// One image for one platform.
    MANIFEST,
    /// An image's configuration.
    CONFIG,
    /// A change to a file tree, as a tar that may be compressed.
    LAYER
  }

  private final String text;
  private final Kind kind;

  MediaType(String text, Kind kind) {
    this.text = text;
    this.kind = kind;
  }

  /// Returns the media type's name.
  public String text() {
    return text;
  }

  /// Returns what something of this type is.
  public Kind kind() {
    return kind;
  }

  /// Returns the media type of this name, or empty if brig does not know it.
  public static Optional<MediaType> of(String text) {
    for (MediaType type : values()) {
      if (type.text.equals(text)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  /// Tells whether a media type's name is of a kind.
  public static boolean is(String text, Kind kind) {
    return of(text).map(type -> type.kind == kind).orElse(false);
  }
}
