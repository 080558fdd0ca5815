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
public record Unsharing(
    List<String> brig,
    Isolation.IdMapping mapping,
    List<String> arguments,
    List<String> environment,
    List<String> searchPath) {
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
