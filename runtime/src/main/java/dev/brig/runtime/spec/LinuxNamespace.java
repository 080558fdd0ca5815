package dev.brig.runtime.spec;

/// A namespace of the container (`linux.namespaces[]`). A kind that is not listed is shared with
/// the runtime.
///
/// @param type the kind
/// @param path the namespace's file to join, absolute; empty for a new namespace
public record LinuxNamespace(LinuxNamespaceType type, String path) {

  /// Makes the wish for a new namespace of this kind.
  public LinuxNamespace(LinuxNamespaceType type) {
    this(type, "");
  }
}
