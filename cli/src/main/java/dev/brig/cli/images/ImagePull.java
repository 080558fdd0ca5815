package dev.brig.cli.images;

import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.command.ToldException;
import dev.brig.error.BrigException;
import dev.brig.error.UsageException;
import dev.brig.image.Image;
import dev.brig.image.ImageReference;
import dev.brig.image.store.ImageStore;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Gets the image of another command from a registry, by a `brig pull` of its own: one that has a
/// JVM for large amounts of data, and shows how far it has come.
public final class ImagePull {
  private final Context context;
  private final ImageStore images;
  private final List<String> options;

  /// Makes a pull.
  ///
  /// @param images the store, which must not be in use
  /// @param options options for `brig pull`
  public ImagePull(Context context, ImageStore images, List<String> options) {
    this.context = context;
    this.images = images;
    this.options = List.copyOf(options);
  }

  /// Gets an image.
  ///
  /// @param reference its name
  /// @param platform the platform, or empty for this machine's
  /// @param when `missing`, `always` or `newer`
  /// @throws UsageException if there is no such image and no registry to ask
  /// @throws ToldException if it cannot be had, which has been told
  public Image get(String reference, String platform, String when) {
    Optional<Image> here = find(reference, platform);
    if (when.equals("missing") && here.isPresent()) {
      return here.get();
    }
    boolean instead = when.equals("newer") && here.isPresent();
    // The other brig may have to remove what it got.
    images.close();
    String id =
        pull(
            reference,
            platform,
            instead ? ProcessBuilder.Redirect.DISCARD : ProcessBuilder.Redirect.INHERIT);
    if (id.isEmpty()) {
      if (instead) {
        context.warn("image " + reference + " cannot be got anew, the one that is here is used");
        return here.get();
      }
      throw new ToldException(ExitCodes.FAILURE);
    }
    Image got = context.resolve(images, id);
    return new Image(reference, got.id(), got.layers(), got.config());
  }

  /// Gets an image that is here but damaged. Why it cannot be had is not told: whoever asks tells
  /// what is damaged. The store stays open, and must not be locked.
  ///
  /// @param name its full name
  /// @return whether it was got
  public boolean again(String name) {
    return !pull(name, "", ProcessBuilder.Redirect.DISCARD).isEmpty();
  }

  private Optional<Image> find(String reference, String platform) {
    if (!platform.isEmpty()) {
      return Optional.empty();
    }
    List<ImageReference> candidates;
    try {
      candidates = RegistryAccess.usual(context).candidates(reference);
    } catch (UsageException e) {
      throw notHere(reference, e);
    }
    Optional<Image> found = images.find(reference);
    for (ImageReference candidate : candidates) {
      found = found.isPresent() ? found : images.find(candidate.toString());
    }
    return found;
  }

  // The store's complaint suggests names that are nearly the same.
  private BrigException notHere(String reference, UsageException why) {
    try {
      var _ = images.resolve(reference);
      return why;
    } catch (UsageException e) {
      return new UsageException(
          e.failure().step(),
          e.failure().finding(),
          e.failure().hint() + "; with a registry before its name it is got from there");
    }
  }

  private String pull(String reference, String platform, ProcessBuilder.Redirect error) {
    List<String> words = new ArrayList<>(context.self());
    words.add("pull");
    words.addAll(options);
    if (!platform.isEmpty()) {
      words.add("--platform");
      words.add(platform);
    }
    words.add("--");
    words.add(reference);
    ProcessBuilder builder =
        new ProcessBuilder(words).redirectInput(new File("/dev/null")).redirectError(error);
    try {
      Process process = builder.start();
      byte[] out = process.getInputStream().readAllBytes();
      return process.waitFor() == 0 ? new String(out, StandardCharsets.UTF_8).strip() : "";
    } catch (IOException e) {
      throw new UncheckedIOException("start brig pull", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while pulling", e);
    }
  }
}
