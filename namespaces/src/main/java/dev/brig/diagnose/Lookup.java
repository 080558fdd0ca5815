package dev.brig.diagnose;

import dev.brig.linux.FileStatus;
import dev.brig.linux.FileType;
import java.util.List;

/// What came of walking a path inside a root.
sealed interface Lookup {

  /// Returns the directories and links that the walk went through, in order, the root first.
  List<Visit> visits();

  /// A directory or link on the way.
  ///
  /// @param path where it is inside the root
  /// @param status what it is
  record Visit(String path, FileStatus status) {}

  /// There is something.
  ///
  /// @param visits the way
  /// @param path where it really is inside the root, without links
  /// @param place where it is on the host
  /// @param status what it is
  record Found(List<Visit> visits, String path, Place place, FileStatus status) implements Lookup {}

  /// There is nothing.
  ///
  /// @param visits the way
  /// @param parent the directory that was reached
  /// @param name what is not in it
  record Missing(List<Visit> visits, String parent, String name) implements Lookup {
    /// Returns the path that is missing.
    String path() {
      return RootView.join(parent, name);
    }
  }

  /// A component in the middle is no directory.
  ///
  /// @param visits the way
  /// @param path the component
  /// @param type what it is instead
  record Blocked(List<Visit> visits, String path, FileType type) implements Lookup {}

  /// Too many links.
  ///
  /// @param visits the way
  /// @param path the last link
  record Loop(List<Visit> visits, String path) implements Lookup {}

  /// It is on a mount whose contents can't be looked at from here.
  ///
  /// @param visits the way
  /// @param path the mount
  record Hidden(List<Visit> visits, String path) implements Lookup {}

  /// A place on the host.
  ///
  /// @param layer the directory that is looked into, or a file that is mounted
  /// @param path a path below it without links, or `.` for the layer itself
  /// @param mount the target of the mount that it was reached through, or empty
  record Place(String layer, String path, String mount) {}

  /// Returns the last link that the walk went through, or the empty string.
  default String lastLink() {
    String last = "";
    for (Visit visit : visits()) {
      if (visit.status().type() == FileType.SYMLINK) {
        last = visit.path();
      }
    }
    return last;
  }
}
