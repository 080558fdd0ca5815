package dev.brig.cli.bundle;

import dev.brig.runtime.spec.LinuxDeviceType;

/// What a device node of the host stands for.
///
/// @param type character or block device
/// @param major the major number
/// @param minor the minor number
/// @param mode the node's permission bits
public record DeviceNumbers(LinuxDeviceType type, long major, long minor, int mode) {}
