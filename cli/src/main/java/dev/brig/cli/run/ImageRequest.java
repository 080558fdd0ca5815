package dev.brig.cli.run;

import dev.brig.cli.command.Context;
import dev.brig.cli.images.ImagePull;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.value.Wrong;
import dev.brig.image.Image;
import dev.brig.image.store.ImageStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The image that a container is to be made from, and whether a registry may be asked for it.
///
/// An image that is stored is found without anything being loaded that knows registries.
///
/// @param reference the image as the user names it
/// @param platform the platform that the user asks for, or empty
/// @param pull when a registry is asked: `missing`, `always`, `never`, `newer`
/// @param options further options for asking, as `brig pull` has them
record ImageRequest(String reference, String platform, String pull, List<String> options) {
  private static final String MISSING = "missing";

  /// Reads what the command line says of the image.
  static ImageRequest of(Reading.Arguments<RunOption> arguments) {
    String pull = arguments.value(RunOption.PULL, MISSING);
    switch (pull) {
      case MISSING, "always", "never", "newer" -> {}
      case "true" -> pull = "always";
      case "false" -> pull = MISSING;
      default -> throw Wrong.value("--pull", pull, "not missing, always, never or newer");
    }
    List<String> options = new ArrayList<>(0);
    String authFile = arguments.value(RunOption.AUTHFILE, "");
    if (!authFile.isEmpty()) {
      options.add("--authfile");
      options.add(authFile);
    }
    String verify = arguments.value(RunOption.TLS_VERIFY, "");
    if (!verify.isEmpty()) {
      options.add("--tls-verify=" + verify);
    }
    return new ImageRequest(
        arguments.operands().getFirst(), arguments.value(RunOption.PLATFORM, ""), pull, options);
  }

  /// Tells whether an option is about the image.
  static boolean takes(RunOption option) {
    return switch (option) {
      case PLATFORM, PULL, AUTHFILE, TLS_VERIFY -> true;
      default -> false;
    };
  }

  /// Finds the image, in a registry if it has to be.
  ///
  /// @param images the store, which holds the image then
  Image resolve(Context context, ImageStore images) {
    if (pull.equals("never") || !mayBePulled()) {
      return context.resolve(images, reference);
    }
    if (pull.equals(MISSING)) {
      context.unpack(images, reference);
      Optional<Image> found = images.find(reference);
      if (found.isPresent() && fits(found.get())) {
        return found.get();
      }
    }
    return new ImagePull(context, images, options).get(reference, platform, pull);
  }

  // A path, the host's own root and a digest alone are in no registry.
  private boolean mayBePulled() {
    return !reference.isEmpty()
        && !reference.equals(Image.HOST)
        && !ImageStore.isPath(reference)
        && !reference.startsWith("sha256:");
  }

  // With --platform, an image of that name for another platform is not the one.
  private boolean fits(Image image) {
    String architecture = image.config().architecture();
    return platform.isEmpty()
        || architecture.isEmpty()
        || platform.equals(architecture)
        || platform.contains("/" + architecture);
  }
}
