package dev.brig.image.store;

import dev.brig.image.Descriptor;
import dev.brig.image.Digest;
import dev.brig.image.ImageException;
import dev.brig.image.JsonNode;
import dev.brig.image.MediaType;
import dev.brig.image.store.BlobStore.OpenBlob;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A directory as skopeo's `dir:` has it, as if it were a layout: `manifest.json`, blobs by the
/// bare digits of their digests, and the manifests of a list as `DIGITS.manifest.json`.
final class SkopeoTree implements SourceTree {
  private static final String MANIFEST = "manifest.json";

  private final SourceTree directory;
  private final byte[] manifest;
  private final String manifestPath;

  /// Reads the manifest.
  ///
  /// @param directory the directory; closed with this
  SkopeoTree(SourceTree directory) {
    this.directory = directory;
    String what = directory.name() + ": " + MANIFEST;
    try (OpenBlob blob = directory.open(MANIFEST)) {
      if (blob == null) {
        throw new ImageException(what, "not there", "the image is incomplete");
      }
      this.manifest = blob.stream().readNBytes(JsonNode.SIZE_MAX_BYTES + 1);
    } catch (IOException e) {
      throw new ImageException(what, "cannot be read", "", e);
    }
    this.manifestPath = BlobStore.path(Digest.of(manifest));
  }

  /// Returns the descriptor of the manifest, whose kind its own members tell.
  Descriptor descriptor() {
    JsonNode json = JsonNode.parse(manifest, directory.name() + ": " + MANIFEST);
    MediaType assumed =
        json.find("manifests") == null ? MediaType.OCI_MANIFEST : MediaType.OCI_INDEX;
    String type = json.textOr("mediaType", assumed.text());
    return new Descriptor(type, Digest.of(manifest), manifest.length, Map.of(), null);
  }

  @Override
  public String name() {
    return directory.name();
  }

  @Override
  public @Nullable OpenBlob open(String path) {
    if (path.equals(manifestPath)) {
      return directory.open(MANIFEST);
    }
    String digits = path.substring(path.lastIndexOf('/') + 1);
    OpenBlob blob = directory.open(digits);
    return blob == null ? directory.open(digits + ".manifest.json") : blob;
  }

  @Override
  public long size(String path) {
    try (OpenBlob blob = open(path)) {
      return blob == null ? -1 : directory.size(path.substring(path.lastIndexOf('/') + 1));
    }
  }

  @Override
  public void close() {
    directory.close();
  }
}
