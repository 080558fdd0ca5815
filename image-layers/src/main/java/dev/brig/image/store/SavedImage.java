package dev.brig.image.store;

import dev.brig.image.Descriptor;
import dev.brig.image.Index;
import dev.brig.image.JsonNode;
import dev.brig.image.Manifest;
import dev.brig.image.MediaType;
import dev.brig.image.Platform;
import java.util.List;

/// An image that is being written elsewhere.
///
/// @param descriptor the manifest's, without a name
/// @param manifest the manifest
/// @param names the names that it is written under
record SavedImage(Descriptor descriptor, Manifest manifest, List<String> names) {
  private static final int INDEX_DEPTH_MAX = 4;

  SavedImage {
    names = List.copyOf(names);
  }

  /// Reads an image of the index: of one for several platforms, that for this machine.
  static SavedImage read(StoreFiles files, Descriptor entry, List<String> names) {
    BlobStore blobs = new BlobStore(files);
    Descriptor at = entry;
    for (int depth = 0; depth < INDEX_DEPTH_MAX && at.is(MediaType.Kind.INDEX); depth++) {
      at = Index.read(json(blobs, at)).choose(Platform.host(), "index " + at.digest());
    }
    return new SavedImage(at, Manifest.read(json(blobs, at)), names);
  }

  private static JsonNode json(BlobStore blobs, Descriptor descriptor) {
    String what = "blob " + descriptor.digest();
    return JsonNode.parse(blobs.document(descriptor, what), what);
  }
}
