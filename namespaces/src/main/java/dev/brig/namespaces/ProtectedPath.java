package dev.brig.namespaces;

import dev.brig.namespaces.MountRequest.Kind;

/// A path of the container that is hidden or made read-only.
///
/// @param path absolute path in the container
/// @param kind what it is, as far as it is known; a wrong guess costs one more call
/// @param option what asked for it
public record ProtectedPath(String path, Kind kind, String option) {}
