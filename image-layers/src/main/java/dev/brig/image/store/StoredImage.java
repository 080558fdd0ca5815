package dev.brig.image.store;

import dev.brig.image.Digest;
import dev.brig.image.Platform;

/// An image as the store lists it.
///
/// @param name `name:tag`, or empty for one that has only its id
/// @param id the digest of its configuration in hexadecimal, 64 digits
/// @param manifest the digest of its manifest
/// @param platform what it runs on
/// @param created when it was made as the image says, in RFC 3339 form, or empty
/// @param sizeBytes the size of its blobs as they are stored, layers shared with other images
///   included
public record StoredImage(
    String name, String id, Digest manifest, Platform platform, String created, long sizeBytes) {}
