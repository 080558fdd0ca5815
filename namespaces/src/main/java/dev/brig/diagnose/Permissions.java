package dev.brig.diagnose;

import dev.brig.diagnose.Lookup.Visit;
import dev.brig.diagnose.Surroundings.Credentials;
import dev.brig.linux.FileStatus;
import dev.brig.linux.FileType;
import java.util.List;
import java.util.Optional;

/// What permission bits let somebody do.
///
/// @see <a
///   href="https://man7.org/linux/man-pages/man7/path_resolution.7.html">path_resolution(7)</a>
final class Permissions {
  private static final int EXECUTE = 1;
  private static final int ANY_EXECUTE = 0111;

  private final Credentials credentials;

  Permissions(Credentials credentials) {
    this.credentials = credentials;
  }

  /// Returns which directory on a way may not be passed, if any.
  Optional<Finding> blockedBy(List<Visit> visits) {
    if (credentials.access() == Credentials.Access.OVERRIDES) {
      return Optional.empty();
    }
    for (Visit visit : visits) {
      if (visit.status().type() == FileType.DIRECTORY && (bits(visit.status()) & EXECUTE) == 0) {
        return Optional.of(
            new Finding(
                "the directory "
                    + visit.path()
                    + " (mode 0"
                    + Integer.toOctalString(visit.status().permissions())
                    + ", owner "
                    + Integer.toUnsignedString(visit.status().uid())
                    + ":"
                    + Integer.toUnsignedString(visit.status().gid())
                    + ") may not be passed by "
                    + credentials.uid()
                    + ":"
                    + credentials.gid(),
                "it lacks x for that user: chmod a+x " + visit.path()));
      }
    }
    return Optional.empty();
  }

  /// Tells whether a file may be executed. Even root needs one x bit for that.
  boolean mayExecute(FileStatus status) {
    return credentials.access() == Credentials.Access.OVERRIDES
        ? (status.permissions() & ANY_EXECUTE) != 0
        : (bits(status) & EXECUTE) != 0;
  }

  private int bits(FileStatus status) {
    int permissions = status.permissions();
    if (Integer.toUnsignedLong(status.uid()) == credentials.uid()) {
      return permissions >> 6;
    }
    long group = Integer.toUnsignedLong(status.gid());
    boolean member = group == credentials.gid() || credentials.groups().contains(group);
    return member ? permissions >> 3 : permissions;
  }
}
