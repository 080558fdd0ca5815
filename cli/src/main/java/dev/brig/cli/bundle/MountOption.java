package dev.brig.cli.bundle;

import java.util.List;

/// A mount that the user asked for.
///
/// @param kind what is mounted
/// @param source the path on the host, the name of a volume, or empty for a tmpfs or a volume
///   without name
/// @param target the absolute path inside the container
/// @param options mount options in the words of mount(8)
public record MountOption(Kind kind, String source, String target, List<String> options) {

  /// Copies the list.
  public MountOption {
    options = List.copyOf(options);
  }

  /// What can be mounted.
  public enum Kind {
    /// A file or directory of the host.
    BIND,
    /// A directory that brig keeps and that outlives containers.
    VOLUME,
    /// Memory.
    TMPFS,
    /// Memory that is never swapped and has no limit of its own.
    RAMFS,
    /// Pseudo-terminals.
    DEVPTS
  }
}
