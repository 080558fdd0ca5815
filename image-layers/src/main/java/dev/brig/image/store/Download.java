package dev.brig.image.store;

import dev.brig.image.Descriptor;
import dev.brig.image.Digest;
import dev.brig.image.ImageException;
import dev.brig.linux.Fd;
import dev.brig.linux.FileCalls;
import dev.brig.linux.Lock;
import dev.brig.linux.OpenFlag;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// Fetches one blob into the store, from where an earlier attempt of whichever process ended.
///
/// What has arrived lies in `ingest/ALGORITHM-HEX.part` and belongs to the holder of the blob's
/// lock, which dies with its process. The file gets the blob's name when all of it has been
/// verified and stored.
final class Download {
  private static final int CHUNK_BYTES = 256 * 1024;

  private final StoreFiles files;
  private final BlobStore blobs;
  private final FileCalls calls;
  private final RemoteImage remote;
  private final TransferListener listener;
  private final BooleanSupplier stopped;
  private final byte[] heap = new byte[CHUNK_BYTES];
  private final ByteBuffer direct = ByteBuffer.allocateDirect(CHUNK_BYTES);

  Download(
      StoreFiles files, RemoteImage remote, TransferListener listener, BooleanSupplier stopped) {
    this.files = files;
    this.blobs = new BlobStore(files);
    this.calls = files.kernel().files();
    this.remote = remote;
    this.listener = listener;
    this.stopped = stopped;
  }

  /// Fetches a blob unless it is there.
  ///
  /// @return whether it was fetched here, and not by another process meanwhile
  /// @throws ImageException if what comes is not the blob; nothing is left of it then
  boolean fetch(Descriptor blob) {
    if (blobs.has(blob)) {
      listener.present(blob);
      return false;
    }
    try (Fd _ = lock(blob)) {
      if (blobs.has(blob)) {
        listener.present(blob);
        return false;
      }
      String part = IngestFiles.part(blob.digest());
      OpenFlag[] flags = {OpenFlag.O_RDWR, OpenFlag.O_CREAT, OpenFlag.O_NOFOLLOW};
      try (Fd fd = calls.openat(files.root(), part, 0600, flags)) {
        receive(blob, fd, part);
        files.kernel().attributes().chmod(fd, 0644);
        calls.fsync(fd);
      }
      String name = BlobStore.path(blob.digest());
      files.kernel().tree().rename(files.root(), part, files.root(), name);
      files.syncDirectory(name.substring(0, name.lastIndexOf('/')));
      listener.finished(blob);
      return true;
    }
  }

  private Fd lock(Descriptor blob) {
    String name = IngestFiles.lock(blob.digest());
    Optional<Fd> free = files.tryLock(name, Lock.EXCLUSIVE);
    if (free.isPresent()) {
      return free.get();
    }
    listener.waiting(blob);
    return files.lock(name, Lock.EXCLUSIVE);
  }

  private void receive(Descriptor blob, Fd fd, String part) {
    long have = calls.seekEnd(fd);
    if (have > blob.sizeBytes()) {
      have = 0;
    }
    try {
      boolean good = copy(blob, fd, have);
      if (!good && have > 0) {
        // The machine may have lost power while the beginning was being written: once from scratch.
        good = copy(blob, fd, 0);
      }
      if (!good) {
        throw new ImageException(
            what(blob),
            "what the registry sent has another digest",
            "the registry, or something on the way to it, damages data");
      }
    } catch (ImageException e) {
      var _ = files.kernel().tree().unlinkIfPresent(files.root(), part);
      throw e;
    }
  }

  private String what(Descriptor blob) {
    return "blob " + blob.digest() + " of " + remote.name();
  }

  /// Appends what is missing behind the first bytes of a file.
  ///
  /// @return whether the whole has the digest that it should have
  private boolean copy(Descriptor blob, Fd fd, long have) {
    calls.ftruncate(fd, have);
    calls.seek(fd, 0);
    MessageDigest computation = blob.digest().newComputation();
    // 1.3 GB a second: cheaper than to keep the state of the computation, and it sees damage.
    long hashed = hash(fd, computation);
    listener.started(blob, hashed);
    if (hashed < blob.sizeBytes()) {
      try (InputStream in = remote.open(blob, hashed)) {
        append(blob, in, fd, computation, hashed);
      } catch (IOException e) {
        throw new ImageException(what(blob), "cannot be read: " + e.getMessage(), "", e);
      }
    }
    Digest found =
        new Digest(blob.digest().algorithm(), HexFormat.of().formatHex(computation.digest()));
    return found.equals(blob.digest());
  }

  private long hash(Fd fd, MessageDigest computation) {
    long count = 0;
    int got = calls.read(fd, direct.clear());
    while (got > 0) {
      computation.update(direct.flip());
      count += got;
      got = calls.read(fd, direct.clear());
    }
    return count;
  }

  private void append(
      Descriptor blob, InputStream in, Fd fd, MessageDigest computation, long offset)
      throws IOException {
    long count = offset;
    int got = in.read(heap);
    while (got >= 0) {
      if (stopped.getAsBoolean()) {
        throw new Downloads.Stopped();
      }
      count += got;
      if (count > blob.sizeBytes()) {
        throw new ImageException(
            what(blob), "longer than the " + blob.sizeBytes() + " bytes it should have", "");
      }
      computation.update(heap, 0, got);
      calls.writeAll(fd, direct.clear().put(heap, 0, got).flip());
      listener.advanced(blob, got);
      got = in.read(heap);
    }
  }
}
