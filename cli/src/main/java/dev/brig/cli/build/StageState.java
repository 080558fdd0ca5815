package dev.brig.cli.build;

import dev.brig.image.build.ConfigDraft;
import dev.brig.image.build.Variables;
import dev.brig.image.store.ImageBuild.Layer;
import java.util.List;

/// What has become of a stage.
///
/// @param config its configuration
/// @param layers its layers, the bottom one first
/// @param baseLayers how many of these were its base's
/// @param arguments the ARGs that it declared
/// @param created when its last step was done, as RFC 3339 has it
record StageState(
    ConfigDraft config, List<Layer> layers, int baseLayers, Variables arguments, String created) {
  StageState {
    layers = List.copyOf(layers);
  }
}
