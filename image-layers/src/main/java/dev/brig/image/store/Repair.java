package dev.brig.image.store;

import dev.brig.error.BrigException;
import dev.brig.image.Descriptor;
import dev.brig.image.Platform;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Mends what a verification has found, as far as it can be had again.
final class Repair {
  private final StoreFiles files;
  private final ImageImporter importer;
  private final Set<String> running;

  /// Makes a repair.
  ///
  /// @param importer unpacks layers again
  /// @param running what running containers need
  Repair(StoreFiles files, ImageImporter importer, InUse running) {
    this.files = files;
    this.importer = importer;
    this.running = running.keys(files.path());
  }

  /// Removes what is damaged, so that nobody takes it for good, and unpacks damaged layers again.
  /// Runs while nobody else uses the store.
  List<Damage> mend(List<Damage> found) {
    if (found.isEmpty()) {
      return found;
    }
    // What leads to layers without reading the index is made anew when it is wanted.
    for (String directory : List.of("names", "sources")) {
      for (String name : files.list(directory)) {
        files.remove(directory, name);
      }
    }
    List<Damage> mended = new ArrayList<>();
    for (Damage damage : found) {
      mended.add(
          switch (damage.kind()) {
            case INDEX -> damage.with(Damage.Outcome.LOST);
            case BLOB -> removeBlob(damage);
            case LAYER -> removeLayer(damage);
          });
    }
    files.sweep();
    return unpack(mended);
  }

  private Damage removeBlob(Damage damage) {
    int slash = damage.what().lastIndexOf('/');
    files.remove(damage.what().substring(0, slash), damage.what().substring(slash + 1));
    return damage.with(Damage.Outcome.LOST);
  }

  private Damage removeLayer(Damage damage) {
    String key = key(damage);
    if (running.contains(key)) {
      return damage.with(Damage.Outcome.IN_USE);
    }
    files.kernel().tree().rename(files.root(), damage.what(), files.root(), "tmp/removed-" + key);
    return damage.with(Damage.Outcome.LOST);
  }

  private List<Damage> unpack(List<Damage> damages) {
    for (StoredImages.Entry image : new StoredImages(files).entries()) {
      if (lacksLayer(image, damages)) {
        unpack(image.entry());
      }
    }
    List<Damage> mended = new ArrayList<>();
    for (Damage damage : damages) {
      boolean layer = damage.kind() == Damage.Kind.LAYER;
      boolean back = layer && files.exists(damage.what());
      mended.add(
          back && damage.outcome() == Damage.Outcome.LOST
              ? damage.with(Damage.Outcome.MENDED)
              : damage);
    }
    return mended;
  }

  private static String key(Damage damage) {
    return damage.what().substring(damage.what().lastIndexOf('/') + 1);
  }

  private static boolean lacksLayer(StoredImages.Entry image, List<Damage> damages) {
    Set<String> keys = References.keys(image.diffIds());
    for (Damage damage : damages) {
      if (damage.kind() == Damage.Kind.LAYER
          && damage.outcome() == Damage.Outcome.LOST
          && keys.contains(key(damage))) {
        return true;
      }
    }
    return false;
  }

  private void unpack(Descriptor image) {
    try (StoreTree tree = new StoreTree(files)) {
      var _ = importer.add(new LayoutSource(tree, Platform.host()).read(image, List.of()));
    } catch (BrigException _) {
      // Its blob is damaged as well, and that is told on its own: ignored.
    }
  }

  /// Gets images again that lack a blob.
  List<Damage> refetch(List<Damage> damages, ImageOrigins origins) {
    Map<String, Boolean> fetched = new HashMap<>();
    List<Damage> mended = new ArrayList<>();
    for (Damage damage : damages) {
      boolean back = false;
      if (damage.outcome() == Damage.Outcome.LOST) {
        for (String name : damage.images()) {
          back |= fetched.computeIfAbsent(name, origins::fetch) && files.exists(damage.what());
        }
      }
      mended.add(back ? damage.with(Damage.Outcome.MENDED) : damage);
    }
    return mended;
  }

  /// Removes the images that lack something still. Runs while nobody else uses the store.
  List<Damage> drop(List<Damage> damages) {
    List<Damage> dropped = new ArrayList<>();
    IndexFile index = new IndexFile(files);
    for (Damage damage : damages) {
      boolean drop = damage.outcome() == Damage.Outcome.LOST && damage.kind() != Damage.Kind.INDEX;
      if (drop) {
        for (Descriptor entry : index.entries()) {
          String name = entry.annotations().getOrDefault(Descriptor.REF_NAME, "");
          if (damage.images().contains(name.isEmpty() ? entry.digest().toString() : name)) {
            index.remove(List.of(name), entry.digest());
          }
        }
      }
      dropped.add(drop ? damage.with(Damage.Outcome.DROPPED) : damage);
    }
    return dropped;
  }
}
