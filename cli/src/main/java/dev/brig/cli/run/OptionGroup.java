package dev.brig.cli.run;

/// Some of the options of `run`, and what was said with them so far.
interface OptionGroup {

  /// Takes an option with its value.
  ///
  /// @param option the option
  /// @param value its value; of a flag `true` or `false`
  /// @return whether the option is one of this group's
  boolean accept(RunOption option, String value);
}
