package dev.brig.image.layer;

import com.github.luben.zstd.ZstdOutputStream;
import dev.brig.image.Digest;
import dev.brig.linux.Fd;
import dev.brig.linux.FileCalls;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;

/// A layer on its way from a tree to a blob, in one pass: archive, digest of the archive,
/// compression, digest and size of the blob, file.
///
///     tar ─▶ diffID ─▶ compress ─▶ digest, size ─▶ file
public final class LayerOutput implements AutoCloseable {
  private static final int BUFFER_BYTES = 256 * 1024;
  private static final int ZSTD_LEVEL = 3;

  private final Measured blob;
  private final Measured content;
  private final OutputStream buffered;
  private final TarWriter tar;
  private final Compression compression;

  /// What a layer has become.
  ///
  /// @param diffId the digest of the archive
  /// @param digest the digest of the blob
  /// @param sizeBytes the size of the blob
  public record Written(Digest diffId, Digest digest, long sizeBytes) {}

  /// Begins a layer.
  ///
  /// @param files the calls
  /// @param file takes the blob; closed by its owner
  /// @param compression how it is compressed: not by xz or bzip2
  /// @throws IOException if the blob cannot be written
  public LayerOutput(FileCalls files, Fd file, Compression compression) throws IOException {
    this.compression = compression;
    this.blob = new Measured(new FdOutput(files, file));
    OutputStream compressed =
        switch (compression) {
          case NONE -> blob;
          case GZIP -> new GzipOutput(blob);
          case ZSTD -> new ZstdOutputStream(blob, ZSTD_LEVEL);
          case XZ, BZIP2 -> throw new IllegalArgumentException("no layer is " + compression);
        };
    this.content = new Measured(compressed);
    this.buffered = new BufferedOutputStream(content, BUFFER_BYTES);
    this.tar = new TarWriter(buffered);
  }

  /// Returns what takes the layer's entries.
  public TarWriter tar() {
    return tar;
  }

  /// Returns how the layer is compressed.
  public Compression compression() {
    return compression;
  }

  /// Ends the archive and the blob.
  ///
  /// @throws IOException if the blob cannot be written
  public Written finish() throws IOException {
    tar.finish();
    buffered.close();
    return new Written(content.digest(), blob.digest(), blob.count);
  }

  /// Gives the layer up if it was not finished.
  @Override
  public void close() throws IOException {
    buffered.close();
  }

  /// Computes digest and size of what passes through.
  private static final class Measured extends FilterOutputStream {
    private final MessageDigest computation = Digest.newSha256();
    private long count;

    Measured(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] data, int offset, int length) throws IOException {
      computation.update(data, offset, length);
      count += length;
      out.write(data, offset, length);
    }

    Digest digest() {
      return Digest.sha256(computation.digest());
    }
  }
}
