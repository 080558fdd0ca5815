package dev.brig.runtime.attack;

import dev.brig.linux.Machine;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What an attack has to know of the machine, to tell whether it has reached it.
///
/// @param machine what the program runs on
/// @param root the machine's root directory
/// @param namespaces the inode numbers of the namespaces outside, by their names in /proc/PID/ns
/// @param pid a process outside, which attacks may look at and never harm
/// @param disk the number of a block device of the machine, as mknod(2) takes it, or 0
/// @param pidsMax how many processes the container may have, or 0 if there is no limit
/// @param secret a file outside that an attack which reaches the machine's root reads out, or empty
/// @param absent the files, among those that attacks open, that the machine itself lacks
/// @param host what tells the machine's kernel from the container's own, or empty if it has none
public record AttackFacts(
    Machine machine,
    FileId root,
    Map<String, Long> namespaces,
    int pid,
    long disk,
    int pidsMax,
    String secret,
    Set<String> absent,
    Optional<HostKernel> host) {
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

  /// The kernel of the machine, for a container that has one of its own: there, numbers of devices,
  /// processes and namespaces tell nothing, and what is allowed is allowed by another.
  ///
  /// @param release as `release` of uname(2) has it
  /// @param version as `version` of uname(2) has it
  /// @param bootId what /proc/sys/kernel/random/boot_id says, which differs between two boots of
  ///   the same kernel; random(4); or empty
  /// @param shared the namespaces of the machine's, by their names in /proc/PID/ns, that the
  ///   container works in none the less
  public record HostKernel(String release, String version, String bootId, Set<String> shared) {
    /// Copies the set.
    public HostKernel {
      shared = Set.copyOf(shared);
    }
  }
}
