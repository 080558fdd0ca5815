package dev.brig.cli.syntax;

/// What an option is called and what help says of it.
///
/// @param names the spellings with their dashes, separated by one space: `-m --memory`
/// @param label the placeholder of the value, `SIZE`, or the empty string for a flag, which takes
///   none but an attached one (`--rm=false`)
/// @param heading the heading that help shows the option under: `Limits`; the empty string hides
///   the option
/// @param description what the option does, for help
public record OptionText(String names, String label, String heading, String description) {

  /// Makes the text of an option of a command that has one group of them.
  public static OptionText plain(String names, String label, String description) {
    return new OptionText(names, label, "Options", description);
  }
}
