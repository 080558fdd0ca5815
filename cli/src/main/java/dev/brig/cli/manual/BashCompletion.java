package dev.brig.cli.manual;

import dev.brig.cli.syntax.Option;
import dev.brig.cli.syntax.Syntax;
import java.util.List;

/// The completion of brig's command lines for bash: commands, their options, and files where a
/// value or an operand is expected.
public final class BashCompletion {
  private BashCompletion() {}

  /// Returns the script.
  ///
  /// @param options what may stand before the command's name
  /// @param commands every command that people use
  public static String of(List<? extends Option> options, List<Syntax<?>> commands) {
    StringBuilder names = new StringBuilder();
    StringBuilder cases = new StringBuilder();
    for (Syntax<?> command : commands) {
      names.append(names.isEmpty() ? "" : " ").append(command.command());
      cases
          .append("    ")
          .append(command.command())
          .append(") options='")
          .append(spellings(command.options()))
          .append(" --help' valued='")
          .append(valued(command.options()))
          .append("' ;;\n");
    }
    return SCRIPT
        .replace("@COMMANDS@", names)
        .replace("@OPTIONS@", spellings(options))
        .replace("@VALUED@", valued(options))
        .replace("@CASES@\n", cases);
  }

  private static String spellings(List<? extends Option> options) {
    StringBuilder words = new StringBuilder();
    for (Option option : options) {
      if (!option.text().heading().isEmpty()) {
        words.append(words.isEmpty() ? "" : " ").append(option.names());
      }
    }
    return words.toString();
  }

  private static String valued(List<? extends Option> options) {
    StringBuilder words = new StringBuilder();
    for (Option option : options) {
      if (!option.isFlag()) {
        words.append(words.isEmpty() ? "" : " ").append(option.names());
      }
    }
    return words.toString();
  }

  private static final String SCRIPT =
      """
      # Completion of brig for bash; made by brig.
      _brig() {
        local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
        local command= options='@OPTIONS@' valued='@VALUED@' i
        COMPREPLY=()
        for ((i = 1; i < COMP_CWORD; i++)); do
          case ${COMP_WORDS[i]} in
            -*) [[ " $valued " == *" ${COMP_WORDS[i]} "* ]] && ((i++)) ;;
            *) command=${COMP_WORDS[i]}; break ;;
          esac
        done
        case $command in
      @CASES@
        esac
        if [[ $previous == -* && " $valued " == *" $previous "* ]]; then
          compopt -o default
        elif [[ $current == -* ]]; then
          mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
        elif [[ -z $command ]]; then
          mapfile -t COMPREPLY < <(compgen -W '@COMMANDS@' -- "$current")
        else
          compopt -o default
        fi
      }
      complete -F _brig brig
      """;
}
