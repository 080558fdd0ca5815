package dev.brig.image.build;

import java.util.List;

/// What an instruction asks for, its variables replaced.
public sealed interface Step {

  /// Returns the instruction.
  Instruction instruction();

  /// Returns the line that the image's history gets: the instruction as it was understood.
  String history();

  /// Only the configuration changes, which has happened.
  record Configure(Instruction instruction, String history) implements Step {}

  /// A command runs.
  ///
  /// @param command its words
  /// @param file the text of the file that [Command#FILE] is to be, or empty
  /// @param mounts what it sees beside the image
  /// @param network `none`, `host`, or empty for the build's
  /// @param context user, working directory and environment
  record Run(
      Instruction instruction,
      String history,
      List<String> command,
      String file,
      List<RunMount> mounts,
      String network,
      RunContext context)
      implements Step {
    /// Copies the lists.
    public Run {
      command = List.copyOf(command);
      mounts = List.copyOf(mounts);
    }
  }

  /// How a command runs.
  ///
  /// @param user who runs it, or empty
  /// @param workingDirectory where, absolute
  /// @param environment the image's variables and the build's arguments
  /// @param keyed what of these decides whether an earlier result is the same: proxies do not
  record RunContext(
      String user, String workingDirectory, List<String> environment, List<String> keyed) {
    /// Copies the lists.
    public RunContext {
      environment = List.copyOf(environment);
      keyed = List.copyOf(keyed);
    }
  }

  /// Files are copied.
  ///
  /// @param copy what and where
  record Copy(Instruction instruction, String history, CopyRequest copy) implements Step {}

  /// A directory has to be there: WORKDIR.
  ///
  /// @param path its absolute path
  /// @param user whose it is if it has to be made, or empty
  record Directory(Instruction instruction, String history, String path, String user)
      implements Step {}
}
