package dev.brig.runtime.spec;

/// A range of user or group ids (`uidMappings[]`, `gidMappings[]`).
///
/// @param containerId the first id inside (`containerID`), 0 to 2^32-1
/// @param hostId the first id outside (`hostID`), 0 to 2^32-1
/// @param size how many ids
/// @see <a
///   href="https://man7.org/linux/man-pages/man7/user_namespaces.7.html">user_namespaces(7)</a>
public record LinuxIdMapping(long containerId, long hostId, long size) {}
