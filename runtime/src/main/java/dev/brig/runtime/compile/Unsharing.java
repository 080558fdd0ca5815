package dev.brig.runtime.compile;

import java.util.List;

/// A command that is to run as root of a user namespace of its own, in a mount namespace of its
/// own: brig itself, for what only the owner of several ids can do, or a user's shell.
///
/// @param brig the command that runs brig itself, for a failure that needs thought
/// @param mapping how the ids are mapped; written or delegated
/// @param arguments the command and its arguments
/// @param environment `NAME=VALUE` each
/// @param searchPath where a command without a slash is looked for, in order
/// @param root a directory that the command finds open as descriptor [#ROOT_FD], or empty: what
///   only this process can open, since it is outside
public record Unsharing(
    List<String> brig,
    Isolation.IdMapping mapping,
    List<String> arguments,
    List<String> environment,
    List<String> searchPath,
    String root) {
  /// The descriptor of the directory.
  public static final int ROOT_FD = 3;

  /// Copies the lists.
  public Unsharing {
    brig = List.copyOf(brig);
    arguments = List.copyOf(arguments);
    environment = List.copyOf(environment);
    searchPath = List.copyOf(searchPath);
    if (mapping instanceof Isolation.IdMapping.None
        || mapping instanceof Isolation.IdMapping.Joined) {
      throw new IllegalArgumentException("a user namespace without ids");
    }
  }
}
