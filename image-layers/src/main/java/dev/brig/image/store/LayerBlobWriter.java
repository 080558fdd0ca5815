package dev.brig.image.store;

import dev.brig.error.BrigException;
import dev.brig.image.Descriptor;
import dev.brig.image.ImageException;
import dev.brig.image.MediaType;
import dev.brig.image.layer.Compression;
import dev.brig.image.layer.LayerOutput;
import java.io.IOException;

/// Writes layers that brig makes itself into the store, each in one pass.
final class LayerBlobWriter {
  private final StoreFiles files;
  private final BlobStore blobs;

  LayerBlobWriter(StoreFiles files) {
    this.files = files;
    this.blobs = new BlobStore(files);
  }

  /// Writes a layer.
  ///
  /// @param contents writes its entries
  /// @param compression how it is compressed, not by xz or bzip2
  /// @param publication makes the blob visible
  /// @throws dev.brig.image.ImageException if it cannot be written
  ImageBuild.Layer write(
      ImageCommit.Contents contents, Compression compression, Publication publication) {
    Temporary temporary = files.temporaryFile();
    try (LayerOutput output =
        new LayerOutput(files.kernel().files(), temporary.fd(), compression)) {
      contents.write(output.tar());
      LayerOutput.Written written = output.finish();
      Descriptor blob =
          new Descriptor(mediaType(compression), written.digest(), written.sizeBytes());
      if (blobs.has(blob)) {
        temporary.close();
      } else {
        blobs.finish(temporary, written.digest(), publication);
      }
      return new ImageBuild.Layer(blob, written.diffId());
    } catch (BrigException e) {
      temporary.discard(e);
      throw e;
    } catch (IOException e) {
      ImageException failure =
          new ImageException("layer", "cannot be written: " + e.getMessage(), "", e);
      temporary.discard(failure);
      throw failure;
    }
  }

  /// Returns the media type of a layer that is compressed so.
  static MediaType mediaType(Compression compression) {
    return switch (compression) {
      case NONE -> MediaType.OCI_LAYER;
      case GZIP -> MediaType.OCI_LAYER_GZIP;
      case ZSTD -> MediaType.OCI_LAYER_ZSTD;
      case XZ, BZIP2 -> throw new IllegalStateException("no layer is " + compression);
    };
  }
}
