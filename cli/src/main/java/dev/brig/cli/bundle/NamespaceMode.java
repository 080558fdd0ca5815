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

  /// A new user namespace in which an ordinary user has its own id.
  ///
  /// @param uid which id the user has inside, or -1 for the same as outside
  /// @param gid the same of its group
  record KeepId(long uid, long gid) implements NamespaceMode {}

  /// A new user namespace with the ranges that /etc/subuid and /etc/subgid give somebody.
  ///
  /// @param users the name in /etc/subuid
  /// @param groups the name in /etc/subgid
  record Ranges(String users, String groups) implements NamespaceMode {}

  /// A new namespace.
  NamespaceMode PRIVATE = new Private();

  /// The caller's namespace.
  NamespaceMode HOST = new Host();
}
