package dev.brig.image.tree;

import dev.brig.image.ImageException;
import dev.brig.image.layer.Attributes;
import dev.brig.image.layer.TarContent;
import dev.brig.image.layer.TarEntry;
import dev.brig.image.layer.TarReader;
import dev.brig.image.layer.TarWriter;
import dev.brig.linux.Fd;
import dev.brig.linux.FileCalls;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/// Writes files into an archive.
public final class TarSink implements EntrySink {
  private static final int BUFFER_BYTES = 256 * 1024;

  private final FileCalls files;
  private final TarWriter tar;
  private final Times times;
  private final ByteBuffer direct = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final byte[] buffer = new byte[BUFFER_BYTES];

  /// What is done with the times of files, so that the same files make the same archive.
  ///
  /// @param latestSeconds later ones become this one: `SOURCE_DATE_EPOCH`
  /// @param allSeconds all become this one: `--timestamp`
  public record Times(OptionalLong latestSeconds, OptionalLong allSeconds) {
    /// They stay as they are.
    public static final Times KEPT = new Times(OptionalLong.empty(), OptionalLong.empty());

    /// Returns what a file is given.
    public Attributes of(Attributes original) {
      if (allSeconds.isPresent()) {
        return at(original, allSeconds.getAsLong());
      }
      boolean late =
          latestSeconds.isPresent()
              && original.mtimeSeconds() >= latestSeconds.getAsLong()
              && !(original.mtimeSeconds() == latestSeconds.getAsLong()
                  && original.mtimeNanos() == 0);
      return late ? at(original, latestSeconds.getAsLong()) : original;
    }

    private static Attributes at(Attributes original, long seconds) {
      return new Attributes(
          original.mode(), original.uid(), original.gid(), seconds, 0, original.xattrs());
    }
  }

  /// Makes a sink.
  ///
  /// @param files the calls
  /// @param tar the archive
  /// @param times what is done with times
  public TarSink(FileCalls files, TarWriter tar, Times times) {
    this.files = files;
    this.tar = tar;
    this.times = times;
  }

  @Override
  public void add(TarEntry entry, FileBytes data) {
    try {
      tar.begin(new TarEntry(entry.name(), entry.content(), times.of(entry.attributes())));
      if (entry.content() instanceof TarContent.RegularFile file) {
        switch (data) {
          case FileBytes.OfFile(Fd fd) -> copy(fd);
          case FileBytes.OfArchive(TarReader from) -> copy(from, file);
          case FileBytes.None _ -> {}
        }
        // A file that somebody truncates meanwhile.
        tar.fill();
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private void copy(Fd fd) throws IOException {
    long position = 0;
    while (tar.dataLeft() > 0) {
      direct.clear().limit((int) Math.min(BUFFER_BYTES, tar.dataLeft()));
      int count = files.pread(fd, direct, position);
      if (count == 0) {
        return;
      }
      direct.flip().get(buffer, 0, count);
      tar.write(buffer, 0, count);
      position += count;
    }
  }

  /// Copies a file's data to their places; what an archive leaves out of a sparse file is zeros.
  private void copy(TarReader from, TarContent.RegularFile file) throws IOException {
    long position = 0;
    for (TarContent.Segment segment : file.segments()) {
      tar.zeros(segment.offset() - position);
      long left = segment.lengthBytes();
      while (left > 0) {
        int count = from.read(buffer, 0, (int) Math.min(left, BUFFER_BYTES));
        tar.write(buffer, 0, count);
        left -= count;
      }
      position = segment.offset() + segment.lengthBytes();
    }
  }

  /// Returns the failure to write an archive.
  static ImageException unwritable(IOException e) {
    String message = e.getMessage();
    return new ImageException(
        "archive", "cannot be written: " + (message == null ? e.toString() : message), "", e);
  }
}
