package dev.brig.image.store;

import dev.brig.error.BrigException;
import dev.brig.image.Descriptor;
import dev.brig.image.Digest;
import dev.brig.image.ImageException;
import dev.brig.image.layer.LayerForm;
import dev.brig.image.layer.LayerInput;
import dev.brig.image.layer.LayerSummary;
import dev.brig.image.layer.Limits;
import dev.brig.image.layer.Losses;
import dev.brig.image.layer.LowerLayers;
import dev.brig.image.layer.Ownership;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.Lock;
import dev.brig.linux.OpenFlag;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/// The unpacked layers: each is unpacked once, by whoever comes first, and is then never changed.
///
/// A layer that looks the same above any other is found by the digest of its contents; one that
/// does not (directories implied, files removed) by the digest of the whole chain.
final class LayerStore {
  private static final String META_VERSION = "1";
  private static final int META_SIZE_MAX = 64 * 1024;

  private final StoreFiles files;
  private final Publication publication;
  private final LayerBlobs blobs;
  private final LayerUnpacker unpacker;
  private final LayerChoice choice;
  private final ErofsProbe probe;

  // By the layers' places in the image.
  private final Map<Integer, Losses> losses = new ConcurrentSkipListMap<>();

  LayerStore(StoreFiles files, Publication publication, Ownership ownership, Unpacked unpacked) {
    this.files = files;
    this.publication = publication;
    this.blobs = new LayerBlobs(files, publication, unpacked.limits());
    this.unpacker = new LayerUnpacker(files, ownership, unpacked.limits());
    this.choice = unpacked.choice();
    this.probe = new ErofsProbe(files);
  }

  /// How layers are unpacked.
  ///
  /// @param choice in which form
  /// @param limits how much there may be
  record Unpacked(LayerChoice choice, Limits limits) {}

  /// Returns what the layers that were unpacked here could not have.
  Losses losses() {
    Losses all = new Losses();
    losses.values().forEach(all::addAll);
    return all;
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

    synchronized void add(String name) {
      held.add(files.lock(name, Lock.EXCLUSIVE));
    }

    @Override
    public void close() {
      held.forEach(Fd::close);
    }
  }

  /// Brings layers into the store, blobs and trees, those that are not there.
  ///
  /// @param sources the layers, the bottom one first; those whose diffID is known are locked
  /// @param held takes the locks of layers whose diffID was not known
  /// @return the layers, the bottom one first
  /// @throws ImageException if a layer is damaged or hostile; the store is as before
  List<StoredLayer> addAll(List<LayerSource> sources, Locks held) {
    List<Digest> diffIds = new ArrayList<>();
    for (LayerSource source : sources) {
      if (source.diffId() != null) {
        diffIds.add(source.diffId());
      }
    }
    if (sources.size() > 1 && diffIds.size() == sources.size()) {
      return new ParallelLayers(this, sources, diffIds, held).run();
    }
    List<StoredLayer> stored = new ArrayList<>();
    for (LayerSource source : sources) {
      stored.add(add(source, Below.of(stored), held));
    }
    return stored;
  }

  /// Brings a layer into the store. May be called by several threads.
  ///
  /// @param source the layer; if its diffID is known, it is locked
  /// @param below the layers below it
  /// @param held takes the lock of a layer whose diffID was not known
  StoredLayer add(LayerSource source, Below below, Locks held) {
    Digest diffId = source.diffId();
    Tree tree = diffId == null ? null : find(diffId, below.chain(diffId));
    Descriptor blob = source.descriptor();
    if (tree == null || diffId == null) {
      return unpack(source, below, held);
    }
    Descriptor there = blob != null && blobs.has(blob) ? blob : blobs.ingest(source);
    return stored(there, diffId, below, tree);
  }

  /// An unpacked layer.
  ///
  /// @param directory its directory, the final or a temporary one
  /// @param form in which form it is there
  private record Tree(String directory, LayerForm form) {
    String path() {
      return directory + "/" + form.fileName();
    }
  }

