package dev.brig.image.store;

import dev.brig.image.ImageException;
import dev.brig.image.layer.Attributes;
import dev.brig.image.layer.FdOutput;
import dev.brig.image.layer.TarContent;
import dev.brig.image.layer.TarEntry;
import dev.brig.image.layer.TarWriter;
import dev.brig.linux.Fd;
import dev.brig.linux.FileCalls;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/// A tar on a descriptor, all its files root's and without a time: the same images make the same
/// bytes.
final class TarArchive implements ArchiveSink {
  private static final int BUFFER_BYTES = 256 * 1024;

  private final TarWriter tar;
  private final byte[] buffer = new byte[BUFFER_BYTES];

  /// Makes an archive.
  ///
  /// @param fd where to write, closed by whoever opened it
  TarArchive(FileCalls files, Fd fd) {
    this.tar = new TarWriter(new FdOutput(files, fd));
  }

  @Override
  public void directory(String path) {
    try {
      tar.begin(entry(path, new TarContent.Directory(), 0755));
    } catch (IOException e) {
      throw failed(path, e);
    }
  }

  @Override
  public void file(String path, long sizeBytes, InputStream content) {
    try {
      tar.begin(entry(path, new TarContent.RegularFile(sizeBytes), 0644));
      int count = content.read(buffer, 0, buffer.length);
      while (count >= 0) {
        tar.write(buffer, 0, count);
        count = content.read(buffer, 0, buffer.length);
      }
    } catch (IOException e) {
      throw failed(path, e);
    }
  }

  @Override
  public void finish() {
    try {
      tar.finish();
    } catch (IOException e) {
      throw failed("archive", e);
    }
  }

  private static TarEntry entry(String path, TarContent content, int mode) {
    return new TarEntry(path, content, new Attributes(mode, 0, 0, 0, 0, Map.of()));
  }

  private static ImageException failed(String path, IOException e) {
    return new ImageException(path, "cannot be copied: " + e.getMessage(), "", e);
  }

  @Override
  public void close() {
    // The descriptor is its opener's.
  }
}
