package dev.brig.image.store;

import dev.brig.error.UsageException;
import dev.brig.image.Descriptor;
import dev.brig.image.Digest;
import dev.brig.image.ImageConfig;
import dev.brig.image.ImageException;
import dev.brig.image.ImageReference;
import dev.brig.image.Index;
import dev.brig.image.JsonNode;
import dev.brig.image.Manifest;
import dev.brig.image.MediaType;
import dev.brig.image.Platform;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the index of a store says, read through the manifests and configurations.
final class StoredImages {
  private static final int ID_PREFIX_MIN = 2;
  private static final int INDEX_DEPTH_MAX = 4;

  // What docker and podman write before a name that a user gave them without a place.
  private static final List<String> PLACES =
      List.of("", "docker.io/library/", "docker.io/", "localhost/");

  private final StoreFiles files;
  private final BlobStore blobs;

  StoredImages(StoreFiles files) {
    this.files = files;
    this.blobs = new BlobStore(files);
  }

  /// An image in the index.
  ///
  /// @param entry the index's descriptor
  /// @param manifest the manifest for this machine, which the entry is or leads to
  /// @param diffIds the digests of its decompressed layers
  /// @param read the manifest
  /// @param shown what is listed of it
  record Entry(
      Descriptor entry,
      Descriptor manifest,
      List<Digest> diffIds,
      Manifest read,
      StoredImage shown) {}

  /// Returns all images, by name and then by id.
  List<StoredImage> list() {
    List<StoredImage> images = new ArrayList<>();
    for (Entry entry : entries()) {
      // What later builds go on from is no image that anybody asked for.
      if (!entry.entry().annotations().containsKey(ImageBuild.CACHE)) {
        images.add(entry.shown());
      }
    }
    images.sort(Comparator.comparing(StoredImage::name).thenComparing(StoredImage::id));
    return images;
  }

  /// Returns what the index has, in its order. An image whose documents are damaged or not there is
  /// left out: it cannot be run, and must not keep others from being listed.
  List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    for (Descriptor descriptor : new IndexFile(files).entries()) {
      try {
        entries.add(entry(descriptor));
      } catch (ImageException _) {
        // Told when somebody runs it: ignored.
      }
    }
    return entries;
  }

  private Entry entry(Descriptor descriptor) {
    Descriptor at = descriptor;
    for (int depth = 0; depth < INDEX_DEPTH_MAX && at.is(MediaType.Kind.INDEX); depth++) {
      at = Index.read(json(at)).choose(Platform.host(), "index " + at.digest());
    }
    Manifest manifest = Manifest.read(json(at));
    JsonNode json = json(manifest.config());
    ImageConfig config = ImageConfig.read(json);
    long size = at.sizeBytes() + manifest.config().sizeBytes();
    Set<Digest> counted = new HashSet<>();
    for (Descriptor layer : manifest.layers()) {
      size += counted.add(layer.digest()) ? layer.sizeBytes() : 0;
    }
    StoredImage shown =
        new StoredImage(
            descriptor.annotations().getOrDefault(Descriptor.REF_NAME, ""),
            manifest.config().digest().hex(),
            descriptor.digest(),
            new Platform(config.os(), config.architecture(), json.textOr("variant", "")),
            json.textOr("created", ""),
            size);
    return new Entry(descriptor, at, ImageConfig.diffIds(json), manifest, shown);
  }

  private JsonNode json(Descriptor descriptor) {
    String what = "blob " + descriptor.digest();
    return JsonNode.parse(blobs.document(descriptor, what), what);
  }

  /// Finds an image.
  ///
  /// @param reference a name, a digest, an id or a prefix of one
  /// @return the index's descriptor, or null if there is no such image
  /// @throws UsageException if a prefix fits several images, or the reference is of no form
  @Nullable Descriptor find(String reference) {
    Descriptor named = findNamed(reference);
    if (named != null) {
      return named;
    }
    List<Entry> matching = matching(reference);
    Set<String> ids = new HashSet<>();
    for (Entry entry : matching) {
      ids.add(entry.shown().id());
    }
    if (ids.size() > 1) {
      throw new UsageException(
          "image \"" + reference + "\"", ids.size() + " images begin so", "write more of the id");
    }
    return matching.isEmpty() ? null : matching.getFirst().entry();
  }

  /// Finds an image by its name alone, or returns null.
  @Nullable Descriptor findNamed(String reference) {
    List<Descriptor> all = new IndexFile(files).entries();
    for (String place : PLACES) {
      for (Descriptor descriptor : all) {
        if (isCalled(descriptor, place + reference)) {
          return descriptor;
        }
      }
    }
    return null;
  }

  // Other tools give names that are not of the usual form, a bare tag for example.
  private static boolean isCalled(Descriptor descriptor, String reference) {
    String name = descriptor.annotations().getOrDefault(Descriptor.REF_NAME, "");
    return name.equals(reference) || name.equals(reference + ":latest");
  }

  // An image that was chosen from a registry's index has its digest as well.
  private static String rootDigest(Entry entry) {
    return entry.entry().annotations().getOrDefault(RemoteImport.ROOT_DIGEST, "");
  }

  /// Returns all entries that a digest, an id or a prefix of one stands for.
  List<Entry> matching(String reference) {
    List<Entry> found = new ArrayList<>();
    String hex = reference.startsWith("sha256:") ? reference.substring(7) : reference;
    boolean prefix = hex.length() >= ID_PREFIX_MIN && Digest.isHex(hex);
    Digest digest = reference.indexOf('@') < 0 ? null : ImageReference.parse(reference).digest();
    if (!prefix && digest == null) {
      // For its complaint, if it is of no form at all.
      var _ = ImageReference.parse(reference);
      return found;
    }
    for (Entry entry : entries()) {
      boolean byDigest =
          entry.entry().digest().equals(digest)
              || entry.manifest().digest().equals(digest)
              || (digest != null && digest.toString().equals(rootDigest(entry)));
      boolean byId =
          prefix
              && (entry.shown().id().startsWith(hex)
                  || entry.entry().digest().hex().equals(hex)
                  || entry.manifest().digest().hex().equals(hex));
      if (byDigest || byId) {
        found.add(entry);
      }
    }
    return found;
  }
}
