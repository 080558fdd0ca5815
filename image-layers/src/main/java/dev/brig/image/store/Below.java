package dev.brig.image.store;

import dev.brig.image.Digest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The layers below one: how many, their digest, and themselves as soon as they are unpacked.
///
/// @param count how many there are
/// @param chainId the digest of all of them, or null if there are none
/// @param layers returns them, the bottom one first, after waiting for them
record Below(int count, @Nullable Digest chainId, Supplier<List<StoredLayer>> layers) {

  /// Returns the layers below a layer that comes after these.
  static Below of(List<StoredLayer> stored) {
    Digest chain = stored.isEmpty() ? null : stored.getLast().chainId();
    List<StoredLayer> copy = List.copyOf(stored);
    return new Below(copy.size(), chain, () -> copy);
  }

  /// Returns the digest of a layer and all below it.
  ///
  /// @see <a href="https://github.com/opencontainers/image-spec/blob/main/config.md">"Layer
  ///   ChainID"</a>
  Digest chain(Digest diffId) {
    return chainId == null
        ? diffId
        : Digest.of((chainId + " " + diffId).getBytes(StandardCharsets.US_ASCII));
  }
}
