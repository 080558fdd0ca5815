package dev.brig.image.store;

import dev.brig.image.Descriptor;
import java.io.InputStream;

/// An image that is not on this machine: what a store needs of a registry.
///
/// Methods throw a [dev.brig.error.BrigException] when the registry cannot or will not give what is
/// asked for, after whatever trying again makes sense. Nothing that they return is trusted: the
/// store verifies each document and blob against its descriptor. May be used by several threads.
public interface RemoteImage {

  /// Returns what to call it in messages: `docker.io/library/debian:12`.
  String name();

  /// Returns the descriptor of the manifest or index that the name leads to.
  Descriptor root();

  /// Returns a manifest, an index or a configuration.
  ///
  /// @param descriptor which one
  /// @return its bytes, one more than the descriptor says at most
  byte[] document(Descriptor descriptor);

  /// Opens a layer. A connection that is cut or stalls is the stream's business: it goes on where
  /// it was.
  ///
  /// @param descriptor which layer
  /// @param offsetBytes how much of its beginning is not wanted
  InputStream open(Descriptor descriptor, long offsetBytes);
}
