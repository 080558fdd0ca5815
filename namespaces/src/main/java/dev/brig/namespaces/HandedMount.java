package dev.brig.namespaces;

import dev.brig.namespaces.MountRequest.Depth;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Slot;

/// A mount of the host's, still attached nowhere, that somebody outside hands into a container with
/// a user namespace of its own: inside, its source could not be reached, or its ids not be mapped;
/// open_tree(2), mount_setattr(2), "ID-mapped mounts".
///
/// @param slot where the container's half finds its descriptor
/// @param path absolute path on the host
/// @param depth whether mounts below it come along
/// @param attributes `MOUNT_ATTR_*` flags to set
/// @param propagation `MS_PRIVATE`, `MS_SLAVE` or `MS_SHARED`
/// @param ids whose ids its files have inside
/// @param option what asked for it
public record HandedMount(
    Slot slot, String path, Depth depth, Num attributes, Num propagation, Ids ids, String option) {

  /// Whose ids the files of a mount have.
  public enum Ids {
    /// Those on disk: inside, they are what the user namespace maps them to, or nobody's.
    KEPT,
    /// Those on disk are taken for the container's: what belongs to 0 belongs to 0 inside.
    MAPPED
  }
}
