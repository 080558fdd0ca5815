package dev.brig.image.layer;

import dev.brig.image.ImageException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongSupplier;

/// Stops a decompressed stream that grows beyond all measure.
final class LimitedStream extends FilterInputStream {
  private final String archive;
  private final Limits limits;
  private final LongSupplier compressedBytes;
  private long count;

  /// Makes a stream with limits.
  ///
  /// @param in decompressed bytes
  /// @param archive what to call the archive in messages
  /// @param limits what is allowed
  /// @param compressedBytes tells how many compressed bytes have been read so far
  LimitedStream(InputStream in, String archive, Limits limits, LongSupplier compressedBytes) {
    super(in);
    this.archive = archive;
    this.limits = limits;
    this.compressedBytes = compressedBytes;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int got = in.read(target, offset, length);
    if (got > 0) {
      count += got;
      if (count > limits.bytesMax()) {
        throw bomb("more than " + limits.bytesMax() + " bytes when decompressed, the limit");
      }
      if (count > Limits.EXPANSION_FREE_BYTES
          && count / limits.expansionMax() > compressedBytes.getAsLong()) {
        throw bomb("more than " + limits.expansionMax() + " times its size when decompressed");
      }
    }
    return got;
  }

  // Skipping below would pass by the count.
  @Override
  public long skip(long wanted) throws IOException {
    return wanted <= 0 ? 0 : Math.max(read(new byte[(int) Math.min(wanted, 65536)]), 0);
  }

  private ImageException bomb(String finding) {
    return new ImageException(
        archive, finding, "a sound image is not like this: it may be made to fill a disk");
  }
}
