package dev.brig.image.store;

import dev.brig.image.Digest;

/// An image that has come from a registry and is in the store.
///
/// @param id the digest of its configuration in hexadecimal, 64 digits
/// @param manifest the digest of its manifest
/// @param root the digest of what the name led to: the manifest, or the index that has it
public record PulledImage(String id, Digest manifest, Digest root) {}
