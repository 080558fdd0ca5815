package dev.brig.image.layer;

import com.github.luben.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.tukaani.xz.XZInputStream;

/// How an archive is compressed, told by its first bytes: what a name or a media type says is often
/// wrong.
public enum Compression {
  /// Not at all, as far as its beginning tells.
  NONE,
  /// gzip, RFC 1952.
  GZIP,
  /// Zstandard, RFC 8878.
  ZSTD,
  /// xz. No layer of an image is compressed so, only whole root file systems and archives are.
  XZ,
  /// bzip2. No layer of an image is compressed so either.
  BZIP2;

  // What xz -9 needs, four times.
  private static final int XZ_MEMORY_KIB = 256 * 1024;

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

  /// Tells whether an image may hold layers in this form.
  public boolean isOfLayers() {
    return this == NONE || this == GZIP || this == ZSTD;
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
  /// @throws IOException if the stream cannot be read
  public static Opened open(InputStream in) throws IOException {
    byte[] start = new byte[MAGIC_BYTES];
    int length = in.readNBytes(start, 0, start.length);
    PushbackInputStream whole = new PushbackInputStream(in, MAGIC_BYTES);
    whole.unread(start, 0, length);
    Compression compression = of(start, length);
    return switch (compression) {
      case NONE -> new Opened(compression, whole);
      case GZIP -> new Opened(compression, new GzipStream(whole));
      case ZSTD -> new Opened(compression, new ZstdInputStream(whole));
      case XZ -> new Opened(compression, new XZInputStream(whole, XZ_MEMORY_KIB));
      case BZIP2 ->
          new Opened(
              compression,
              new BZip2CompressorInputStream(whole, /* decompressConcatenated= */ true));
    };
  }
}
