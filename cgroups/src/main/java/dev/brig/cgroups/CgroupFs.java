package dev.brig.cgroups;

import java.nio.file.Path;
import java.util.List;

/// The few file operations that control groups are made of; the only way this module acts.
///
/// Failures are [dev.brig.linux.KernelException]s that name the call. What this is not: a general
/// file system; files are small texts, and a write is one write(2).
public interface CgroupFs {

  /// Returns the whole text of a file.
  String read(Path file);

  /// Returns the whole text of a file, or the empty string if it can't be read.
  String readIfThere(Path file);

  /// Writes a value by one write(2), as the files of a cgroup need it.
  void write(Path file, String value);

  /// Makes a cgroup.
  void makeDirectory(Path directory);

  /// Removes a cgroup that has neither processes nor children.
  void removeDirectory(Path directory);

  /// Returns the names in a directory in no order; empty if it isn't there.
  List<String> list(Path directory);

  /// Tells whether there is a file or a directory.
  boolean exists(Path path);

  /// Tells whether this process may write to a file or a directory.
  boolean isWritable(Path path);
}
