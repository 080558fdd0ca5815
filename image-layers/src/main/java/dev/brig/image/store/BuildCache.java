package dev.brig.image.store;

import dev.brig.image.Descriptor;
import dev.brig.image.Digest;
import dev.brig.image.store.ImageBuild.Layer;
import dev.brig.image.store.ImageBuild.Result;
import java.util.Map;
import java.util.Optional;

/// What steps of builds made, by their keys: `builds/HEX`, small files that may be lost any time.
///
/// They keep nothing alive. A layer is there as long as an image has it; a record whose layer is
/// gone is worth nothing and is removed when it is met.
final class BuildCache {
  private static final String DIRECTORY = "builds";
  private static final String VERSION = "1";
  private static final int SIZE_MAX = 64 * 1024;

  private final StoreFiles files;
  private final BlobStore blobs;

  BuildCache(StoreFiles files) {
    this.files = files;
    this.blobs = new BlobStore(files);
  }

  Optional<Result> find(Digest key) {
    byte[] bytes = files.read(DIRECTORY + "/" + key.hex(), SIZE_MAX);
    if (bytes == null) {
      return Optional.empty();
    }
    TextRecord record = TextRecord.parse(bytes);
    if (!record.first("brig-step").equals(VERSION)) {
      return Optional.empty();
    }
    String created = record.first("created");
    String blob = record.first("blob");
    if (blob.isEmpty()) {
      return Optional.of(new Result(Optional.empty(), created));
    }
    Descriptor descriptor =
        new Descriptor(
            record.first("type"),
            Digest.parse(blob),
            Long.parseLong(record.first("size")),
            Map.of(),
            null);
    if (!blobs.has(descriptor)) {
      files.remove(DIRECTORY, key.hex());
      return Optional.empty();
    }
    Layer layer = new Layer(descriptor, Digest.parse(record.first("diff-id")));
    return Optional.of(new Result(Optional.of(layer), created));
  }

  /// Removes what is remembered of layers that are gone.
  void sweep() {
    if (!files.exists(DIRECTORY)) {
      return;
    }
    for (String name : files.list(DIRECTORY)) {
      var _ = find(new Digest("sha256", name));
    }
  }

  void remember(Digest key, Result result) {
    // A store of an earlier brig has no such directory.
    var _ = files.kernel().tree().mkdirIfAbsent(files.root(), DIRECTORY, 0700);
    TextRecord record = new TextRecord().add("brig-step", VERSION).add("created", result.created());
    if (result.layer().isPresent()) {
      Layer layer = result.layer().get();
      record
          .add("blob", layer.blob().digest().toString())
          .add("size", Long.toString(layer.blob().sizeBytes()))
          .add("type", layer.blob().mediaType())
          .add("diff-id", layer.diffId().toString());
    }
    files.writeCache(DIRECTORY + "/" + key.hex(), record.bytes());
  }
}
