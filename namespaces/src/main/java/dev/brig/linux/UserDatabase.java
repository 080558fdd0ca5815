package dev.brig.linux;

import java.util.Optional;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;
import jnr.posix.Passwd;

/// The C library's user database, through jnr-posix. Loading it takes about 100 ms.
final class UserDatabase {
  private UserDatabase() {}

  /// Returns the name of a user, or empty if the database has none.
  static Optional<String> name(int uid) {
    POSIX posix = POSIXFactory.getNativePOSIX();
    Passwd entry = posix.getpwuid(uid);
    return entry == null ? Optional.empty() : Optional.of(entry.getLoginName());
  }
}
