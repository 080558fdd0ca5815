package dev.brig.runtime.spec;

/// The I/O rate for one device (`linux.resources.blockIO.throttle*[]`).
///
/// @param major the device's major number
/// @param minor the device's minor number
/// @param rate bytes or operations a second, unsigned
public record LinuxThrottleDevice(long major, long minor, long rate) {}
