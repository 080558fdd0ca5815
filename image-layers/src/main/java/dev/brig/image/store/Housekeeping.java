package dev.brig.image.store;

import dev.brig.linux.Fd;
import dev.brig.linux.Lock;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Keeps a store in order: removes what nothing needs, counts what is there, and finds what is
/// damaged. What removes something waits until nobody else uses the store.
public final class Housekeeping {
  private final Supplier<@Nullable StoreFiles> store;
  private final Runnable release;
  private final Function<StoreFiles, ImageImporter> importers;

  /// Makes the housekeeping of a store.
  ///
  /// @param store finds the store, or null if there is none, and locks it against removals
  /// @param release gives up that lock
  /// @param importers makes what unpacks layers again
  Housekeeping(
      Supplier<@Nullable StoreFiles> store,
      Runnable release,
      Function<StoreFiles, ImageImporter> importers) {
    this.store = store;
    this.release = release;
    this.importers = importers;
  }

  /// Which images go.
  public enum Scope {
    /// Those that have no name.
    NAMELESS,
    /// All that no container was made from.
    UNUSED
  }

  /// What was removed.
  ///
  /// @param images the images
  /// @param blobs how many blobs
  /// @param layers how many unpacked layers
  /// @param bytes how much room they took
  /// @param kept why something that may not be needed was left, or empty
  public record Pruned(List<StoredImage> images, int blobs, int layers, long bytes, String kept) {
    /// Copies the list.
    public Pruned {
      images = List.copyOf(images);
    }
  }

  /// Removes images, and whatever no image and no container needs.
  ///
  /// @param scope which images
  /// @param inUse what containers need, whether they run or not
  public Pruned prune(Scope scope, InUse inUse) {
    StoreFiles files = store.get();
    if (files == null) {
      return new Pruned(List.of(), 0, 0, 0, "");
    }
    release.run();
    try (Fd _ = files.lock("store", Lock.EXCLUSIVE)) {
      return new Pruning(files, inUse).prune(scope);
    }
  }

  /// Counts what is there.
  ///
  /// @param inUse what containers need, whether they run or not
  public DiskUsage usage(InUse inUse) {
    StoreFiles files = store.get();
    return files == null ? DiskUsage.NONE : new UsageCount(files, inUse).count();
  }

  /// What is done about damage.
  public enum Mending {
    /// Nothing: it is told.
    NONE,
    /// What can be had again without loss is: a layer from its blob, a blob from where its image
    /// came from.
    MEND,
    /// The same, and images that cannot be mended are removed.
    DROP
  }

  /// Hashes everything anew and compares.
  ///
  /// @param mending what is done about damage
  /// @param running what running containers need: of that nothing is changed
  /// @param origins gets images again
  /// @return what is damaged, nothing if all is whole
  public List<Damage> verify(Mending mending, InUse running, ImageOrigins origins) {
    StoreFiles files = store.get();
    if (files == null) {
      return List.of();
    }
    Verification verification = new Verification(files);
    if (mending == Mending.NONE) {
      return verification.findings();
    }
    Repair repair = new Repair(files, importers.apply(files), running);
    release.run();
    List<Damage> damages;
    try (Fd _ = files.lock("store", Lock.EXCLUSIVE)) {
      files.sweep();
      damages = repair.mend(verification.findings());
    }
    damages = repair.refetch(damages, origins);
    if (mending == Mending.DROP) {
      try (Fd _ = files.lock("store", Lock.EXCLUSIVE)) {
        damages = repair.drop(damages);
      }
    }
    return damages;
  }
}
