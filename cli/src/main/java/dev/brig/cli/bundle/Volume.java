package dev.brig.cli.bundle;

/// A volume that a container mounts: a directory that brig keeps.
///
/// @param name its name
/// @param directory where it is
/// @param bond whether it goes with the container
/// @param filling whether a new one begins with what the image has at its place
public record Volume(String name, String directory, Bond bond, Filling filling) {

  /// Whether a volume belongs to its container.
  public enum Bond {
    /// It was given a name, and stays until somebody removes it.
    NAMED,
    /// It has none but its container's: `rm --volumes` and `--rm` remove both.
    ANONYMOUS
  }

  /// What a new volume begins with.
  public enum Filling {
    /// A copy of what the image has there.
    IMAGE,
    /// Nothing: `nocopy`.
    NONE
  }
}
