/// The client side of the OCI distribution specification: names of places, credentials, transport,
/// and images as a registry has them.
///
/// The store does not know what is here: it is given a [dev.brig.image.store.RemoteImage]. Nothing
/// here is loaded for an image that is stored. The environment is handed in, never read.
///
/// @see <a href="https://github.com/opencontainers/distribution-spec/blob/main/spec.md">OCI
///   distribution specification</a>
@NullMarked
package dev.brig.image.registry;

import org.jspecify.annotations.NullMarked;
