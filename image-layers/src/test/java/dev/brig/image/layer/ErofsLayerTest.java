package dev.brig.image.layer;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/// Layers that are kept as EROFS images, compared with directories, entry by entry.
class ErofsLayerTest extends LayerContract {
  ErofsLayerTest(@TempDir Path folder) {
    super(folder, LayerForm.EROFS);
  }
}
