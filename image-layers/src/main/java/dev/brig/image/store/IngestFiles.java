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

  private IngestFiles() {}

  /// Returns the path of what has arrived of a blob.
  static String part(Digest blob) {
    return DIRECTORY + "/" + blob.algorithm() + "-" + blob.hex() + SUFFIX;
  }

  /// Returns the name of the lock of whoever fetches a blob.
  static String lock(Digest blob) {
    return "blob-" + blob.hex();
  }

  /// Removes what nobody has gone on with for a day.
  ///
  /// @param nowSeconds the time since 1970
  static void sweep(StoreFiles files, long nowSeconds) {
    for (String name : files.list(DIRECTORY)) {
      FileStatus status = files.status(DIRECTORY + "/" + name);
      int dash = name.indexOf('-');
      if (status == null || dash < 0 || !name.endsWith(SUFFIX)) {
        continue;
      }
      if (nowSeconds - status.modified().seconds() > KEPT_SECONDS) {
        String hex = name.substring(dash + 1, name.length() - SUFFIX.length());
        Optional<Fd> lock = files.tryLock("blob-" + hex, Lock.EXCLUSIVE);
        if (lock.isPresent()) {
          try (Fd _ = lock.get()) {
            files.remove(DIRECTORY, name);
          }
        }
      }
    }
  }
}
