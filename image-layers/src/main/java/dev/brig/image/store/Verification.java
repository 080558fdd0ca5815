package dev.brig.image.store;

import dev.brig.error.BrigException;
import dev.brig.image.Descriptor;
import dev.brig.image.Digest;
import dev.brig.image.ImageException;
import dev.brig.image.layer.FdStream;
import dev.brig.image.layer.VerifiedStream;
import dev.brig.image.store.BlobStore.OpenBlob;
import dev.brig.linux.FileStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Looks for damage in a store: hashes every blob, reads every document, and holds each unpacked
/// layer against what its blob unpacks to.
final class Verification {
  private final StoreFiles files;
  private final BlobStore blobs;
  private final List<Damage> damages = new ArrayList<>();
  private final Map<Digest, Set<String>> users = new HashMap<>();

  Verification(StoreFiles files) {
    this.files = files;
    this.blobs = new BlobStore(files);
  }

  /// Returns all damage there is.
  List<Damage> findings() {
    damages.clear();
    users.clear();
    List<Descriptor> entries = List.of();
    try {
      entries = new IndexFile(files).entries();
    } catch (ImageException e) {
      add(Damage.Kind.INDEX, "index.json", e.failure().finding(), Set.of());
    }
    for (Descriptor entry : entries) {
      for (Digest blob : References.of(files, List.of(entry)).blobs()) {
        users.computeIfAbsent(blob, _ -> new LinkedHashSet<>()).add(name(entry));
      }
    }
    References references = References.of(files, entries);
    Set<Digest> bad = checkBlobs(references);
    checkDocuments(entries, bad);
    LayerCheck layers = new LayerCheck(files, bad);
    for (StoredImages.Entry image : new StoredImages(files).entries()) {
      for (LayerCheck.Finding finding : layers.check(image)) {
        add(Damage.Kind.LAYER, finding.path(), finding.text(), usersOf(finding.key()));
      }
    }
    return List.copyOf(damages);
  }

  private static String name(Descriptor entry) {
    return entry.annotations().getOrDefault(Descriptor.REF_NAME, entry.digest().toString());
  }

  private void add(Damage.Kind kind, String what, String finding, Set<String> images) {
    damages.add(new Damage(kind, what, finding, List.copyOf(images), Damage.Outcome.FOUND));
  }

  private Set<String> usersOf(String key) {
    Set<String> images = new LinkedHashSet<>();
    for (StoredImages.Entry image : new StoredImages(files).entries()) {
      if (References.keys(image.diffIds()).contains(key)) {
        images.add(name(image.entry()));
      }
    }
    return images;
  }

  // Returns the blobs that are damaged or missing.
  private Set<Digest> checkBlobs(References references) {
    Set<Digest> bad = new LinkedHashSet<>();
    Set<Digest> there = new LinkedHashSet<>();
    for (String algorithm : files.list("blobs")) {
      for (String name : files.list("blobs/" + algorithm)) {
        Digest digest = digest(algorithm, name);
        // What is called otherwise is nothing of an image's.
        if (digest != null) {
          there.add(digest);
          checkBlob(digest, bad);
        }
      }
    }
    for (Descriptor descriptor : references.descriptors()) {
      Digest digest = descriptor.digest();
      FileStatus status = files.status(BlobStore.path(digest));
      if (!there.contains(digest)) {
        addBlob(digest, "not there", bad);
      } else if (!bad.contains(digest)
          && status != null
          && status.sizeBytes() != descriptor.sizeBytes()) {
        addBlob(digest, "its descriptor says " + descriptor.sizeBytes() + " bytes", bad);
      }
    }
    return bad;
  }

  private static @Nullable Digest digest(String algorithm, String name) {
    try {
      return new Digest(algorithm, name);
    } catch (IllegalArgumentException _) {
      return null;
    }
  }

  private void addBlob(Digest digest, String finding, Set<Digest> bad) {
    bad.add(digest);
    add(Damage.Kind.BLOB, BlobStore.path(digest), finding, users.getOrDefault(digest, Set.of()));
  }

  private void checkBlob(Digest digest, Set<Digest> bad) {
    String what = BlobStore.path(digest);
    try (OpenBlob blob = blobs.open(digest).orElse(null)) {
      if (blob != null) {
        FdStream stream = new FdStream(files.kernel().files(), blob.fd());
        var _ = VerifiedStream.content(stream, what, digest).finish();
      }
    } catch (ImageException e) {
      addBlob(digest, e.failure().finding(), bad);
    } catch (BrigException e) {
      addBlob(digest, e.failure().line(), bad);
    } catch (IOException e) {
      // A descriptor's stream throws the other family.
      throw new IllegalStateException(e);
    }
  }

  // A document may be what its digest says and still be none that can be read.
  private void checkDocuments(List<Descriptor> entries, Set<Digest> bad) {
    for (Descriptor entry : entries) {
      References references = References.of(files, List.of(entry));
      Set<Digest> damaged = new LinkedHashSet<>(references.blobs());
      damaged.retainAll(bad);
      if (damaged.isEmpty()) {
        for (ImageException problem : references.problems()) {
          add(
              Damage.Kind.BLOB,
              BlobStore.path(entry.digest()),
              problem.failure().line(),
              Set.of(name(entry)));
        }
      }
    }
  }
}
