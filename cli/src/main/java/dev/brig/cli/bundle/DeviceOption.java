package dev.brig.cli.bundle;

/// A device that the user lets the container have.
///
/// @param source the device node on the host
/// @param target the absolute path inside the container
/// @param access any of `r`, `w` and `m` (mknod)
public record DeviceOption(String source, String target, String access) {}
