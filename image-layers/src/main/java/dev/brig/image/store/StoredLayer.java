package dev.brig.image.store;

import dev.brig.image.Descriptor;
import dev.brig.image.Digest;
import dev.brig.image.layer.LayerForm;

/// A layer that the store has, as a blob and unpacked.
///
/// @param blob the blob's descriptor
/// @param diffId the digest of its decompressed bytes
/// @param chainId the digest of this layer and all below it
/// @param key its directory below `layers`
/// @param tree the path of the unpacked files, a directory or an image, below the store's
///   directory; a temporary one until the layer is published
/// @param opaqueRoot whether nothing below it is to be seen
record StoredLayer(
    Descriptor blob, Digest diffId, Digest chainId, String key, String tree, boolean opaqueRoot) {

  /// Returns the path of a published layer's unpacked files below the store's directory.
  static String treePath(String key) {
    return treePath(key, LayerForm.DIRECTORY);
  }

  /// Returns the path of a published layer in one of its forms below the store's directory.
  static String treePath(String key, LayerForm form) {
    return "layers/" + key + "/" + form.fileName();
  }

  /// Returns the path of this layer below the store's directory, as soon as it is published.
  String finalPath() {
    return treePath(key, form());
  }

  private LayerForm form() {
    return tree.endsWith("/" + LayerForm.EROFS.fileName()) ? LayerForm.EROFS : LayerForm.DIRECTORY;
  }
}
