package dev.brig.namespaces;

import dev.brig.plan.Operand.Num;

/// What mount_setattr(2) changes of a mount.
///
/// @param set `MOUNT_ATTR_*` flags to set
/// @param cleared `MOUNT_ATTR_*` flags to clear before
/// @param propagation `MS_PRIVATE`, `MS_SLAVE`, `MS_SHARED` or `MS_UNBINDABLE`, or zero to leave it
public record MountChange(Num set, Num cleared, Num propagation) {
  /// Nothing changes.
  public static final MountChange NONE = new MountChange(Abi.ZERO, Abi.ZERO, Abi.ZERO);

  private static final long MS_PRIVATE = 0x40000;

  /// Returns a change that sets attributes.
  ///
  /// @param attributes `MOUNT_ATTR_*` flags
  public static MountChange set(Num attributes) {
    return new MountChange(attributes, Abi.ZERO, Abi.ZERO);
  }

  /// Returns the same with a propagation type.
  public MountChange withPropagation(Num type) {
    return new MountChange(set, cleared, type);
  }

  /// Returns the same with more attributes to set.
  MountChange setting(Num attribute) {
    return new MountChange(
        set.value() == 0 ? attribute : Abi.or(set, attribute), cleared, propagation);
  }

  /// Returns whether nothing changes.
  public boolean isNothing() {
    return set.value() == 0 && cleared.value() == 0 && propagation.value() == 0;
  }

  /// Returns whether nothing changes of a mount that is private.
  boolean isNothingForPrivate() {
    return set.value() == 0 && cleared.value() == 0 && !isTied();
  }

  /// Returns whether the mount is to be tied to others by propagation, or kept from it.
  boolean isTied() {
    return propagation.value() != 0 && propagation.value() != MS_PRIVATE;
  }
}
