package dev.brig.image.store;

import dev.brig.error.UsageException;
import dev.brig.image.Descriptor;
import dev.brig.image.Digest;
import dev.brig.image.Platform;
import dev.brig.image.layer.LayerForm;
import dev.brig.image.store.StoredImages.Entry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Removes images, and with them what no other image needs. Runs while nobody else uses the store.
final class ImageRemover {
  private final StoreFiles files;
  private final StoredImages images;

  ImageRemover(StoreFiles files) {
    this.files = files;
    this.images = new StoredImages(files);
  }

  /// Removes a name or an image.
  ///
  /// @param reference what to remove
  /// @param inUse the layers of all containers
  /// @return the entries that were removed, none if there is no such image
  /// @throws UsageException if a container needs what would be removed
  List<StoredImage> remove(String reference, Set<Path> inUse) {
    Descriptor named = images.findNamed(reference);
    Descriptor found = named == null ? images.find(reference) : named;
    if (found == null) {
      return List.of();
    }
    List<Entry> all = images.entries();
    List<Entry> going = new ArrayList<>();
    for (Entry entry : all) {
      // A name goes alone; an id or a digest takes all names with it.
      boolean same = entry.entry().digest().equals(found.digest());
      if (named == null ? same : entry.entry().equals(named)) {
        going.add(entry);
      }
    }
    if (going.isEmpty()) {
      return List.of(removeDamaged(found));
    }
    List<Entry> staying = new ArrayList<>(all);
    staying.removeAll(going);
    Set<String> doomed = keys(going);
    doomed.removeAll(keys(staying));
    refuseIfInUse(reference, doomed, inUse);
    forget(going);
    removeBlobs(going);
    removeLayers(keys(staying), inUse);
    files.sweep();
    return going.stream().map(Entry::shown).toList();
  }

  // What cannot be read cannot be run, and its layers, if there are any, go with the others that
  // nobody
  // needs.
  private StoredImage removeDamaged(Descriptor found) {
    String name = found.annotations().getOrDefault(Descriptor.REF_NAME, "");
    new IndexFile(files).remove(List.of(name), found.digest());
    return new StoredImage(name, "", found.digest(), new Platform("", "", ""), "", 0);
  }

  private void refuseIfInUse(String reference, Set<String> doomed, Set<Path> inUse) {
    for (String key : doomed) {
      if (isUsed(key, inUse)) {
        throw new UsageException(
            "image \"" + reference + "\"",
            "a container uses it",
            "remove the container first: \"brig ps -a\" shows it");
      }
    }
  }

  private boolean isUsed(String key, Set<Path> inUse) {
    for (LayerForm form : LayerForm.values()) {
      if (inUse.contains(files.path().resolve(StoredLayer.treePath(key, form)))) {
        return true;
      }
    }
    return false;
  }

  // What was resolved goes first: after a crash in the middle nothing leads to what is gone.
  private void forget(List<Entry> going) {
    for (String directory : List.of("names", "sources")) {
      for (String name : files.list(directory)) {
        files.remove(directory, name);
      }
    }
    IndexFile index = new IndexFile(files);
    for (Entry entry : going) {
      index.remove(List.of(entry.shown().name()), entry.entry().digest());
    }
  }

  private void removeBlobs(List<Entry> going) {
    List<Descriptor> gone = going.stream().map(Entry::entry).toList();
    Set<Digest> doomed = new HashSet<>(References.of(files, gone).blobs());
    doomed.removeAll(References.of(files).blobs());
    for (Digest digest : doomed) {
      files.remove("blobs/" + digest.algorithm(), digest.hex());
    }
  }

  // What no image needs goes, also what an import left that did not come to its end. Renamed first,
  // so that
  // no name ever stands for half a layer.
  private void removeLayers(Set<String> needed, Set<Path> inUse) {
    for (String key : files.list("layers")) {
      if (!needed.contains(key) && !isUsed(key, inUse) && !key.equals(ImageImporter.EMPTY_LAYER)) {
        files
            .kernel()
            .tree()
            .rename(files.root(), "layers/" + key, files.root(), "tmp/removed-" + key);
      }
    }
  }

  private static Set<String> keys(List<Entry> entries) {
    Set<String> keys = new HashSet<>();
    for (Entry entry : entries) {
      keys.addAll(References.keys(entry.diffIds()));
    }
    return keys;
  }
}
