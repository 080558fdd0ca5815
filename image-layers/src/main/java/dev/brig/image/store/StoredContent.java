package dev.brig.image.store;

import dev.brig.image.Descriptor;
import dev.brig.image.Digest;
import dev.brig.image.ImageException;
import dev.brig.image.layer.VerifiedStream;
import dev.brig.image.store.BlobStore.OpenBlob;
import dev.brig.image.store.StoredImages.Entry;
import java.io.FilterInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The bytes of a stored image: what sends it elsewhere reads. Good until its store is closed.
public final class StoredContent {
  private final StoreFiles files;
  private final Entry entry;

  private StoredContent(StoreFiles files, Entry entry) {
    this.files = files;
    this.entry = entry;
  }

  static @Nullable StoredContent find(StoreFiles files, String reference) {
    StoredImages images = new StoredImages(files);
    Descriptor found = images.find(reference);
    if (found == null) {
      return null;
    }
    for (Entry entry : images.entries()) {
      if (entry.entry().equals(found)) {
        return new StoredContent(files, entry);
      }
    }
    throw new ImageException(
        "image \"" + reference + "\"", "its documents are damaged", "get the image again");
  }

  /// Returns the image's name in the store, `name:tag`, or empty if it has none.
  public String name() {
    return entry.shown().name();
  }

  /// Returns the image's id: the digest of its configuration in hexadecimal.
  public String id() {
    return entry.shown().id();
  }

  /// Returns the descriptor of its manifest.
  public Descriptor manifest() {
    return entry.manifest();
  }

  /// Returns the digests that a registry may know the image by: its manifest's, and that of the
  /// index that it was chosen from, if there was one.
  public List<Digest> digests() {
    List<Digest> digests = new ArrayList<>();
    digests.add(entry.manifest().digest());
    String root = entry.entry().annotations().get(RemoteImport.ROOT_DIGEST);
    if (root != null) {
      digests.add(Digest.parse(root));
    }
    return digests;
  }

  /// Returns the manifest, exactly as it was received or made.
  ///
  /// @throws ImageException if it is damaged
  public byte[] manifestBytes() {
    Descriptor manifest = entry.manifest();
    return new BlobStore(files).document(manifest, "manifest " + manifest.digest());
  }

  /// Returns the configuration and the layers, each blob once.
  public List<Descriptor> blobs() {
    Map<Digest, Descriptor> blobs = new LinkedHashMap<>();
    for (Descriptor layer : entry.read().layers()) {
      blobs.putIfAbsent(layer.digest(), layer);
    }
    Descriptor config = entry.read().config();
    blobs.putIfAbsent(config.digest(), config);
    return List.copyOf(blobs.values());
  }

  /// Opens a blob. Reading it to the end verifies nothing yet: [VerifiedStream#finish] does.
  ///
  /// @throws ImageException if it is not there
  public VerifiedStream open(Descriptor blob) {
    String what = "blob " + blob.digest();
    OpenBlob open =
        new BlobStore(files)
            .open(blob.digest())
            .orElseThrow(() ->
                new ImageException(what, "the store does not have it", "get the image again"));
    InputStream stream =
        new FilterInputStream(open.stream()) {
          @Override
          public void close() {
            open.close();
          }
        };
    return VerifiedStream.blob(stream, what, blob.digest(), blob.sizeBytes());
  }

  /// Returns the names of all stored images that have a blob: whoever has those has it too.
  public List<String> namesWith(Descriptor blob) {
    List<String> names = new ArrayList<>();
    for (Entry other : new StoredImages(files).entries()) {
      boolean has = false;
      for (Descriptor layer : other.read().layers()) {
        has |= layer.digest().equals(blob.digest());
      }
      if (has && !other.shown().name().isEmpty()) {
        names.add(other.shown().name());
      }
    }
    return names;
  }
}
