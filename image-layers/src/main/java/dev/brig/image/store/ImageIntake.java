package dev.brig.image.store;

import dev.brig.error.UsageException;
import dev.brig.image.Descriptor;
import dev.brig.image.Digest;
import dev.brig.image.ImageReference;
import dev.brig.image.Platform;
import dev.brig.image.layer.Limits;
import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.Lock;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Takes images from files and directories into the store, under names, and recognises what it took
/// before.
final class ImageIntake {
  private final StoreFiles store;
  private final ImageImporter importer;
  private final Wish wish;

  /// Makes an intake.
  ///
  /// @param store the store, locked against removals
  /// @param importer brings layers and documents into it
  /// @param wish what is wanted of the images
  ImageIntake(StoreFiles store, ImageImporter importer, Wish wish) {
    this.store = store;
    this.importer = importer;
    this.wish = wish;
  }

  /// What is wanted of images.
  ///
  /// @param limits how large a temporary copy may become
  /// @param choice in which form layers are taken
  /// @param platform which of several platforms' images is meant, and what a root file system is
  ///   for
  record Wish(Limits limits, LayerChoice choice, Platform platform) {}

  static String hash(String text) {
    return Digest.of(text.getBytes(StandardCharsets.UTF_8)).hex();
  }

  /// Returns the file that keeps what a stored image's name was found to be.
  static String nameCache(String reference, LayerChoice choice) {
    // Names have slashes and may be longer than a file's name.
    String flat = reference.replace('/', '%');
    String name = flat.length() <= 200 ? flat : "long-" + hash(flat);
    return "names/" + name + choice.suffix();
  }

  /// Returns the image that a source was found to be before, or null.
  @Nullable ResolvedImage known(FileSource source) {
    String stamp = stamp(source);
    return stamp.isEmpty() ? null : ResolvedImage.cached(store, cacheName(source, stamp), stamp);
  }

  // Empty for what cannot be recognised again: a stream, a directory of files.
  private String stamp(FileSource source) {
    Optional<FileStatus> witness = source.witness(store.kernel());
    return witness.isPresent() ? IndexFile.stamp(witness.get()) : "";
  }

  private String cacheName(FileSource source, String stamp) {
    String key = stamp + " " + source.ref() + " " + wish.platform();
    return "sources/" + hash(key) + wish.choice().suffix();
  }

  /// Takes in the image of a source, or finds that it is there already.
  ///
  /// @param name the name to store it under, with its tag; empty for those that it has, or none
  ResolvedImage one(FileSource source, String name) {
    return one(source, name, known -> isThere(known, name));
  }

  /// Takes in the image of a source unless it was taken in before, whatever it is called by now.
  ResolvedImage resolve(FileSource source) {
    return one(source, "", _ -> true);
  }

  private ResolvedImage one(FileSource source, String name, Predicate<ResolvedImage> suffices) {
    store.sweep();
    String stamp = stamp(source);
    if (stamp.isEmpty()) {
      return opener().one(source, image -> add(image, name));
    }
    String cache = cacheName(source, stamp);
    // What several import at once is read by the first of them only.
    try (Fd _ = store.lock("source-" + hash(cache), Lock.EXCLUSIVE)) {
      ResolvedImage known = ResolvedImage.cached(store, cache, stamp);
      if (known != null && suffices.test(known)) {
        return known;
      }
      ResolvedImage taken = opener().one(source, image -> add(image, name)).stamped(stamp);
      store.writeCache(cache, taken.bytes());
      return taken;
    }
  }

  // Tells whether an image is in the index still, and gives it a further name. The names that its
  // source gives it are not known here.
  private boolean isThere(ResolvedImage known, String name) {
    IndexFile index = new IndexFile(store);
    for (Descriptor descriptor : index.entries()) {
      if (descriptor.digest().toString().equals(known.manifest())) {
        if (!name.isEmpty()) {
          index.add(descriptor, name);
        }
        return !name.isEmpty();
      }
    }
    return false;
  }

  /// Takes in all images of a source.
  List<LoadedImage> all(FileSource source) {
    store.sweep();
    return opener()
        .all(source, image -> new LoadedImage(tagged(image.names()), add(image, "").id()));
  }

  private SourceOpener opener() {
    return new SourceOpener(store, wish.limits(), wish.platform());
  }

  private ResolvedImage add(SourceImage image, String name) {
    ImageImporter.Imported imported = importer.add(image);
    IndexFile index = new IndexFile(store);
    List<String> names = name.isEmpty() ? tagged(image.names()) : List.of(name);
    for (String each : names.isEmpty() ? List.of("") : names) {
      index.add(imported.manifest(), each);
    }
    return imported.resolved();
  }

  // A name that brig could not look up again is as good as none.
  private static List<String> tagged(List<String> names) {
    List<String> tagged = new ArrayList<>();
    for (String name : names) {
      try {
        tagged.add(ImageReference.parse(name).tagged());
      } catch (UsageException _) {
        // The image is stored all the same and has its id: ignored.
      }
    }
    return tagged;
  }
}
