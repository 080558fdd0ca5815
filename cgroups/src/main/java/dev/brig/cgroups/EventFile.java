package dev.brig.cgroups;

import java.nio.file.Path;

/// A file to read when a container has ended, before its cgroups are removed.
///
/// The supervising program appends each to the container's `events` file (see [EventDump]) and can
/// tell without parsing whether there is anything to say: there isn't if the text holds `quiet`.
///
/// @param file the file, at most 4 KiB of it matter
/// @param quiet at most eight bytes that the text holds exactly if nothing happened, or empty if
///   the file is only read for its figures
public record EventFile(Path file, String quiet) {
  /// Refuses a marker that does not fit a register.
  public EventFile {
    if (quiet.length() > 8) {
      throw new IllegalArgumentException("a marker of more than eight bytes: " + quiet);
    }
  }
}
