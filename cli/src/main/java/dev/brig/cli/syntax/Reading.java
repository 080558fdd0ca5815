package dev.brig.cli.syntax;

import java.util.List;

/// What came of reading a command line.
///
/// @param <O> the enum of the command's options
public sealed interface Reading<O extends Option> {

  /// The user asked for help.
  ///
  /// @param <O> the enum of the command's options
  /// @param text the help, ready to print
  record Help<O extends Option>(String text) implements Reading<O> {}

  /// The line is well-formed.
  ///
  /// @param <O> the enum of the command's options
  /// @param settings the options in the order given; one given twice is there twice
  /// @param operands the other words, in order
  record Arguments<O extends Option>(List<Setting<O>> settings, List<String> operands)
      implements Reading<O> {

    /// Copies the lists.
    public Arguments {
      settings = List.copyOf(settings);
      operands = List.copyOf(operands);
    }

    /// Returns whether the flag is set, by its last appearance.
    public boolean has(O flag) {
      boolean set = false;
      for (Setting<O> setting : settings) {
        if (setting.option().equals(flag)) {
          set = setting.isOn();
        }
      }
      return set;
    }

    /// Returns the option's last value.
    ///
    /// @param otherwise what to return if the option was not given
    public String value(O option, String otherwise) {
      String value = otherwise;
      for (Setting<O> setting : settings) {
        if (setting.option().equals(option)) {
          value = setting.value();
        }
      }
      return value;
    }
  }

  /// An option with its value.
  ///
  /// @param <O> the enum of the command's options
  /// @param option the option
  /// @param value the text the user gave; of a flag `true` or `false`
  record Setting<O extends Option>(O option, String value) {

    /// Tells whether a flag is switched on.
    public boolean isOn() {
      return value.equals("true");
    }
  }
}
