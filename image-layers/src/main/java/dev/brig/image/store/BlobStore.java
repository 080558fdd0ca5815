package dev.brig.image.store;

import dev.brig.error.BrigException;
import dev.brig.image.Descriptor;
import dev.brig.image.Digest;
import dev.brig.image.ImageException;
import dev.brig.image.JsonNode;
import dev.brig.image.layer.FdStream;
import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.OpenFlag;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.Optional;

/// The blobs of a layout, each under its digest. A blob that is there is complete.
final class BlobStore {
  private final StoreFiles files;

  BlobStore(StoreFiles files) {
    this.files = files;
  }

  static String path(Digest digest) {
    return "blobs/" + digest.algorithm() + "/" + digest.hex();
  }

  /// Tells whether a blob is there. One of a wrong size does not count: something else put it
  /// there.
  boolean has(Descriptor descriptor) {
    FileStatus status = files.status(path(descriptor.digest()));
    return status != null && status.sizeBytes() == descriptor.sizeBytes();
  }

  /// Reads a document, and verifies it.
  ///
  /// @param what to call it in messages
  /// @throws ImageException if it is not there, or not what its descriptor says
  byte[] document(Descriptor descriptor, String what) {
    if (descriptor.sizeBytes() > JsonNode.SIZE_MAX_BYTES) {
      throw new ImageException(what, "larger than 4 MiB, the limit for JSON documents", "");
    }
    byte[] bytes = files.read(path(descriptor.digest()), JsonNode.SIZE_MAX_BYTES);
    if (bytes == null) {
      throw new ImageException(
          what, "the store has no blob " + descriptor.digest(), "import the image again");
    }
    verify(bytes, descriptor, what);
    return bytes;
  }

  static void verify(byte[] bytes, Descriptor descriptor, String what) {
    byte[] hash = descriptor.digest().newComputation().digest(bytes);
    String hex = HexFormat.of().formatHex(hash);
    if (bytes.length != descriptor.sizeBytes() || !hex.equals(descriptor.digest().hex())) {
      throw new ImageException(
          what,
          "it is not what its descriptor says: "
              + bytes.length
              + " bytes with the digest "
              + hex
              + ", not "
              + descriptor.sizeBytes()
              + " with "
              + descriptor.digest(),
          "the data are damaged: get the image again");
    }
  }

  /// Stores a document that has been verified.
  ///
  /// @param publication makes it visible
  void put(SourceImage.Document document, Publication publication) {
    if (!has(document.descriptor())) {
      Temporary temporary = files.temporaryFile();
      try {
        files.kernel().files().writeAll(temporary.fd(), document.bytes());
        finish(temporary, document.digest(), publication);
      } catch (BrigException e) {
        temporary.discard(e);
        throw e;
      }
    }
  }

  /// Hands a complete blob to be published.
  void finish(Temporary temporary, Digest digest, Publication publication) {
    files.kernel().attributes().chmod(temporary.fd(), 0644);
    publication.add(temporary, path(digest));
  }

  /// Opens a blob.
  ///
  /// @return the blob, which the caller closes; empty if it is not there
  Optional<OpenBlob> open(Digest digest) {
    return files
        .kernel()
        .files()
        .openIfPresent(files.root(), path(digest), OpenFlag.O_RDONLY)
        .map(fd -> new OpenBlob(fd, new FdStream(files.kernel().files(), fd)));
  }

  /// An open file of bytes to read.
  ///
  /// @param fd closed with this
  /// @param stream what to read; closed with this
  record OpenBlob(Fd fd, InputStream stream) implements AutoCloseable {
    @Override
    public void close() {
      try (fd) {
        stream.close();
      } catch (IOException _) {
        // Nothing was written, so nothing can be lost: ignored.
      }
    }
  }
}
