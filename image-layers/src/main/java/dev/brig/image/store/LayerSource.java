package dev.brig.image.store;

import dev.brig.image.Descriptor;
import dev.brig.image.Digest;
import dev.brig.image.store.BlobStore.OpenBlob;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A layer that may have to be brought into the store.
///
/// @param what what to call it in messages
/// @param descriptor its blob's descriptor, or null if only reading it will tell
/// @param diffId the digest of its decompressed bytes, or null if only reading it will tell
/// @param opener opens the blob where it comes from
record LayerSource(
    String what,
    @Nullable Descriptor descriptor,
    @Nullable Digest diffId,
    Supplier<OpenBlob> opener) {}
