package dev.brig.image.store;

import dev.brig.error.Spelling;
import dev.brig.error.UsageException;
import dev.brig.image.Descriptor;
import dev.brig.image.Image;
import dev.brig.image.ImageReference;
import java.util.ArrayList;
import java.util.List;

/// Gives names to images and takes them.
final class ImageNames {
  private final StoreFiles files;

  ImageNames(StoreFiles files) {
    this.files = files;
  }

  /// Returns a name with its tag.
  ///
  /// @throws UsageException if it is none, or the host's
  static String tagged(String name) {
    String tagged = ImageReference.parse(name).tagged();
    if (tagged.equals(Image.HOST + ":latest")) {
      throw new UsageException("image \"" + name + "\"", "the name of the host's own root", "");
    }
    return tagged;
  }

  /// Returns the complaint about a name that no image has.
  ///
  /// @param known the images that there are
  static UsageException noSuchImage(String reference, List<StoredImage> known) {
    List<String> names = new ArrayList<>(List.of(Image.HOST));
    for (StoredImage image : known) {
      names.add(image.name());
    }
    List<String> near = Spelling.near(reference, names);
    String meant = near.isEmpty() ? "" : "did you mean " + String.join(" or ", near) + "? ";
    return new UsageException(
        "image \"" + reference + "\"",
        "there is no such image",
        meant + "\"brig images\" lists those that are there; a path begins with \"/\" or \"./\"");
  }

  /// Gives an image further names.
  void tag(Descriptor image, List<String> names) {
    List<String> tagged = new ArrayList<>();
    for (String name : names) {
      tagged.add(tagged(name));
    }
    IndexFile index = new IndexFile(files);
    for (String name : tagged) {
      index.add(image, name);
    }
  }

  /// Takes names from an image.
  ///
  /// @param reference what the user calls the image
  /// @param names which; none for all
  void untag(String reference, Descriptor image, List<String> names) {
    StoredImages images = new StoredImages(files);
    List<String> gone = new ArrayList<>();
    for (String name : names) {
      Descriptor named = images.findNamed(name);
      if (named == null || !named.digest().equals(image.digest())) {
        throw new UsageException("image \"" + reference + "\"", "it is not called " + name, "");
      }
      gone.add(named.annotations().getOrDefault(Descriptor.REF_NAME, ""));
    }
    new IndexFile(files).untag(image.digest(), gone);
  }
}
