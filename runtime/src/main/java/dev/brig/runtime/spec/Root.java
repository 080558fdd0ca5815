package dev.brig.runtime.spec;

/// The container's root file system (`root`).
///
/// @param path the directory: absolute, or relative to the bundle
/// @param readonly whether the root is read-only inside the container
public record Root(String path, boolean readonly) {}
