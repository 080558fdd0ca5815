package dev.brig.image.store;

import dev.brig.image.Digest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Removes what no image and no container needs. Runs while nobody else uses the store.
///
/// Blobs that another tool is writing into the store at this moment count as needed by nobody, as
/// they do for that tool's own collector.
final class Pruning {
  // The locks of the store as a whole stay: others may be waiting for them. So do those of
  // downloads, which go on while the store is locked.
  private static final Set<String> LOCKS = Set.of("store", "index", "tmp");

  private final StoreFiles files;
  private final InUse inUse;
  private final Set<String> keysInUse;
  private int blobs;
  private int layers;
  private long bytes;

  Pruning(StoreFiles files, InUse inUse) {
    this.files = files;
    this.inUse = inUse;
    this.keysInUse = inUse.keys(files.path());
  }

  Housekeeping.Pruned prune(Housekeeping.Scope scope) {
    for (String left : files.list("tmp")) {
      bytes += TreeSize.of(files, "tmp/" + left);
    }
    List<StoredImage> gone = new ArrayList<>();
    List<StoredImages.Entry> going = new ArrayList<>();
    for (StoredImages.Entry image : new StoredImages(files).entries()) {
      boolean used = inUse.imageIds().contains(image.shown().id());
      boolean nameless = image.shown().name().isEmpty();
      if (!used && (nameless || scope == Housekeeping.Scope.UNUSED)) {
        going.add(image);
        gone.add(image.shown());
      }
    }
    forget(going);
    References needed = References.of(files);
    String kept = "";
    if (needed.problems().isEmpty()) {
      removeBlobs(needed.blobs());
      removeLayers(needed.keys());
    } else {
      // What a document that cannot be read needs, nobody knows.
      kept = needed.problems().getFirst().failure().line();
    }
    for (String lock : files.list("locks")) {
      if (!LOCKS.contains(lock) && !IngestFiles.isLock(lock)) {
        files.remove("locks", lock);
      }
    }
    new BuildCache(files).sweep();
    bytes += IngestFiles.prune(files, scope);
    files.sweep();
    return new Housekeeping.Pruned(gone, blobs, layers, bytes, kept);
  }

  // What was resolved goes first: after a crash in the middle nothing leads to what is gone.
  private void forget(List<StoredImages.Entry> going) {
    for (String directory : List.of("names", "sources")) {
      for (String name : files.list(directory)) {
        files.remove(directory, name);
      }
    }
    IndexFile index = new IndexFile(files);
    for (StoredImages.Entry image : going) {
      index.remove(List.of(image.shown().name()), image.entry().digest());
    }
  }

  private void removeBlobs(Set<Digest> needed) {
    Set<String> paths = new HashSet<>();
    for (Digest digest : needed) {
      paths.add(BlobStore.path(digest));
    }
    for (String algorithm : files.list("blobs")) {
      String directory = "blobs/" + algorithm;
      for (String name : files.list(directory)) {
        if (!paths.contains(directory + "/" + name)) {
          bytes += TreeSize.of(files, directory + "/" + name);
          blobs++;
          files.remove(directory, name);
        }
      }
    }
  }

  // Renamed first, so that no name ever stands for half a layer.
  private void removeLayers(Set<String> needed) {
    for (String key : files.list("layers")) {
      boolean empty = key.equals(ImageImporter.EMPTY_LAYER);
      if (!empty && !needed.contains(key) && !keysInUse.contains(key)) {
        String path = "layers/" + key;
        bytes += TreeSize.of(files, path);
        layers++;
        files.kernel().tree().rename(files.root(), path, files.root(), "tmp/removed-" + key);
      }
    }
  }
}
