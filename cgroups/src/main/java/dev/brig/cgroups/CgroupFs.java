package dev.brig.cgroups;

import java.nio.file.Path;
import java.util.List;

/// The few operations that control groups are made of; the only way this module acts.
///
/// Failures are [dev.brig.linux.KernelException]s that name the call. What this is not: a general
/// file system; files are small texts, and a write is one write(2).
public interface CgroupFs {

  /// Returns the whole text of a file.
  String read(Path file);

  /// Returns the whole text of a file, or the empty string if it isn't there or can't be read.
  String readIfThere(Path file);

  /// Writes a value by one write(2), as the files of a cgroup need it.
  void write(Path file, String value);

  /// Makes a cgroup.
  void makeDirectory(Path directory);

  /// Removes a cgroup that has neither processes nor children.
  ///
  /// @throws dev.brig.linux.KernelException EBUSY if it has; ENOENT if it isn't there
  void removeDirectory(Path directory);

  /// Returns the names of the directories in a directory in no order; empty if it isn't there.
  List<String> directories(Path directory);

  /// Returns the names of all files in a directory in no order; empty if it isn't there.
  List<String> list(Path directory);

  /// Tells whether there is a file or a directory.
  boolean exists(Path path);

  /// Tells whether this process may write to a file or a directory.
  boolean isWritable(Path path);

  /// Waits until a file that notifies of changes, cgroup.events, has this line.
  ///
  /// @param file the file
  /// @param line the line, without a newline
  /// @param timeoutMillis how long to wait at most
  /// @return false if it hadn't by then, or if there is no such file
  boolean await(Path file, String line, long timeoutMillis);

  /// Lets some time pass, where the kernel tells of no event to wait for.
  void pause(long millis);

  /// Sends SIGKILL to a process of a cgroup. One that has ended is left alone, and so is another
  /// process that has got its number.
  ///
  /// @param pid the number that the cgroup lists
  /// @param cgroup the directory of the cgroup
  void kill(int pid, Path cgroup);
}
