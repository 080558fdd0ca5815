package dev.brig.image.layer;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;

/// Brings a layer that is compressed in a way which images do not have (xz, bzip2) into one that
/// they have.
public final class Recompression {
  private static final int MAGIC_BYTES = 6;

  private Recompression() {}

  /// Returns a stream of the same layer as any reader of images takes it: the very same bytes where
  /// it was in such a form, else compressed by gzip.
  ///
  /// @param in the layer's bytes; closed with the result
  /// @param layer what to call the layer in messages
  /// @param limits how large it may become when decompressed
  /// @throws IOException if it cannot be read
  public static InputStream of(InputStream in, String layer, Limits limits) throws IOException {
    byte[] start = new byte[MAGIC_BYTES];
    int length = in.readNBytes(start, 0, start.length);
    PushbackInputStream whole = new PushbackInputStream(in, MAGIC_BYTES);
    whole.unread(start, 0, length);
    if (Compression.of(start, length).isOfLayers()) {
      return whole;
    }
    VerifiedStream counted = VerifiedStream.unknown(whole, layer);
    InputStream content = Compression.open(counted).content();
    return new GzipEncoder(new LimitedStream(content, layer, limits, counted::count));
  }
}
