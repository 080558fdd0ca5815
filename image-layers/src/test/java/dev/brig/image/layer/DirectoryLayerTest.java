package dev.brig.image.layer;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/// Layers that are kept as directories.
class DirectoryLayerTest extends LayerContract {
  DirectoryLayerTest(@TempDir Path folder) {
    super(folder, LayerForm.DIRECTORY);
  }
}
