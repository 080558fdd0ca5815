package dev.brig.image.layer;

import com.github.luben.zstd.ZstdInputStream;
import dev.brig.image.ImageException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Locale;

/// How an archive is compressed, told by its first bytes: what a name or a media type says is often
/// wrong.
public enum Compression {
  /// Not at all, as far as its beginning tells.
  NONE,
  /// gzip, RFC 1952.
  GZIP,
  /// Zstandard, RFC 8878.
  ZSTD,
  /// xz, which brig does not decompress.
  XZ,
  /// bzip2, which brig does not decompress.
  BZIP2;

  private static final int MAGIC_BYTES = 6;

  /// Returns the compression of data that begin like this.
  ///
  /// @param start holds the first bytes, six or all that there are
  /// @param length how many there are
  public static Compression of(byte[] start, int length) {
    if (begins(start, length, 0x1f, 0x8b)) {
      return GZIP;
    }
    if (begins(start, length, 0x28, 0xb5, 0x2f, 0xfd)) {
      return ZSTD;
    }
    // A skippable frame may come first: zstd:chunked layers have them.
    if (length >= 4
        && (start[0] & 0xf0) == 0x50
        && begins(start, length, start[0], 0x2a, 0x4d, 0x18)) {
      return ZSTD;
    }
    if (begins(start, length, 0xfd, '7', 'z', 'X', 'Z', 0)) {
      return XZ;
    }
    return begins(start, length, 'B', 'Z', 'h') ? BZIP2 : NONE;
  }

  private static boolean begins(byte[] start, int length, int... magic) {
    if (length < magic.length) {
      return false;
    }
    for (int i = 0; i < magic.length; i++) {
      if (start[i] != (byte) magic[i]) {
        return false;
      }
    }
    return true;
  }

  /// A stream that has been looked at.
  ///
  /// @param compression how it is compressed
  /// @param content its decompressed bytes; closing it closes the stream
  public record Opened(Compression compression, InputStream content) {}

  /// Returns the decompressed bytes of a stream, whatever it is compressed by.
  ///
  /// @param in the stream; closed with the result
  /// @param archive what to call it in messages
  /// @throws ImageException if brig does not know the compression
  /// @throws IOException if the stream cannot be read
  public static Opened open(InputStream in, String archive) throws IOException {
    byte[] start = new byte[MAGIC_BYTES];
    int length = in.readNBytes(start, 0, start.length);
    PushbackInputStream whole = new PushbackInputStream(in, MAGIC_BYTES);
    whole.unread(start, 0, length);
    Compression compression = of(start, length);
    return switch (compression) {
      case NONE -> new Opened(compression, whole);
      case GZIP -> new Opened(compression, new GzipStream(whole));
      case ZSTD -> new Opened(compression, new ZstdInputStream(whole));
      case XZ, BZIP2 -> {
        String name = compression.name().toLowerCase(Locale.ROOT);
        throw new ImageException(
            archive,
            "compressed by " + name + ", which brig does not read",
            "decompress it first: " + name + " -d FILE");
      }
    };
  }
}
