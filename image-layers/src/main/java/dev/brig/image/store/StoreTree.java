package dev.brig.image.store;

import dev.brig.image.layer.FdStream;
import dev.brig.image.store.BlobStore.OpenBlob;
import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.OpenFlag;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The store itself as a source: for images whose layers were never unpacked, because another tool
/// put them there.
final class StoreTree implements SourceTree {
  private final StoreFiles files;

  StoreTree(StoreFiles files) {
    this.files = files;
  }

  @Override
  public String name() {
    return files.path().toString();
  }

  @Override
  public @Nullable OpenBlob open(String path) {
    var calls = files.kernel().files();
    Optional<Fd> fd = calls.openIfPresent(files.root(), path, OpenFlag.O_RDONLY);
    return fd.map(open -> new OpenBlob(open, new FdStream(calls, open))).orElse(null);
  }

  @Override
  public long size(String path) {
    FileStatus status = files.status(path);
    return status == null ? -1 : status.sizeBytes();
  }

  @Override
  public void close() {
    // The store's files stay its owner's.
  }
}
