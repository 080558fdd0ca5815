package dev.brig.image.store;

import dev.brig.image.Descriptor;
import dev.brig.image.store.BlobStore.OpenBlob;
import org.jspecify.annotations.Nullable;

/// The files of an image that lies in a directory or in a tar: a few documents and the blobs.
interface SourceTree extends AutoCloseable {

  /// Returns what to call it in messages: its path.
  String name();

  /// Opens a file, or returns null if there is none of this path.
  ///
  /// @param path relative, as one of the image's own documents has it; whatever it is, nothing
  ///   outside of the tree is opened
  @Nullable OpenBlob open(String path);

  /// Opens a blob, or returns null if it is not there.
  ///
  /// @param descriptor which blob; what is read is not verified yet
  default @Nullable OpenBlob open(Descriptor descriptor) {
    return open(BlobStore.path(descriptor.digest()));
  }

  /// Returns a file's size in bytes, or -1 if there is none of this path.
  long size(String path);

  @Override
  void close();
}
