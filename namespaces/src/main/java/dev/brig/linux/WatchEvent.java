package dev.brig.linux;

/// Events that inotify tells of.
///
/// @see <a href="https://man7.org/linux/man-pages/man7/inotify.7.html">inotify(7)</a>
public enum WatchEvent implements Flag {
  /// The file was written to or its size changed.
  IN_MODIFY(0x2),
  /// A file that was open for writing was closed.
  IN_CLOSE_WRITE(0x8),
  /// A file was renamed into the directory.
  IN_MOVED_TO(0x80),
  /// A name was made in the directory.
  IN_CREATE(0x100),
  /// A name was removed from the directory.
  IN_DELETE(0x200),
  /// The watched file lost its last name.
  IN_DELETE_SELF(0x400);

  private final int bit;

  WatchEvent(int bit) {
    this.bit = bit;
  }

  @Override
  public long bit(Machine machine) {
    return bit;
  }
}