  private StoredLayer stored(Descriptor blob, Digest diffId, Below below, Tree tree) {
    Digest chainId = below.chain(diffId);
    String directory = tree.directory();
    boolean alone = directory.equals(name(diffId)) || isWaiting(directory, name(diffId));
    return new StoredLayer(
        blob,
        diffId,
        chainId,
        alone ? diffId.hex() : chainKey(chainId),
        tree.path(),
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

  /// Returns the present place of an unpacked layer, or null if there is none of a form that is
  /// taken.
  private @Nullable Tree find(Digest diffId, Digest chainId) {
    for (LayerForm form : choice.accepted()) {
      for (String name : List.of(name(diffId), "layers/" + chainKey(chainId))) {
        for (String directory : directories(name)) {
          Tree tree = new Tree(directory, form);
          if (files.exists(tree.path())) {
            return tree;
          }
        }
      }
    }
    return null;
  }

  private List<String> directories(String name) {
    String waiting = publication.find(name);
    return waiting == null ? List.of(name) : List.of(waiting, name);
  }

  private boolean isOpaqueRoot(String directory) {
    byte[] meta = files.read(directory + "/meta", META_SIZE_MAX);
    return meta != null && TextRecord.parse(meta).first("opaque-root").equals("yes");
  }

  private StoredLayer unpack(LayerSource source, Below below, Locks held) {
    LayerForm form = probe.form(choice);
    Temporary temporary = files.temporaryDirectory();
    try {
      Unpacking unpacking = new Unpacking(source, below, temporary, form);
      LayerBlobs.Read read = blobs.read(source, unpacking);
      Digest diffId = read.diffId();
      Tree found = null;
      if (source.diffId() == null) {
        // Nothing was known before all had been read, so that there was nothing to lock.
        held.add(diffId.hex());
        found = find(diffId, below.chain(diffId));
      }
      if (found != null) {
        temporary.close();
        return stored(read.descriptor(), diffId, below, found);
      }
      hand(unpacking, diffId, below, temporary);
      return stored(read.descriptor(), diffId, below, new Tree(temporary.name(), form));
    } catch (BrigException e) {
      temporary.discard(e);
      throw e;
    }
  }

  /// Unpacks a layer once more, beside the one that is there.
  ///
  /// @param source the layer, whose blob the store has
  /// @param below the layers below it, the bottom one first
  /// @param form in which form
  /// @return what came of it, which is removed when it is closed
  /// @throws ImageException if the blob is damaged
  Temporary unpackBeside(LayerSource source, List<StoredLayer> below, LayerForm form) {
    Temporary temporary = files.temporaryDirectory();
    try {
      var _ = blobs.read(source, new Unpacking(source, Below.of(below), temporary, form));
      return temporary;
    } catch (BrigException e) {
      temporary.discard(e);
      throw e;
    }
  }

  private void hand(Unpacking unpacking, Digest diffId, Below below, Temporary temporary) {
    LayerSummary summary = unpacking.summary();
    Digest chainId = below.chain(diffId);
    TextRecord meta =
        unpacking
            .meta
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
    losses.put(below.count(), summary.losses());
  }

  private final class Unpacking implements LayerBlobs.Use {
    private final LayerSource source;
    private final Below below;
    private final Temporary temporary;
    private final LayerForm form;
    private final TextRecord meta = new TextRecord().add("brig-layer", META_VERSION);
    private @Nullable LayerSummary summary;

    Unpacking(LayerSource source, Below below, Temporary temporary, LayerForm form) {
      this.source = source;
      this.below = below;
      this.temporary = temporary;
      this.form = form;
    }

    private List<Path> lower() {
      List<Path> topmostFirst = new ArrayList<>();
      for (StoredLayer layer : stack(below.layers().get())) {
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
      try (LowerLayers layers = new LowerLayers(files.kernel(), this::lower)) {
        summary = unpacker.unpack(form, input, layers, temporary, source.what(), meta);
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
