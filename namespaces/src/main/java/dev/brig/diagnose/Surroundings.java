package dev.brig.diagnose;

import java.util.List;

/// What a failed call was made in: the container's root, as far as it can be looked at from
/// outside.
///
/// @param layers the directories that the root is made of, topmost first: the upper and the lower
///   ones of an overlay, or one
/// @param work the overlay's work directory, or empty
/// @param mounts what is mounted inside the root, in the order of mounting
/// @param command what the container runs
/// @param credentials who runs it
public record Surroundings(
    List<String> layers,
    String work,
    List<Mounted> mounts,
    Command command,
    Credentials credentials) {
  /// Copies the lists.
  public Surroundings {
    layers = List.copyOf(layers);
    mounts = List.copyOf(mounts);
  }

  /// Returns the host itself as somebody sees it, with nothing run.
  public static Surroundings host(Credentials credentials) {
    return new Surroundings(
        List.of("/"), "", List.of(), new Command(List.of(), List.of(), "/"), credentials);
  }

  /// A mount inside the root.
  ///
  /// @param target an absolute path inside the root without links in it
  /// @param source the file or directory of the host that is seen there, or empty for a filesystem
  ///   of its own, or [#COPIED]
  /// @param execution whether programs may be executed from it
  public record Mounted(String target, String source, Execution execution) {
    /// Stands for a filesystem of its own that begins with what the root has at its place.
    public static final String COPIED = "copied";
  }

  /// Whether programs may be executed.
  public enum Execution {
    /// They may.
    ALLOWED,
    /// The mount has `noexec`.
    FORBIDDEN
  }

  /// What a container runs.
  ///
  /// @param argv the arguments, the program first
  /// @param searchPath the directories of its PATH
  /// @param workingDirectory an absolute path inside the root
  public record Command(List<String> argv, List<String> searchPath, String workingDirectory) {
    /// Copies the lists.
    public Command {
      argv = List.copyOf(argv);
      searchPath = List.copyOf(searchPath);
    }
  }

  /// Who a process is, in the host's numbers.
  ///
  /// @param uid the user
  /// @param gid the group
  /// @param groups the further groups
  /// @param access whether it has CAP_DAC_OVERRIDE
  public record Credentials(long uid, long gid, List<Long> groups, Access access) {
    /// Copies the list.
    public Credentials {
      groups = List.copyOf(groups);
    }

    /// Whether permission bits bind.
    public enum Access {
      /// They do.
      OBEYS,
      /// They don't, but for executing a file that nobody may execute.
      OVERRIDES
    }
  }
}
