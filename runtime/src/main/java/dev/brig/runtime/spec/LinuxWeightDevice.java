package dev.brig.runtime.spec;

import org.jspecify.annotations.Nullable;

/// The I/O weight for one device (`linux.resources.blockIO.weightDevice[]`).
///
/// @param major the device's major number
/// @param minor the device's minor number
/// @param weight the weight, 10 to 1000; null leaves the cgroup's
/// @param leafWeight the weight against child cgroups; null leaves the cgroup's
public record LinuxWeightDevice(
    long major, long minor, @Nullable Integer weight, @Nullable Integer leafWeight) {}
