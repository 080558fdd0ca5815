package dev.brig.image.store;

import dev.brig.error.BrigException;
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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
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
  private final Publication publication;
  private final Ownership ownership;
  private final Limits limits;
  private final Losses losses = new Losses();

  LayerStore(StoreFiles files, Publication publication, Ownership ownership, Limits limits) {
    this.files = files;
    this.blobs = new BlobStore(files);
    this.publication = publication;
    this.ownership = ownership;
    this.limits = limits;
  }

  /// Returns what the layers that were unpacked here could not have.
  Losses losses() {
    return losses;
  }

  /// Keeps other processes from unpacking the same layers meanwhile: who comes second waits, and
  /// then finds them.
  ///
  /// @return the locks, to be closed after the publication
  Locks lock(List<LayerSource> layers) {
    SortedSet<String> names = new TreeSet<>();
    for (LayerSource layer : layers) {
      if (layer.diffId() != null) {
        names.add(layer.diffId().hex());
      }
    }
    // In order: two imports with layers in common cannot wait for each other.
    Locks locks = new Locks(files);
    try {
      names.forEach(locks::add);
      return locks;
    } catch (BrigException e) {
      locks.close();
      throw e;
    }
  }

  /// Some locks, given up together.
  static final class Locks implements AutoCloseable {
    private final StoreFiles files;
    private final List<Fd> held = new ArrayList<>();

    Locks(StoreFiles files) {
      this.files = files;
    }

    void add(String name) {
      held.add(files.lock(name, Lock.EXCLUSIVE));
    }

    @Override
    public void close() {
      held.forEach(Fd::close);
    }
  }

  /// Brings a layer into the store, blob and tree, unless they are there.
  ///
  /// @param source the layer; if its diffID is known, it is locked
  /// @param below the layers below it, the bottom one first
  /// @param locks takes the lock of a layer whose diffID was not known
  /// @throws ImageException if the layer is damaged or hostile; the store is as before
  StoredLayer add(LayerSource source, List<StoredLayer> below, Locks locks) {
    Digest diffId = source.diffId();
    String tree = diffId == null ? null : find(diffId, chain(diffId, below));
    Descriptor blob = source.descriptor();
    if (tree == null || diffId == null) {
      return unpack(source, below, locks);
    }
    Descriptor there = blob != null && blobs.has(blob) ? blob : ingest(source);
    return stored(there, diffId, below, tree);
  }

  private StoredLayer stored(
      Descriptor blob, Digest diffId, List<StoredLayer> below, String directory) {
    Digest chainId = chain(diffId, below);
    boolean alone = directory.equals(name(diffId)) || isWaiting(directory, name(diffId));
    return new StoredLayer(
        blob,
        diffId,
        chainId,
        alone ? diffId.hex() : chainKey(chainId),
        directory + "/fs",
        isOpaqueRoot(directory));
  }

  private boolean isWaiting(String directory, String name) {
    return directory.equals(publication.find(name));
  }

  private static String chainKey(Digest chainId) {
    return "c-" + chainId.hex();
  }

  private static String name(Digest diffId) {
    return "layers/" + diffId.hex();
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

  /// Returns the present directory of an unpacked layer, or null if there is none.
  private @Nullable String find(Digest diffId, Digest chainId) {
    String alone = present(name(diffId));
    return alone == null ? present("layers/" + chainKey(chainId)) : alone;
  }

  private @Nullable String present(String name) {
    String waiting = publication.find(name);
    return waiting == null && files.exists(name) ? name : waiting;
  }

  private boolean isOpaqueRoot(String directory) {
    byte[] meta = files.read(directory + "/meta", META_SIZE_MAX);
    return meta != null && TextRecord.parse(meta).first("opaque-root").equals("yes");
  }

  private Descriptor ingest(LayerSource source) {
    return readBlob(source, input -> input.tar().drain()).descriptor();
  }

  private StoredLayer unpack(LayerSource source, List<StoredLayer> below, Locks locks) {
    Temporary temporary = files.temporaryDirectory();
    try {
      Unpacking unpacking = new Unpacking(source, below, temporary);
      Read read = readBlob(source, unpacking);
      Digest diffId = read.diffId();
      String found = null;
      if (source.diffId() == null) {
        // Nothing was known before all had been read, so that there was nothing to lock.
        locks.add(diffId.hex());
        found = find(diffId, chain(diffId, below));
      }
      if (found != null) {
        temporary.close();
        return stored(read.descriptor(), diffId, below, found);
      }
      hand(unpacking.summary(), diffId, below, temporary);
      return stored(read.descriptor(), diffId, below, temporary.name());
    } catch (BrigException e) {
      temporary.discard(e);
      throw e;
    }
  }

  private void hand(
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
    String key = summary.dependsOnLower() ? chainKey(chainId) : diffId.hex();
    publication.add(temporary, "layers/" + key);
    losses.addAll(summary.losses());
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
      return ingest(blob.stream(), source, use);
    }
  }

  private Read ingest(InputStream stream, LayerSource source, Use use) {
    Temporary temporary = files.temporaryFile();
    try {
      var copied = new IngestStream(stream, files.kernel().files(), temporary);
      Read read = read(copied, source, use);
      blobs.finish(temporary, read.descriptor().digest(), publication);
      return read;
    } catch (BrigException e) {
      temporary.discard(e);
      throw e;
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
      for (StoredLayer layer : stack(below)) {
        topmostFirst.add(files.path().resolve(layer.tree()));
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
      try (LowerLayers layers = new LowerLayers(kernel, () -> lower);
          Fd root = kernel.files().openat(temporary.fd(), "fs", flags)) {
        LayerExtractor extractor = new LayerExtractor(kernel, layers, ownership, limits);
        summary = extractor.extract(input.tar(), root, source.what());
      }
    }
  }

  /// Returns the layers that are stacked, the topmost first.
  ///
  /// Nothing below an opaque root is among them. A layer that is there twice is only in its upper
  /// place, where it shows all that it has: overlayfs refuses a directory that overlaps itself.
  static List<StoredLayer> stack(List<StoredLayer> bottomFirst) {
    List<StoredLayer> layers = new ArrayList<>();
    Set<String> keys = new HashSet<>();
    for (StoredLayer layer : bottomFirst.reversed()) {
      if (keys.add(layer.key())) {
        layers.add(layer);
      }
      if (layer.opaqueRoot()) {
        break;
      }
    }
    return layers;
  }
}
