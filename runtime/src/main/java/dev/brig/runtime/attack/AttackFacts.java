package dev.brig.runtime.attack;

import dev.brig.linux.Machine;
import java.util.Map;
import java.util.Set;

/// What an attack has to know of the machine, to tell whether it has reached it.
///
/// @param machine what the program runs on
/// @param root the machine's root directory
/// @param namespaces the inode numbers of the namespaces outside, by their names in /proc/PID/ns
/// @param pid a process outside, which attacks may look at and never harm
/// @param disk the number of a block device of the machine, as mknod(2) takes it, or 0
/// @param pidsMax how many processes the container may have, or 0 if nobody has said
/// @param secret a file outside that an attack which reaches the machine's root reads out, or empty
/// @param absent the files, among those that attacks open, that the machine itself lacks
public record AttackFacts(
    Machine machine,
    FileId root,
    Map<String, Long> namespaces,
    int pid,
    long disk,
    int pidsMax,
    String secret,
    Set<String> absent) {
  /// Copies the collections.
  public AttackFacts {
    namespaces = Map.copyOf(namespaces);
    absent = Set.copyOf(absent);
  }

  /// Which file it is, whatever its path.
  ///
  /// @param device the device, as `st_dev` of stat(2) has it
  /// @param inode the inode number, `st_ino`
  public record FileId(long device, long inode) {}
}
