package dev.brig.image.store;

import dev.brig.image.Descriptor;
import dev.brig.image.Digest;
import dev.brig.image.ImageException;
import dev.brig.image.MediaType;
import dev.brig.image.layer.LayerExtractor;
import dev.brig.image.layer.LayerInput;
import dev.brig.image.layer.LayerSummary;
import dev.brig.image.layer.Limits;
import dev.brig.image.layer.Losses;
import dev.brig.image.layer.LowerLayers;
import dev.brig.image.layer.Ownership;
import dev.brig.image.layer.VerifiedStream;
import dev.brig.image.store.BlobStore.OpenBlob;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.Lock;
import dev.brig.linux.OpenFlag;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The unpacked layers: each is unpacked once, by whoever comes first, and is then never changed.
///
/// A layer that looks the same above any other is found by the digest of its contents; one that
/// does not (directories implied, files removed) by the digest of the whole chain.
final class LayerStore {
  private static final String META_VERSION = "1";
  private static final int META_SIZE_MAX = 64 * 1024;

  private final StoreFiles files;
  private final BlobStore blobs;
  private final Ownership ownership;
  private final Limits limits;
  private final Losses losses = new Losses();

  LayerStore(StoreFiles files, BlobStore blobs, Ownership ownership, Limits limits) {
    this.files = files;
    this.blobs = blobs;
    this.ownership = ownership;
    this.limits = limits;
  }

  /// Returns what the layers that were unpacked here could not have.
  Losses losses() {
    return losses;
  }

  /// Brings a layer into the store, blob and tree, unless they are there.
  ///
  /// @param source the layer
  /// @param below the layers below it, the bottom one first
  /// @throws ImageException if the layer is damaged or hostile; the store is as before
  StoredLayer add(LayerSource source, List<StoredLayer> below) {
    Digest diffId = source.diffId();
    if (diffId == null) {
      return addUnknown(source, below);
    }
    // Of two processes that want a layer the second waits, and finds it.
    try (Fd _ = files.lock(diffId.hex(), Lock.EXCLUSIVE)) {
      Descriptor blob = source.descriptor();
      String key = find(diffId, chain(diffId, below));
      if (key != null && blob != null && blobs.has(blob)) {
        return stored(blob, diffId, below, key);
      }
      return key == null ? unpack(source, below) : stored(ingest(source), diffId, below, key);
    }
  }

  private StoredLayer stored(Descriptor blob, Digest diffId, List<StoredLayer> below, String key) {
    return new StoredLayer(blob, diffId, chain(diffId, below), key, isOpaqueRoot(key));
  }

  /// Returns the digest of a layer and all below it.
  ///
  /// @see <a href="https://github.com/opencontainers/image-spec/blob/main/config.md">"Layer
  ///   ChainID"</a>
  private static Digest chain(Digest diffId, List<StoredLayer> below) {
    if (below.isEmpty()) {
      return diffId;
    }
    String text = below.getLast().chainId() + " " + diffId;
    return Digest.of(text.getBytes(StandardCharsets.US_ASCII));
  }

  /// Returns the directory of an unpacked layer, or null if there is none.
  private @Nullable String find(Digest diffId, Digest chainId) {
    if (files.exists("layers/" + diffId.hex())) {
      return diffId.hex();
    }
    String key = "c-" + chainId.hex();
    return files.exists("layers/" + key) ? key : null;
  }

  private boolean isOpaqueRoot(String key) {
    byte[] meta = files.read("layers/" + key + "/meta", META_SIZE_MAX);
    return meta != null && TextRecord.parse(meta).first("opaque-root").equals("yes");
  }

  private Descriptor ingest(LayerSource source) {
    return readBlob(source, input -> input.tar().drain()).descriptor();
  }

  private StoredLayer unpack(LayerSource source, List<StoredLayer> below) {
    try (Temporary temporary = files.temporaryDirectory()) {
      Unpacking unpacking = new Unpacking(source, below, temporary);
      Read read = readBlob(source, unpacking);
      String key = publish(unpacking.summary(), read.diffId(), below, temporary);
      return stored(read.descriptor(), read.diffId(), below, key);
    }
  }

  // Nothing is known before all has been read, so that there is nothing to lock before.
  private StoredLayer addUnknown(LayerSource source, List<StoredLayer> below) {
    try (Temporary temporary = files.temporaryDirectory()) {
      Unpacking unpacking = new Unpacking(source, below, temporary);
      Read read = readBlob(source, unpacking);
      try (Fd _ = files.lock(read.diffId().hex(), Lock.EXCLUSIVE)) {
        String key = find(read.diffId(), chain(read.diffId(), below));
        if (key == null) {
          key = publish(unpacking.summary(), read.diffId(), below, temporary);
        }
        return stored(read.descriptor(), read.diffId(), below, key);
      }
    }
  }

