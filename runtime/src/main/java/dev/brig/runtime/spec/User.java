package dev.brig.runtime.spec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who the process is inside the container (`process.user`).
///
/// @param uid the user id, 0 to 2^32-1
/// @param gid the group id, 0 to 2^32-1
/// @param umask the file mode creation mask, 0 to 0777; null leaves the runtime's default
/// @param additionalGids the supplementary groups, in the order given
public record User(long uid, long gid, @Nullable Integer umask, List<Long> additionalGids) {
  /// User and group 0 without supplementary groups.
  public static final User ROOT = new User(0, 0, null, List.of());

  /// Copies the list.
  public User {
    additionalGids = List.copyOf(additionalGids);
  }
}
