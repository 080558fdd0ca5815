package dev.brig.cli.build;

import dev.brig.cli.command.Context;
import dev.brig.cli.images.ImagePull;
import dev.brig.image.Image;
import dev.brig.image.store.ImageBuild;
import dev.brig.image.store.ImageBuild.Base;
import dev.brig.image.store.ImageStore;
import java.util.List;

/// Finds the images that others begin with, in a registry if they have to be.
final class BaseImages {
  private final Context context;
  private final ImageBuild build;
  private final String pull;

  /// Makes a finder.
  ///
  /// @param pull when a registry is asked: `missing`, `always`, `never`, `newer`
  BaseImages(Context context, ImageBuild build, String pull) {
    this.context = context;
    this.build = build;
    this.pull = pull;
  }

  /// Finds an image.
  ///
  /// @param reference a stored image, a path, or a name that a registry knows
  Base find(String reference) {
    // A store of its own: to import closes what it has open.
    try (ImageStore images = context.images()) {
      return build.base(image(images, reference), reference);
    }
  }

  private Image image(ImageStore images, String reference) {
    boolean local =
        reference.equals(Image.HOST)
            || ImageStore.isPath(reference)
            || reference.startsWith("sha256:");
    boolean stored = pull.equals("missing") && !local && images.find(reference).isPresent();
    return local || stored || pull.equals("never")
        ? images.resolve(reference)
        : new ImagePull(context, images, List.of()).get(reference, "", pull);
  }
}
