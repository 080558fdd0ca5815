package dev.brig.image.store;

import dev.brig.image.Descriptor;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The stored images by their names: naming, describing, saving, and keeping them in order. Holds
/// as long as the store that it is of is open.
public final class Catalogue {
  private final Supplier<@Nullable StoreFiles> store;
  private final Runnable release;
  private final Function<StoreFiles, ImageImporter> importers;

  /// Makes a catalogue.
  ///
  /// @param store finds the store, or null if there is none, and locks it against removals
  /// @param release gives up that lock
  /// @param importers makes what unpacks layers again
  Catalogue(
      Supplier<@Nullable StoreFiles> store,
      Runnable release,
      Function<StoreFiles, ImageImporter> importers) {
    this.store = store;
    this.release = release;
    this.importers = importers;
  }

  /// A store, and an image in its index.
  private record Place(StoreFiles files, Descriptor image) {}

  private Place find(String reference) {
    StoreFiles files = store.get();
    if (files == null) {
      throw ImageNames.noSuchImage(reference, List.of());
    }
    StoredImages images = new StoredImages(files);
    Descriptor found = reference.isEmpty() ? null : images.find(reference);
    if (found == null) {
      throw ImageNames.noSuchImage(reference, images.list());
    }
    return new Place(files, found);
  }

  /// Gives an image further names, each taken from whichever image has it.
  ///
  /// @param reference a stored image as [ImageStore#resolve] takes it
  /// @param names each `name` or `name:tag`
  /// @throws dev.brig.error.UsageException if there is no such image, or a name is none
  public void tag(String reference, List<String> names) {
    Place place = find(reference);
    new ImageNames(place.files()).tag(place.image(), names);
  }

  /// Takes names from an image, which stays, by its id, even if it loses all.
  ///
  /// @param reference a stored image as [ImageStore#resolve] takes it
  /// @param names which names; none for all
  /// @throws dev.brig.error.UsageException if there is no such image, or a name is not one of its
  public void untag(String reference, List<String> names) {
    Place place = find(reference);
    new ImageNames(place.files()).untag(reference, place.image(), names);
  }

  /// Returns all that an image's documents say.
  ///
  /// @param reference a stored image as [ImageStore#resolve] takes it
  /// @throws dev.brig.error.UsageException if there is no such image
  /// @throws dev.brig.image.ImageException if its documents are damaged
  public ImageDetails details(String reference) {
    Place place = find(reference);
    return ImageDetails.read(place.files(), place.image());
  }

  /// Returns what writes images elsewhere.
  ///
  /// @param references stored images as [ImageStore#resolve] takes them, at least one; one that is
  ///   a name is saved under that name, any other under all names that it has
  /// @throws dev.brig.error.UsageException if there is no such image
  public ImageSaver saver(List<String> references) {
    List<Place> places = references.stream().map(this::find).toList();
    return new ImageSaver(places.getFirst().files(), references);
  }

  /// Returns what keeps the store in order.
  public Housekeeping housekeeping() {
    return new Housekeeping(store, release, importers);
  }
}
