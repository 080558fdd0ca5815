package dev.brig.image.layer;

import dev.brig.image.layer.TarContent.RegularFile;
import dev.brig.image.layer.TarContent.Segment;
import dev.brig.linux.Fd;
import dev.brig.linux.FileCalls;
import dev.brig.linux.Kernel;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// Writes the contents of regular files, and leaves holes where there are only zeros: a file of
/// zeros costs an archive next to nothing, and shall cost the disk no more.
final class FileData {
  private static final int CHUNK_BYTES = 256 * 1024;
  private static final int HOLE_BYTES_MIN = 4096;
  private static final byte[] ZEROS = new byte[HOLE_BYTES_MIN];

  private final FileCalls files;
  private final byte[] chunk = new byte[CHUNK_BYTES];
  private final ByteBuffer direct = ByteBuffer.allocateDirect(CHUNK_BYTES);

  FileData(Kernel kernel) {
    this.files = kernel.files();
  }

  /// Writes a file's data from the archive.
  ///
  /// @param tar the reader, right after it returned the file's entry
  /// @param file the file's size and holes
  /// @param fd an empty file, open for writing
  void write(TarReader tar, RegularFile file, Fd fd) {
    long written = 0;
    for (Segment segment : file.segments()) {
      long at = segment.offset();
      long left = segment.lengthBytes();
      while (left > 0) {
        int count = fill(tar, (int) Math.min(left, CHUNK_BYTES));
        written = Math.max(written, writeChunk(fd, count, at));
        at += count;
        left -= count;
      }
    }
    if (written < file.sizeBytes()) {
      files.ftruncate(fd, file.sizeBytes());
    }
  }

  private int fill(TarReader tar, int wanted) {
    int count = 0;
    while (count < wanted) {
      count += tar.read(chunk, count, wanted - count);
    }
    return count;
  }

  // Returns the position after the last byte that was written and not left out as a hole.
  private long writeChunk(Fd fd, int count, long position) {
    long written = 0;
    int at = 0;
    while (at < count) {
      int start = at;
      boolean zero = isZero(at, count);
      do {
        at = Math.min(at + HOLE_BYTES_MIN, count);
      } while (at < count && isZero(at, count) == zero);
      if (!zero) {
        direct.clear().put(chunk, start, at - start).flip();
        long place = position + start;
        while (direct.hasRemaining()) {
          place += files.pwrite(fd, direct, place);
        }
        written = place;
      }
    }
    return written;
  }

  private boolean isZero(int at, int count) {
    return at + HOLE_BYTES_MIN <= count
        && chunk[at] == 0
        && Arrays.equals(chunk, at, at + HOLE_BYTES_MIN, ZEROS, 0, HOLE_BYTES_MIN);
  }

  /// Copies a file of a layer below.
  ///
  /// @param source its contents
  /// @param target an empty file, open for writing
  /// @param sizeBytes the file's size
  void copy(LayerFile.Contents source, Fd target, long sizeBytes) {
    long at = 0;
    while (true) {
      direct.clear();
      int count = source.read(direct, at);
      if (count == 0) {
        break;
      }
      direct.flip().get(chunk, 0, count);
      var _ = writeChunk(target, count, at);
      at += count;
    }
    files.ftruncate(target, sizeBytes);
  }
}
