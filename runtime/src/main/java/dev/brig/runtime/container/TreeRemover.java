package dev.brig.runtime.container;

import java.nio.file.Path;

/// Removes a directory with everything in it.
///
/// An interface because a container without root may leave files of mapped users behind, which only
/// a process in the same user namespace can remove.
public interface TreeRemover {

  /// Removes a directory with everything in it; nothing happens if it is not there.
  ///
  /// @throws dev.brig.error.BrigException if something could not be removed; the rest is gone
  void remove(Path directory);
}
