package dev.brig.image.layer;

import dev.brig.image.layer.TarContent.RegularFile;
import java.io.IOException;
import java.io.OutputStream;

/// Writes a tar archive, entry by entry. The same entries always make the same bytes.
///
/// Holes are written as zeros, as the image specification wants it.
///
/// @see <a href="https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html">pax, "ustar
///   Interchange Format"</a>
public final class TarWriter {
  private static final byte[] ZEROS = new byte[64 * 1024];

  private final OutputStream out;
  private long dataLeft;
  private int padding;

  /// Makes a writer.
  ///
  /// @param out takes the archive; not closed by the writer
  public TarWriter(OutputStream out) {
    this.out = out;
  }

  /// Writes an entry's header. A regular file's data follow, exactly as many as the entry says:
  /// [#write].
  ///
  /// @throws dev.brig.image.ImageException if an extended attribute's name has a `=`, which the
  ///   format cannot hold
  /// @throws IOException if the archive cannot be written
  public void begin(TarEntry entry) throws IOException {
    if (dataLeft != 0) {
      throw new IllegalStateException(dataLeft + " bytes are missing before " + entry.name());
    }
    out.write(TarEncoder.header(entry));
    if (entry.content() instanceof RegularFile file) {
      dataLeft = file.sizeBytes();
      padding = TarEncoder.padding(dataLeft);
    }
  }

  /// Writes data of the entry that was begun last.
  ///
  /// @throws IOException if the archive cannot be written
  public void write(byte[] data, int offset, int length) throws IOException {
    if (length > dataLeft) {
      throw new IllegalStateException("more data than the entry's size");
    }
    out.write(data, offset, length);
    dataLeft -= length;
    pad();
  }

  /// Fills what is missing of the entry's data with zeros: the file has become shorter since its
  /// size was read.
  ///
  /// @throws IOException if the archive cannot be written
  public void fill() throws IOException {
    zeros(dataLeft);
    pad();
  }

  /// Writes zeros as data of the entry: a hole.
  ///
  /// @throws IOException if the archive cannot be written
  public void zeros(long count) throws IOException {
    for (long left = count; left > 0; left -= ZEROS.length) {
      out.write(ZEROS, 0, (int) Math.min(left, ZEROS.length));
    }
    dataLeft -= count;
    pad();
  }

  private void pad() throws IOException {
    if (dataLeft == 0 && padding > 0) {
      out.write(ZEROS, 0, padding);
      padding = 0;
    }
  }

  /// Returns how many bytes of data the entry still wants.
  public long dataLeft() {
    return dataLeft;
  }

  /// Writes the end of the archive.
  ///
  /// @throws IOException if the archive cannot be written
  public void finish() throws IOException {
    if (dataLeft != 0) {
      throw new IllegalStateException(dataLeft + " bytes are missing at the end");
    }
    out.write(TarEncoder.end());
  }
}
