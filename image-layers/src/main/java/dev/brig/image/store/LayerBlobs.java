package dev.brig.image.store;

import dev.brig.error.BrigException;
import dev.brig.image.Descriptor;
import dev.brig.image.Digest;
import dev.brig.image.ImageException;
import dev.brig.image.layer.LayerInput;
import dev.brig.image.layer.Limits;
import dev.brig.image.layer.VerifiedStream;
import dev.brig.image.store.BlobStore.OpenBlob;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// Reads layers' blobs: those that the store lacks from where they come from, and stores them
/// meanwhile.
final class LayerBlobs {
  private final StoreFiles files;
  private final BlobStore blobs;
  private final Publication publication;
  private final Limits limits;

  LayerBlobs(StoreFiles files, Publication publication, Limits limits) {
    this.files = files;
    this.blobs = new BlobStore(files);
    this.publication = publication;
    this.limits = limits;
  }

  /// What is done with a layer's archive while its blob is being read.
  interface Use {
    void read(LayerInput input);
  }

  /// What a blob turned out to be.
  ///
  /// @param descriptor the blob's descriptor
  /// @param diffId the digest of its decompressed bytes
  record Read(Descriptor descriptor, Digest diffId) {}

  boolean has(@Nullable Descriptor blob) {
    return blob != null && blobs.has(blob);
  }

  /// Brings a blob into the store.
  Descriptor ingest(LayerSource source) {
    return read(source, input -> input.tar().drain()).descriptor();
  }

  /// Reads a blob, and verifies it.
  Read read(LayerSource source, Use use) {
    Descriptor known = source.descriptor();
    boolean have = has(known);
    try (OpenBlob blob = have ? open(known, source) : source.opener().get()) {
      if (have) {
        return read(blob.stream(), source, use);
      }
      return ingest(blob.stream(), source, use);
    }
  }

  private Read ingest(InputStream stream, LayerSource source, Use use) {
    Temporary temporary = files.temporaryFile();
    try {
      var copied = new IngestStream(stream, files.kernel().files(), temporary);
      Read read = read(copied, source, use);
      blobs.finish(temporary, read.descriptor().digest(), publication);
      return read;
    } catch (BrigException e) {
      temporary.discard(e);
      throw e;
    }
  }

  private OpenBlob open(@Nullable Descriptor known, LayerSource source) {
    return known == null
        ? source.opener().get()
        : blobs
            .open(known.digest())
            .orElseThrow(() -> new ImageException(source.what(), "its blob is gone", ""));
  }

  private Read read(InputStream stream, LayerSource source, Use use) {
    Descriptor known = source.descriptor();
    VerifiedStream verified =
        known == null
            ? VerifiedStream.unknown(stream, source.what())
            : VerifiedStream.blob(stream, source.what(), known.digest(), known.sizeBytes());
    try (LayerInput input = new LayerInput(verified, source.what(), source.diffId(), limits)) {
      use.read(input);
      LayerInput.Verified found = input.finish();
      Descriptor descriptor =
          known == null
              ? new Descriptor(
                  LayerBlobWriter.mediaType(found.compression()), found.digest(), found.sizeBytes())
              : known;
      return new Read(descriptor, found.diffId());
    }
  }
}
