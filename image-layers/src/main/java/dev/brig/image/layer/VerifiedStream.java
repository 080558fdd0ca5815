package dev.brig.image.layer;

import dev.brig.image.Digest;
import dev.brig.image.ImageException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// Computes the digest and counts the bytes of what passes through it, and holds both against what
/// they have to be.
///
/// Data that come out have not been verified before [#finish] returns; until then nothing may be
/// made visible that depends on them.
public final class VerifiedStream extends FilterInputStream {
  private final MessageDigest computation;
  private final String algorithm;
  private final String subject;
  private final @Nullable Digest expected;

  // Negative if it is not known.
  private final long sizeBytes;
  private long count;

  private VerifiedStream(
      InputStream in, String subject, @Nullable Digest expected, long sizeBytes) {
    super(in);
    this.subject = subject;
    this.expected = expected;
    this.algorithm = expected == null ? "sha256" : expected.algorithm();
    this.computation = expected == null ? Digest.newSha256() : expected.newComputation();
    this.sizeBytes = sizeBytes;
  }

  /// Returns a stream of a blob whose digest and size are known.
  ///
  /// @param in the blob; closed with this stream
  /// @param subject what to call it in messages
  /// @param expected its digest
  /// @param sizeBytes its size; one byte more is an error at once
  public static VerifiedStream blob(
      InputStream in, String subject, Digest expected, long sizeBytes) {
    return new VerifiedStream(in, subject, expected, sizeBytes);
  }

  /// Returns a stream of something whose digest is known and whose size is not: a decompressed
  /// layer.
  ///
  /// @param in the bytes; closed with this stream
  /// @param subject what to call them in messages
  /// @param expected their digest
  public static VerifiedStream content(InputStream in, String subject, Digest expected) {
    return new VerifiedStream(in, subject, expected, -1);
  }

  /// Returns a stream that finds out the SHA-256 digest of what passes.
  ///
  /// @param in the bytes; closed with this stream
  /// @param subject what to call them in messages
  public static VerifiedStream unknown(InputStream in, String subject) {
    return new VerifiedStream(in, subject, null, -1);
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
      if (sizeBytes >= 0 && count > sizeBytes) {
        throw new ImageException(
            subject, "longer than the " + sizeBytes + " bytes it should have", "");
      }
      computation.update(target, offset, got);
    }
    return got;
  }

  /// Reads to be skipped, as the digest needs every byte.
  @Override
  public long skip(long wanted) throws IOException {
    byte[] rest = new byte[(int) Math.min(wanted, 64 * 1024)];
    long skipped = 0;
    while (skipped < wanted) {
      int got = read(rest, 0, (int) Math.min(rest.length, wanted - skipped));
      if (got < 0) {
        break;
      }
      skipped += got;
    }
    return skipped;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  /// Returns how many bytes have passed.
  public long count() {
    return count;
  }

  /// Reads what is left and verifies.
  ///
  /// @return the digest
  /// @throws ImageException if the digest or the size is not what it has to be
  /// @throws IOException if the rest cannot be read
  public Digest finish() throws IOException {
    byte[] rest = new byte[64 * 1024];
    int got;
    do {
      got = read(rest, 0, rest.length);
    } while (got >= 0);
    if (sizeBytes >= 0 && count != sizeBytes) {
      throw new ImageException(
          subject, count + " bytes where there should be " + sizeBytes + ": it is cut off", "");
    }
    Digest digest = new Digest(algorithm, HexFormat.of().formatHex(computation.digest()));
    if (expected != null && !expected.equals(digest)) {
      throw new ImageException(
          subject,
          "its digest is " + digest + " and should be " + expected,
          "the data are damaged or not what they claim to be: get the image again");
    }
    return digest;
  }
}
