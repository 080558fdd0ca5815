package dev.brig.image.store;

import dev.brig.image.Descriptor;
import dev.brig.image.ImageException;
import dev.brig.image.JsonNode;
import dev.brig.image.MediaType;
import dev.brig.image.store.BlobStore.OpenBlob;
import dev.brig.linux.Fd;
import java.io.ByteArrayInputStream;
import org.jspecify.annotations.Nullable;

/// An image of which the documents come from a registry, and the layers are in the store.
final class RemoteTree implements SourceTree {
  private final RemoteImage remote;
  private final StoreTree stored;

  RemoteTree(RemoteImage remote, StoreFiles files) {
    this.remote = remote;
    this.stored = new StoreTree(files);
  }

  @Override
  public String name() {
    return remote.name();
  }

  @Override
  public @Nullable OpenBlob open(Descriptor descriptor) {
    if (descriptor.is(MediaType.Kind.LAYER)) {
      return stored.open(BlobStore.path(descriptor.digest()));
    }
    if (descriptor.sizeBytes() > JsonNode.SIZE_MAX_BYTES) {
      throw new ImageException(
          "blob " + descriptor.digest() + " of " + name(),
          "larger than 4 MiB, the limit for JSON documents",
          "");
    }
    return new OpenBlob(Fd.CWD, new ByteArrayInputStream(remote.document(descriptor)));
  }

  @Override
  public @Nullable OpenBlob open(String path) {
    // A registry has no files: what is asked for by a path is a layout's index.
    return null;
  }

  @Override
  public long size(String path) {
    return -1;
  }

  @Override
  public void close() {
    stored.close();
  }
}
