package dev.brig.image.layer;

import dev.brig.linux.FileType;
import java.util.List;

/// The kinds of file that an archive can hold.
public sealed interface TarContent {

  /// A regular file.
  ///
  /// @param sizeBytes the file's size, holes included
  /// @param segments where the data that follow in the archive belong; everything between is a hole
  record RegularFile(long sizeBytes, List<Segment> segments) implements TarContent {
    /// Copies the list.
    public RegularFile {
      segments = List.copyOf(segments);
    }

    /// Makes a file without holes.
    ///
    /// @param sizeBytes the file's size
    public RegularFile(long sizeBytes) {
      this(sizeBytes, sizeBytes == 0 ? List.of() : List.of(new Segment(0, sizeBytes)));
    }

    /// Tells whether all of it is data.
    boolean isWhole() {
      return segments.isEmpty()
          ? sizeBytes == 0
          : segments.size() == 1 && segments.getFirst().lengthBytes() == sizeBytes;
    }
  }

  /// A stretch of data in a file that may have holes.
  ///
  /// @param offset where it begins
  /// @param lengthBytes how long it is
  record Segment(long offset, long lengthBytes) {}

  /// A directory.
  record Directory() implements TarContent {}

  /// A symbolic link.
  ///
  /// @param target the link's text, whatever it is
  record Symlink(String target) implements TarContent {}

  /// Another name for a file that the archive, or a layer below, has already.
  ///
  /// @param target the other name, as unchecked as the entry's own
  record HardLink(String target) implements TarContent {}

  /// A device node.
  ///
  /// @param kind character or block
  /// @param major the driver's number
  /// @param minor the device's number with that driver
  record Device(Kind kind, int major, int minor) implements TarContent {
    /// Returns the device that a file of a layer stands for.
    static Device of(LayerFile file) {
      Kind kind = file.type() == FileType.BLOCK_DEVICE ? Kind.BLOCK : Kind.CHARACTER;
      return new Device(kind, file.special().major(), file.special().minor());
    }

    /// The two kinds of device.
    public enum Kind {
      /// A character device.
      CHARACTER,
      /// A block device.
      BLOCK
    }
  }

  /// A named pipe.
  record Fifo() implements TarContent {}
}
