package dev.brig.image.store;

import dev.brig.image.Descriptor;
import dev.brig.image.Digest;
import dev.brig.image.ImageConfig;
import dev.brig.image.ImageException;
import dev.brig.image.Index;
import dev.brig.image.JsonNode;
import dev.brig.image.Manifest;
import dev.brig.image.MediaType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What images need of a store: found by going from descriptor to descriptor, all platforms of an
/// index included.
final class References {
  private static final int DEPTH_MAX = 8;

  private final BlobStore blobStore;
  private final Map<Digest, Descriptor> blobs = new LinkedHashMap<>();
  private final Set<String> keys = new LinkedHashSet<>();
  private final List<ImageException> problems = new ArrayList<>();

  private References(StoreFiles files) {
    this.blobStore = new BlobStore(files);
  }

  /// Returns what all images in the index need.
  static References of(StoreFiles files) {
    return of(files, new IndexFile(files).entries());
  }

  /// Returns what some images need.
  static References of(StoreFiles files, List<Descriptor> images) {
    References references = new References(files);
    for (Descriptor image : images) {
      references.mark(image, 0);
    }
    return references;
  }

  /// Returns the blobs, whether they are there or not.
  Set<Digest> blobs() {
    return blobs.keySet();
  }

  /// Returns the blobs with what is said about them.
  Iterable<Descriptor> descriptors() {
    return blobs.values();
  }

  /// Returns the names below `layers` that the images' layers may have.
  Set<String> keys() {
    return keys;
  }

  /// Returns what kept a document from being read, so that the lists may not be complete.
  List<ImageException> problems() {
    return problems;
  }

  private void mark(Descriptor descriptor, int depth) {
    if (blobs.putIfAbsent(descriptor.digest(), descriptor) != null || depth > DEPTH_MAX) {
      return;
    }
    boolean index = descriptor.is(MediaType.Kind.INDEX);
    if (!index && !descriptor.is(MediaType.Kind.MANIFEST)) {
      return;
    }
    // Whoever copies an index of many platforms may leave most of them behind.
    if (depth > 0 && !blobStore.has(descriptor)) {
      blobs.remove(descriptor.digest());
      return;
    }
    try {
      JsonNode json = json(descriptor);
      if (index) {
        for (Descriptor each : Index.read(json).manifests()) {
          mark(each, depth + 1);
        }
      } else {
        markImage(Manifest.read(json));
      }
    } catch (ImageException e) {
      problems.add(e);
    }
  }

  private void markImage(Manifest manifest) {
    blobs.putIfAbsent(manifest.config().digest(), manifest.config());
    for (Descriptor layer : manifest.layers()) {
      blobs.putIfAbsent(layer.digest(), layer);
    }
    keys.addAll(keys(ImageConfig.diffIds(json(manifest.config()))));
  }

  private JsonNode json(Descriptor descriptor) {
    String what = "blob " + descriptor.digest();
    return JsonNode.parse(blobStore.document(descriptor, what), what);
  }

  /// Returns the names that layers may have below `layers`: each by itself, and with all below it.
  ///
  /// @param diffIds the digests of the layers, the bottom one first
  static Set<String> keys(List<Digest> diffIds) {
    Set<String> keys = new LinkedHashSet<>();
    Digest chain = null;
    for (Digest diffId : diffIds) {
      chain =
          chain == null
              ? diffId
              : Digest.of((chain + " " + diffId).getBytes(StandardCharsets.US_ASCII));
      keys.add(diffId.hex());
      keys.add("c-" + chain.hex());
    }
    return keys;
  }
}
