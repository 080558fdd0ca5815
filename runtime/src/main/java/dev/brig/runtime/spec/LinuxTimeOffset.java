package dev.brig.runtime.spec;

/// What is added to a clock inside a time namespace (`linux.timeOffsets.*`).
///
/// @param secs seconds, signed
/// @param nanosecs nanoseconds, 0 to 2^32-1
/// @see <a
///   href="https://man7.org/linux/man-pages/man7/time_namespaces.7.html">time_namespaces(7)</a>
public record LinuxTimeOffset(long secs, long nanosecs) {}
