package dev.brig.image.build;

import dev.brig.image.layer.TarEntry;

/// What a COPY or ADD puts into its layer.
public sealed interface CopyEntry {

  /// A file or directory as it is, without data: a directory, a link, a device, an empty file.
  ///
  /// @param entry the entry
  record Plain(TarEntry entry) implements CopyEntry {}

  /// A file with the data of one of the source.
  ///
  /// @param entry the entry
  /// @param source its path in the source
  record FromSource(TarEntry entry, String source) implements CopyEntry {}

  /// A file whose text stands in the build file.
  ///
  /// @param entry the entry
  /// @param text the text
  record FromText(TarEntry entry, String text) implements CopyEntry {}

  /// What an archive holds.
  ///
  /// @param source the archive's path in the source
  /// @param directory where it is unpacked, without a slash in front
  record FromArchive(String source, String directory) implements CopyEntry {}
}
