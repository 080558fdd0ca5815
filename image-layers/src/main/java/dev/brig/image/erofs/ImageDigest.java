package dev.brig.image.erofs;

import dev.brig.image.Digest;
import dev.brig.linux.Fd;
import dev.brig.linux.FileCalls;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/// The digest by which a whole image is verified: SHA-256 of its blocks from the second to the
/// last, and then of the first. The first is known last, so that this order, and no other, can be
/// computed while the image is being written.
///
/// In the shell: `(tail -c +4097 layer.erofs; head -c 4096 layer.erofs) | sha256sum`.
public final class ImageDigest {
  private static final int CHUNK_BYTES = 256 * 1024;

  private ImageDigest() {}

  /// Computes the digest of an image.
  ///
  /// @param files the calls
  /// @param fd the image, open for reading; its position does not matter and is not moved
  public static Digest of(FileCalls files, Fd fd) {
    MessageDigest digest = Digest.newSha256();
    byte[] bytes = new byte[CHUNK_BYTES];
    ByteBuffer direct = ByteBuffer.allocateDirect(CHUNK_BYTES);
    long at = Format.BLOCK;
    int count = read(files, fd, direct, bytes, at);
    while (count > 0) {
      digest.update(bytes, 0, count);
      at += count;
      count = read(files, fd, direct, bytes, at);
    }
    long first = 0;
    while (first < Format.BLOCK) {
      count = read(files, fd, direct, bytes, first);
      if (count == 0) {
        break;
      }
      digest.update(bytes, 0, (int) Math.min(count, Format.BLOCK - first));
      first += count;
    }
    return Digest.sha256(digest.digest());
  }

  private static int read(FileCalls files, Fd fd, ByteBuffer direct, byte[] bytes, long at) {
    direct.clear();
    int count = files.pread(fd, direct, at);
    direct.flip().get(bytes, 0, count);
    return count;
  }
}
