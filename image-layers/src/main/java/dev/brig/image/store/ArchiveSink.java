package dev.brig.image.store;

import java.io.InputStream;

/// What images are written to: a tar or a directory.
interface ArchiveSink extends AutoCloseable {

  /// Adds a directory.
  ///
  /// @param path relative, without a slash at the end; the one around it is there
  void directory(String path);

  /// Adds a file.
  ///
  /// @param path relative; the directory around it is there
  /// @param sizeBytes how much the content has
  /// @param content read to its end, not closed
  void file(String path, long sizeBytes, InputStream content);

  /// Writes what ends the archive. Without it the archive is not whole.
  void finish();

  @Override
  void close();
}
