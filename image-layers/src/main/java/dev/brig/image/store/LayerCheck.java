package dev.brig.image.store;

import dev.brig.error.BrigException;
import dev.brig.image.Descriptor;
import dev.brig.image.Digest;
import dev.brig.image.layer.FdStream;
import dev.brig.image.layer.LayerForm;
import dev.brig.image.layer.Limits;
import dev.brig.image.layer.Ownership;
import dev.brig.image.layer.VerifiedStream;
import dev.brig.linux.Fd;
import dev.brig.linux.OpenFlag;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Holds unpacked layers against their blobs: each is unpacked once more, beside, and the two trees
/// are compared. A layer that was never unpacked is no damage, and one whose blob is damaged cannot
/// be told.
final class LayerCheck {
  private static final int META_SIZE_MAX = 64 * 1024;

  private final StoreFiles files;
  private final BlobStore blobs;
  private final Set<Digest> bad;
  private final Set<String> checked = new HashSet<>();

  /// Makes a check.
  ///
  /// @param bad the blobs that are damaged or missing
  LayerCheck(StoreFiles files, Set<Digest> bad) {
    this.files = files;
    this.blobs = new BlobStore(files);
    this.bad = bad;
  }

  /// A layer that is not what it has to be.
  ///
  /// @param key its directory below `layers`
  /// @param text what is wrong
  record Finding(String key, String text) {
    String path() {
      return "layers/" + key;
    }
  }

  /// Checks the layers of an image that were not checked before, in each form in which they are
  /// there.
  List<Finding> check(StoredImages.Entry image) {
    List<Finding> findings = new ArrayList<>();
    List<StoredLayer> below = new ArrayList<>();
    List<Descriptor> descriptors = image.read().layers();
    int count = Math.min(image.diffIds().size(), descriptors.size());
    for (int i = 0; i < count; i++) {
      List<StoredLayer> forms = find(descriptors.get(i), image.diffIds().get(i), below);
      if (forms.isEmpty()) {
        break;
      }
      for (StoredLayer layer : forms) {
        String finding = checked.add(layer.tree()) ? finding(layer, below) : null;
        if (finding != null) {
          findings.add(new Finding(layer.key(), finding));
        }
      }
      below.add(forms.getFirst());
    }
    return findings;
  }

  private List<StoredLayer> find(Descriptor blob, Digest diffId, List<StoredLayer> below) {
    Digest chain = Below.of(below).chain(diffId);
    List<StoredLayer> forms = new ArrayList<>();
    for (String key : List.of(diffId.hex(), "c-" + chain.hex())) {
      TextRecord meta = meta(key);
      boolean opaque = meta != null && meta.first("opaque-root").equals("yes");
      for (LayerForm form : LayerForm.values()) {
        String tree = StoredLayer.treePath(key, form);
        if (files.exists(tree)) {
          forms.add(new StoredLayer(blob, diffId, chain, key, tree, opaque));
        }
      }
    }
    return forms;
  }

  private @Nullable TextRecord meta(String key) {
    byte[] bytes = files.read("layers/" + key + "/meta", META_SIZE_MAX);
    return bytes == null ? null : TextRecord.parse(bytes);
  }

  private @Nullable String finding(StoredLayer layer, List<StoredLayer> below) {
    TextRecord meta = meta(layer.key());
    if (meta == null || !meta.first("diff-id").equals(layer.diffId().toString())) {
      return "its record is missing or another layer's";
    }
    if (bad.contains(layer.blob().digest())) {
      return null;
    }
    LayerForm form =
        layer.tree().endsWith("/" + LayerForm.EROFS.fileName())
            ? LayerForm.EROFS
            : LayerForm.DIRECTORY;
    try (Publication nothing = new Publication(files);
        Temporary temporary = unpacked(layer, below, nothing, form)) {
      String fresh = temporary.name() + "/" + form.fileName();
      return switch (form) {
        case DIRECTORY ->
            LayerComparison.firstDifference(
                files.kernel(),
                files.path().resolve(layer.tree()).toString(),
                files.path().resolve(fresh).toString());
        // The same layer makes the same bytes.
        case EROFS -> hash(layer.tree()).equals(hash(fresh)) ? null : "its image has other bytes";
      };
    } catch (BrigException e) {
      return e.failure().line();
    }
  }

  private Digest hash(String path) {
    var calls = files.kernel().files();
    try (Fd fd = calls.openat(files.root(), path, OpenFlag.O_RDONLY)) {
      return VerifiedStream.unknown(new FdStream(calls, fd), path).finish();
    } catch (IOException e) {
      // A descriptor's stream throws the other family.
      throw new IllegalStateException(e);
    }
  }

  private Temporary unpacked(
      StoredLayer layer, List<StoredLayer> below, Publication nothing, LayerForm form) {
    Ownership ownership = Ownership.of(files.kernel());
    String what = "layer " + layer.blob().digest();
    LayerSource source =
        new LayerSource(
            what,
            layer.blob(),
            layer.diffId(),
            () -> blobs.open(layer.blob().digest()).orElseThrow());
    LayerStore.Unpacked how = new LayerStore.Unpacked(LayerChoice.EITHER, Limits.DEFAULT);
    return new LayerStore(files, nothing, ownership, how).unpackBeside(source, below, form);
  }
}