  private String publish(
      LayerSummary summary, Digest diffId, List<StoredLayer> below, Temporary temporary) {
    Digest chainId = chain(diffId, below);
    TextRecord meta =
        new TextRecord()
            .add("brig-layer", META_VERSION)
            .add("diff-id", diffId.toString())
            .add("chain-id", chainId.toString())
            .add("opaque-root", summary.opaqueRoot() ? "yes" : "no")
            .add("entries", Long.toString(summary.entries()))
            .addAll("loss", summary.losses().lines());
    Kernel kernel = files.kernel();
    OpenFlag[] flags = {OpenFlag.O_WRONLY, OpenFlag.O_CREAT, OpenFlag.O_EXCL};
    try (Fd fd = kernel.files().openat(temporary.fd(), "meta", 0600, flags)) {
      kernel.files().writeAll(fd, meta.bytes());
    }
    // One call for thousands of files. Without it a layer could survive a crash with its name and
    // empty
    // files.
    kernel.files().syncfs(files.root());
    String key = summary.dependsOnLower() ? "c-" + chainId.hex() : diffId.hex();
    temporary.publish("layers/" + key);
    losses.addAll(summary.losses());
    return key;
  }

  /// What is done with a layer's archive while its blob is being read.
  private interface Use {
    void read(LayerInput input);
  }

  private record Read(Descriptor descriptor, Digest diffId) {}

  private Read readBlob(LayerSource source, Use use) {
    Descriptor known = source.descriptor();
    boolean have = known != null && blobs.has(known);
    try (OpenBlob blob = have ? open(known, source) : source.opener().get()) {
      if (have) {
        return read(blob.stream(), source, use);
      }
      try (Temporary temporary = files.temporaryFile()) {
        Kernel kernel = files.kernel();
        Read read = read(new IngestStream(blob.stream(), kernel.files(), temporary), source, use);
        kernel.attributes().chmod(temporary.fd(), 0644);
        kernel.files().fsync(temporary.fd());
        temporary.publish(BlobStore.path(read.descriptor().digest()));
        return read;
      }
    }
  }

  private OpenBlob open(@Nullable Descriptor known, LayerSource source) {
    return known == null
        ? source.opener().get()
        : blobs
            .open(known.digest())
            .orElseThrow(() -> new ImageException(source.what(), "its blob is gone", ""));
  }

  private Read read(InputStream stream, LayerSource source, Use use) {
    Descriptor known = source.descriptor();
    VerifiedStream verified =
        known == null
            ? VerifiedStream.unknown(stream, source.what())
            : VerifiedStream.blob(stream, source.what(), known.digest(), known.sizeBytes());
    try (LayerInput input = new LayerInput(verified, source.what(), source.diffId(), limits)) {
      use.read(input);
      LayerInput.Verified found = input.finish();
      Descriptor descriptor =
          known == null
              ? new Descriptor(mediaType(found), found.digest(), found.sizeBytes())
              : known;
      return new Read(descriptor, found.diffId());
    }
  }

  private static MediaType mediaType(LayerInput.Verified found) {
    return switch (found.compression()) {
      case NONE -> MediaType.OCI_LAYER;
      case GZIP -> MediaType.OCI_LAYER_GZIP;
      case ZSTD -> MediaType.OCI_LAYER_ZSTD;
      case XZ, BZIP2 -> throw new IllegalStateException("read by nobody: " + found.compression());
    };
  }

  private final class Unpacking implements Use {
    private final LayerSource source;
    private final List<Path> lower;
    private final Temporary temporary;
    private @Nullable LayerSummary summary;

    Unpacking(LayerSource source, List<StoredLayer> below, Temporary temporary) {
      this.source = source;
      this.lower = lower(below);
      this.temporary = temporary;
    }

    private List<Path> lower(List<StoredLayer> below) {
      List<Path> topmostFirst = new ArrayList<>();
      for (String key : stack(below)) {
        topmostFirst.add(files.path().resolve(StoredLayer.treePath(key)));
      }
      return topmostFirst;
    }

    LayerSummary summary() {
      if (summary == null) {
        throw new IllegalStateException("nothing was unpacked");
      }
      return summary;
    }

    @Override
    public void read(LayerInput input) {
      Kernel kernel = files.kernel();
      kernel.tree().mkdirat(temporary.fd(), "fs", 0700);
      OpenFlag[] flags = {OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY, OpenFlag.O_NOFOLLOW};
      try (LowerLayers layers = new LowerLayers(kernel, lower);
          Fd root = kernel.files().openat(temporary.fd(), "fs", flags)) {
        LayerExtractor extractor = new LayerExtractor(kernel, layers, ownership, limits);
        summary = extractor.extract(input.tar(), root, source.what());
      }
    }
  }

  /// Returns the directories that layers are stacked from, the topmost first.
  ///
  /// Nothing below an opaque root is in it. A layer that is there twice is only in its upper place,
  /// where it shows all that it has: overlayfs refuses a directory that overlaps itself.
  static List<String> stack(List<StoredLayer> bottomFirst) {
    List<String> keys = new ArrayList<>();
    for (StoredLayer layer : bottomFirst.reversed()) {
      if (!keys.contains(layer.key())) {
        keys.add(layer.key());
      }
      if (layer.opaqueRoot()) {
        break;
      }
    }
    return keys;
  }
}
