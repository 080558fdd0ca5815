package dev.brig.image.tree;

import dev.brig.image.layer.TarEntry;
import dev.brig.image.layer.TarReader;
import dev.brig.linux.Fd;

/// What takes files one by one: an archive, or a tree.
public interface EntrySink {

  /// Takes a file. Directories come before what is in them.
  ///
  /// @param entry what it is
  /// @param data what is in it, if it is a regular file
  void add(TarEntry entry, FileBytes data);

  /// Where a file's bytes come from.
  sealed interface FileBytes {
    /// Nowhere: it is no regular file.
    record None() implements FileBytes {}

    /// From an open file.
    ///
    /// @param fd open for reading; closed by its owner
    record OfFile(Fd fd) implements FileBytes {}

    /// From an archive that stands at the entry.
    ///
    /// @param tar the archive
    record OfArchive(TarReader tar) implements FileBytes {}
  }

  /// What to say of a file that is no regular one.
  FileBytes NO_BYTES = new FileBytes.None();
}
