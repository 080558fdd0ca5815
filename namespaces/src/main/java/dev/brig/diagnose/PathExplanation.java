package dev.brig.diagnose;

import dev.brig.diagnose.Surroundings.Credentials;
import dev.brig.linux.Errno;
import dev.brig.linux.FileType;
import java.util.Optional;

/// Says which part of a path is the matter.
final class PathExplanation {
  private static final String CORRECT = "correct the path";

  private final Credentials credentials;

  PathExplanation(Credentials credentials) {
    this.credentials = credentials;
  }

  /// Explains an error by what came of walking the path.
  ///
  /// @param lookup the walk
  /// @param errno the error
  /// @param where the root's name in the sentence: `this root`, `the host`
  Optional<Finding> explain(Lookup lookup, Errno errno, String where) {
    if (errno == Errno.EACCES) {
      return new Permissions(credentials).blockedBy(lookup.visits());
    }
    return switch (lookup) {
      case Lookup.Missing missing when errno == Errno.ENOENT ->
          Optional.of(missing(missing, where));
      case Lookup.Blocked blocked when errno == Errno.ENOTDIR || errno == Errno.ENOENT ->
          Optional.of(
              new Finding(
                  blocked.path()
                      + " in "
                      + where
                      + " is "
                      + kind(blocked.type())
                      + ", not a directory",
                  CORRECT));
      case Lookup.Loop loop when errno == Errno.ELOOP ->
          Optional.of(
              new Finding(
                  "the symbolic link " + loop.path() + " leads in a circle",
                  "let it lead to what is meant: ln -sfn TARGET " + loop.path()));
      case Lookup.Found found when errno == Errno.ENOTDIR && !found.status().isDirectory() ->
          Optional.of(
              new Finding(
                  found.path()
                      + " in "
                      + where
                      + " is "
                      + kind(found.status().type())
                      + ", not a directory",
                  CORRECT));
      case Lookup.Hidden hidden when errno == Errno.ENOENT ->
          Optional.of(
              new Finding(
                  "a new filesystem is mounted on "
                      + hidden.path()
                      + " and hides what "
                      + where
                      + " has there",
                  "mount it elsewhere, or leave it out"));
      case Lookup.Missing _, Lookup.Blocked _, Lookup.Loop _, Lookup.Found _, Lookup.Hidden _ ->
          Optional.empty();
    };
  }

  private static Finding missing(Lookup.Missing missing, String where) {
    String link = missing.lastLink();
    boolean isHost = where.equals("the host");
    String text =
        missing.name().equals(".")
            ? where + " itself is not there"
            : where
                + " has a directory "
                + missing.parent()
                + ", but no \""
                + missing.name()
                + "\" in it";
    return new Finding(
        link.isEmpty() ? text : text + "; the symbolic link " + link + " leads there",
        missing.parent().startsWith("/proc/sys")
            ? "this kernel has no such setting; sysctl -a lists those that it has"
            : "correct the path, or make what is missing" + (isHost ? "" : " in the image"));
  }

  /// Returns a kind of file with its article.
  static String kind(FileType type) {
    return switch (type) {
      case REGULAR -> "a regular file";
      case DIRECTORY -> "a directory";
      case SYMLINK -> "a symbolic link";
      case CHARACTER_DEVICE -> "a character device";
      case BLOCK_DEVICE -> "a block device";
      case FIFO -> "a FIFO";
      case SOCKET -> "a socket";
      case UNKNOWN -> "something unknown";
    };
  }
}
