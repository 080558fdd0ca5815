package dev.brig.cli.bundle;

/// Where a container gets one of its namespaces from.
public sealed interface NamespaceMode {

  /// A new one of its own.
  record Private() implements NamespaceMode {}

  /// The caller's.
  record Host() implements NamespaceMode {}

  /// That of a running container.
  ///
  /// @param container the container's name or id
  record Shared(String container) implements NamespaceMode {}

  /// That which a file stands for.
  ///
  /// @param path the file: absolute
  record Joined(String path) implements NamespaceMode {}

  /// A new namespace.
  NamespaceMode PRIVATE = new Private();

  /// The caller's namespace.
  NamespaceMode HOST = new Host();
}
