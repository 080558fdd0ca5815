package dev.brig.runtime.files;

import dev.brig.runtime.container.StatePaths;
import java.nio.file.Path;

/// The layers that containers have written and that do not change any more: what a snapshot keeps
/// and clones share.
public final class FrozenLayers {
  private FrozenLayers() {}

  /// Returns the directory in which they lie, each in a directory of its own.
  public static Path place(StatePaths state) {
    return state.root().resolve("frozen");
  }
}
