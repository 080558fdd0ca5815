package dev.brig.image.layer;

import dev.brig.image.Digest;
import dev.brig.image.ImageException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// A layer on its way from a blob to a tree: blob, digest and size, decompression, limits, digest of the
/// decompressed bytes, archive.
///
///     blob ─▶ digest, size ─▶ decompress ─▶ limits ─▶ │ ─▶ diffID ─▶ tar
///
/// What is left of the bar runs in a thread of its own.
public final class LayerInput implements AutoCloseable {
  private final VerifiedStream blob;
  private final VerifiedStream content;
  private final Compression compression;
  private final TarReader tar;
  private final String layer;

  /// Opens a layer.
  ///
  /// @param blob the blob's bytes, with whatever is known about them; closed with this
  /// @param layer what to call the layer in messages
  /// @param diffId the digest of the decompressed bytes, or null if it is to be found out
  /// @param limits how much there may be
  /// @throws ImageException if the blob does not begin like a layer
  public LayerInput(VerifiedStream blob, String layer, @Nullable Digest diffId, Limits limits) {
    this.blob = blob;
    this.layer = layer;
    try {
      Compression.Opened opened = Compression.open(blob);
      this.compression = opened.compression();
      InputStream limited =
          new ReadAhead(new LimitedStream(opened.content(), layer, limits, blob::count));
      this.content =
          diffId == null
              ? VerifiedStream.unknown(limited, layer)
              : VerifiedStream.content(limited, "the content of " + layer, diffId);
    } catch (IOException e) {
      throw unreadable(e);
    }
    // Whoever knows the digest knows as well that nothing is missing at the end.
    this.tar =
        new TarReader(content, layer, diffId == null ? TarReader.End.MARKED : TarReader.End.ANY);
  }

  /// Returns the layer's archive.
  public TarReader tar() {
    return tar;
  }

  /// Returns the decompressed bytes, for whoever wants these and not the archive's entries.
  public InputStream content() {
    return content;
  }

  /// Reads what is left of the blob and verifies everything.
  ///
  /// @return the digests and the size
  /// @throws ImageException if something is not as it has to be
  public Verified finish() {
    try {
      Digest diffId = content.finish();
      return new Verified(compression, blob.finish(), blob.count(), diffId);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private ImageException unreadable(IOException e) {
    String message = e.getMessage();
    return new ImageException(
        layer, "cannot be read: " + (message == null ? e.toString() : message), "", e);
  }

  @Override
  public void close() {
    try {
      content.close();
    } catch (IOException _) {
      // Nothing was written, so nothing can be lost: ignored.
    }
  }

  /// What is certain about a layer that has been read to its end.
  ///
  /// @param compression how the blob is compressed
  /// @param digest the blob's digest
  /// @param sizeBytes the blob's size
  /// @param diffId the digest of the decompressed bytes
  public record Verified(Compression compression, Digest digest, long sizeBytes, Digest diffId) {}
}
