package dev.brig.image.store;

import dev.brig.image.layer.LayerForm;
import java.util.List;

/// In which form an image's layers are wanted.
public enum LayerChoice {
  /// As they are; what has to be unpacked becomes an EROFS image if this kernel mounts one, and a
  /// directory if it does not.
  EITHER,
  /// As directories: what every kernel and every user can stack.
  DIRECTORY,
  /// As EROFS images, or not at all.
  EROFS;

  /// Returns the forms that are taken, the preferred one first.
  List<LayerForm> accepted() {
    return switch (this) {
      case EITHER -> List.of(LayerForm.EROFS, LayerForm.DIRECTORY);
      case DIRECTORY -> List.of(LayerForm.DIRECTORY);
      case EROFS -> List.of(LayerForm.EROFS);
    };
  }

  // What was found for one choice need not do for another. No reference has a "=".
  String suffix() {
    return switch (this) {
      case DIRECTORY -> "";
      case EITHER -> "=";
      case EROFS -> "=erofs";
    };
  }
}
