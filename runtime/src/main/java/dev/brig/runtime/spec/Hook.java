package dev.brig.runtime.spec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A program that is run at a point of the container's life (`hooks.*[]`).
///
/// @param path the absolute path of the program
/// @param args its arguments with the name first; empty means the path alone
/// @param env its environment; null (absent) leaves it the runtime's own
/// @param timeout seconds after which it is killed, at least 1; null for no limit
public record Hook(
    String path, List<String> args, @Nullable List<String> env, @Nullable Integer timeout) {
  /// Copies the lists.
  public Hook {
    args = List.copyOf(args);
    env = env == null ? null : List.copyOf(env);
  }
}
