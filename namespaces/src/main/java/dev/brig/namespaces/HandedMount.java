package dev.brig.namespaces;

import dev.brig.namespaces.MountRequest.Depth;
import dev.brig.plan.Slot;

/// A mount of the host's, still attached nowhere, that somebody outside hands into a container with
/// a user namespace of its own: inside, its source could not be reached, or its ids not be mapped;
/// open_tree(2), mount_setattr(2), "ID-mapped mounts".
///
/// @param slot where the container's half finds its descriptor
/// @param path absolute path on the host
/// @param depth whether mounts below it come along
/// @param mapped whether the ids of mounts below it are mapped as well
/// @param change what of it is to differ from the source
/// @param below what of it and of all mounts below it is to differ
/// @param ids whose ids its files have inside
/// @param option what asked for it
public record HandedMount(
    Slot slot,
    String path,
    Depth depth,
    Depth mapped,
    MountChange change,
    MountChange below,
    Ids ids,
    String option) {

  /// Whose ids the files of a mount have.
  public sealed interface Ids {
    /// Those on disk: inside, they are what the user namespace maps them to, or nobody's.
    record Kept() implements Ids {}

    /// Those on disk are taken for the container's: what belongs to 0 belongs to 0 inside.
    record Containers() implements Ids {}

    /// Those on disk are mapped by a mapping of the mount's own.
    ///
    /// @param uidMap as uid_map takes it; user_namespaces(7)
    /// @param gidMap as gid_map takes it
    record Own(String uidMap, String gidMap) implements Ids {}
  }
}
