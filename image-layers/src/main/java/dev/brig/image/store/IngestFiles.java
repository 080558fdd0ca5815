package dev.brig.image.store;

import dev.brig.image.Digest;
import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.Lock;
import java.util.Optional;

/// The files of downloads that have not come to their end.
final class IngestFiles {
  static final String DIRECTORY = "ingest";

  // Long enough to go on the next morning.
  private static final long KEPT_SECONDS = 24L * 60 * 60;

  private static final String SUFFIX = ".part";
  private static final String LOCK = "blob-";

  private IngestFiles() {}

  /// Returns the path of what has arrived of a blob.
  static String part(Digest blob) {
    return DIRECTORY + "/" + blob.algorithm() + "-" + blob.hex() + SUFFIX;
  }

  /// Returns the name of the lock of whoever fetches a blob.
  static String lock(Digest blob) {
    return LOCK + blob.hex();
  }

  /// Tells whether a lock is that of whoever fetches a blob.
  static boolean isLock(String name) {
    return name.startsWith(LOCK);
  }

  /// Removes what nobody has gone on with for a day.
  ///
  /// @param nowSeconds the time since 1970
  static void sweep(StoreFiles files, long nowSeconds) {
    long _ = remove(files, nowSeconds - KEPT_SECONDS);
  }

  /// Removes what nobody goes on with at this moment, or, if only what has no name is to go, what
  /// nobody has gone on with for a day.
  ///
  /// @return how many bytes it took
  static long prune(StoreFiles files, Housekeeping.Scope scope) {
    long now = System.currentTimeMillis() / 1000;
    return switch (scope) {
      case UNUSED -> remove(files, Long.MAX_VALUE);
      case NAMELESS -> remove(files, now - KEPT_SECONDS);
    };
  }

  private static long remove(StoreFiles files, long olderThanSeconds) {
    long bytes = 0;
    if (!files.exists(DIRECTORY)) {
      return bytes;
    }
    for (String name : files.list(DIRECTORY)) {
      FileStatus status = files.status(DIRECTORY + "/" + name);
      int dash = name.indexOf('-');
      if (status == null
          || dash < 0
          || !name.endsWith(SUFFIX)
          || status.modified().seconds() >= olderThanSeconds) {
        continue;
      }
      String hex = name.substring(dash + 1, name.length() - SUFFIX.length());
      Optional<Fd> lock = files.tryLock(LOCK + hex, Lock.EXCLUSIVE);
      if (lock.isPresent()) {
        try (Fd _ = lock.get()) {
          bytes += status.sizeBytes();
          files.remove(DIRECTORY, name);
        }
      }
    }
    return bytes;
  }
}
