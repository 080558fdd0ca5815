package dev.brig.image.store;

import dev.brig.image.ImageException;
import dev.brig.image.layer.Attributes;
import dev.brig.image.layer.TarContent;
import dev.brig.image.layer.TarEncoder;
import dev.brig.image.layer.TarEntry;
import dev.brig.linux.Fd;
import dev.brig.linux.FileCalls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Map;

/// A tar on a descriptor, all its files root's and without a time: the same images make the same
/// bytes.
final class TarSink implements ArchiveSink {
  private static final int BUFFER_BYTES = 256 * 1024;

  private final FileCalls files;
  private final Fd fd;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private final ByteBuffer direct = ByteBuffer.allocateDirect(BUFFER_BYTES);

  /// Makes a sink.
  ///
  /// @param fd where to write, closed by whoever opened it
  TarSink(FileCalls files, Fd fd) {
    this.files = files;
    this.fd = fd;
  }

  private static Attributes attributes(int mode) {
    return new Attributes(mode, 0, 0, 0, 0, Map.of());
  }

  @Override
  public void directory(String path) {
    write(
        TarEncoder.header(new TarEntry(path + "/", new TarContent.Directory(), attributes(0755))));
  }

  @Override
  public void file(String path, long sizeBytes, InputStream content) {
    TarContent file = new TarContent.RegularFile(sizeBytes);
    write(TarEncoder.header(new TarEntry(path, file, attributes(0644))));
    try {
      int count = content.read(buffer, 0, buffer.length);
      while (count >= 0) {
        write(buffer, count);
        count = content.read(buffer, 0, buffer.length);
      }
    } catch (IOException e) {
      throw new ImageException(path, "cannot be read: " + e.getMessage(), "", e);
    }
    write(new byte[TarEncoder.padding(sizeBytes)]);
  }

  private void write(byte[] bytes) {
    write(bytes, bytes.length);
  }

  private void write(byte[] bytes, int length) {
    for (int at = 0; at < length; at += BUFFER_BYTES) {
      direct.clear().put(bytes, at, Math.min(BUFFER_BYTES, length - at)).flip();
      files.writeAll(fd, direct);
    }
  }

  @Override
  public void finish() {
    write(TarEncoder.end());
  }

  @Override
  public void close() {
    // The descriptor is its opener's.
  }
}
