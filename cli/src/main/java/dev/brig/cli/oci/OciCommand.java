package dev.brig.cli.oci;

import dev.brig.cli.command.Command;
import dev.brig.cli.syntax.Option;

/// A command of the OCI runtime.
///
/// @param <O> the enum of its options
interface OciCommand<O extends Option> extends Command<O> {

  /// Returns the exit status of a failure of brig's own.
  default int failureStatus() {
    return 1;
  }
}
