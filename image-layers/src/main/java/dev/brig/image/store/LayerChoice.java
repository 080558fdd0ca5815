package dev.brig.image.store;

import dev.brig.image.layer.LayerForm;
import java.util.List;

/// In which form an image's layers are wanted.
public enum LayerChoice {
  /// As they are; what has to be unpacked becomes an EROFS image if this kernel mounts one, and a
  /// directory if it does not.
  EITHER(LayerForm.EROFS, LayerForm.DIRECTORY),
  /// As directories: what every kernel and every user can stack.
  DIRECTORY(LayerForm.DIRECTORY),
  /// As EROFS images, or not at all.
  EROFS(LayerForm.EROFS);

  private final List<LayerForm> accepted;

  LayerChoice(LayerForm... accepted) {
    this.accepted = List.of(accepted);
  }

  /// Returns the forms that are taken, the preferred one first.
  List<LayerForm> accepted() {
    return accepted;
  }
}
