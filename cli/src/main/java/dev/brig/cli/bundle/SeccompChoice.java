package dev.brig.cli.bundle;

/// The filter of system calls that the user chose.
public sealed interface SeccompChoice {

  /// brig's default filter.
  record Default() implements SeccompChoice {}

  /// No filter.
  record Unconfined() implements SeccompChoice {}

  /// A filter in a file, in the format of `linux.seccomp` in config.json.
  ///
  /// @param path the file
  record Profile(String path) implements SeccompChoice {}
}
