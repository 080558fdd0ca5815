package dev.brig.image.store;

import dev.brig.error.BrigException;
import dev.brig.image.Descriptor;
import dev.brig.image.Digest;
import dev.brig.image.ImageException;
import dev.brig.image.Platform;
import dev.brig.image.store.StoredImages.Entry;
import dev.brig.linux.Fd;
import dev.brig.linux.Lock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Brings an image from a registry into the store: its documents first, which say whether it can be
/// had at all, then the layers that are missing, and then as any other image.
///
/// While layers come, the store is not held: a removal need not wait for the network. What it may
/// take away meanwhile is fetched again.
final class RemoteImport {
  /// The annotation in the index that names the digest that a registry's index has.
  static final String ROOT_DIGEST = "dev.brig.root.digest";

  private static final int ROUNDS_MAX = 4;
  private static final int MILLIS = 1000;

  private final StoreFiles files;
  private final ImageImporter importer;
  private final RemoteImage remote;
  private final TransferListener listener;

  RemoteImport(
      StoreFiles files, ImageImporter importer, RemoteImage remote, TransferListener listener) {
    this.files = files;
    this.importer = importer;
    this.remote = remote;
    this.listener = listener;
  }

  /// Brings the image into the store. The caller holds no lock of it.
  ///
  /// @param platform which of an index's images
  /// @param name the name to store it under, or empty for none
  PulledImage pull(Platform platform, String name) {
    IngestFiles.sweep(files, System.currentTimeMillis() / MILLIS);
    SourceImage image;
    try (RemoteTree tree = new RemoteTree(remote, files)) {
      image = new LayoutSource(tree, platform).read(remote.root(), List.of());
    }
    List<Descriptor> layers = new ArrayList<>();
    for (LayerSource layer : image.layers()) {
      if (layer.descriptor() != null) {
        layers.add(layer.descriptor());
      }
    }
    List<Descriptor> fetched = new ArrayList<>();
    for (int round = 1; ; round++) {
      fetched.addAll(new Downloads(files, remote, listener).fetch(layers));
      try (Fd _ = files.lock("store", Lock.SHARED)) {
        if (round == ROUNDS_MAX || hasAll(layers)) {
          return add(image, name);
        }
      } catch (ImageException e) {
        discard(fetched, e);
        throw e;
      }
    }
  }

  private boolean hasAll(List<Descriptor> layers) {
    BlobStore blobs = new BlobStore(files);
    for (Descriptor layer : layers) {
      if (!blobs.has(layer)) {
        return false;
      }
    }
    return true;
  }

  private PulledImage add(SourceImage image, String name) {
    ImageImporter.Imported imported = importer.add(image);
    Descriptor manifest = imported.manifest();
    Digest root = remote.root().digest();
    if (!root.equals(manifest.digest())) {
      manifest = manifest.annotated(ROOT_DIGEST, root.toString());
    }
    new IndexFile(files).add(manifest, name);
    return new PulledImage(imported.resolved().id(), manifest.digest(), root);
  }

  // Whoever else uses the store may rely on what is there by now; it then stays until somebody
  // prunes.
  private void discard(List<Descriptor> fetched, ImageException failure) {
    try {
      Optional<Fd> alone = files.tryLock("store", Lock.EXCLUSIVE);
      if (alone.isEmpty()) {
        return;
      }
      try (Fd _ = alone.get()) {
        Set<Digest> needed = new HashSet<>();
        for (Entry entry : new StoredImages(files).entries()) {
          entry.read().layers().forEach(layer -> needed.add(layer.digest()));
        }
        for (Descriptor blob : fetched) {
          if (!needed.contains(blob.digest())) {
            files.remove("blobs/" + blob.digest().algorithm(), blob.digest().hex());
          }
        }
      }
    } catch (BrigException e) {
      failure.addSuppressed(e);
    }
  }
}
