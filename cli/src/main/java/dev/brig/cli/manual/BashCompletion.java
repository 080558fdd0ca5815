package dev.brig.cli.manual;

import dev.brig.cli.syntax.Option;
import dev.brig.cli.syntax.Syntax;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The completion of brig's command lines for bash: commands, their options, and files where a
/// value or an operand is expected.
public final class BashCompletion {
  private BashCompletion() {}

  /// Returns the script.
  ///
  /// @param options what may stand before the command's name
  /// @param commands every command that people use
  public static String of(List<? extends Option> options, List<Syntax<?>> commands) {
    Set<String> names = new LinkedHashSet<>();
    Map<String, List<String>> groups = new LinkedHashMap<>();
    StringBuilder cases = new StringBuilder();
    for (Syntax<?> command : commands) {
      String name = command.command();
      int space = name.indexOf(' ');
      names.add(space < 0 ? name : name.substring(0, space));
      if (space > 0) {
        groups
            .computeIfAbsent(name.substring(0, space), _ -> new ArrayList<>())
            .add(name.substring(space + 1));
      }
      cases
          .append("    ")
          .append(space < 0 ? name : "'" + name + "'")
          .append(") options='")
          .append(spellings(command.options()))
          .append(" --help' valued='")
          .append(valued(command.options()))
          .append("' ;;\n");
    }
    StringBuilder second = new StringBuilder();
    groups.forEach((group, members) ->
        second
            .append("    ")
            .append(group)
            .append(") members='")
            .append(String.join(" ", members))
            .append("' ;;\n"));
    return SCRIPT
        .replace("@COMMANDS@", String.join(" ", names))
        .replace("@GROUPS@\n", second)
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
        local command= members= options='@OPTIONS@' valued='@VALUED@' i
        COMPREPLY=()
        for ((i = 1; i < COMP_CWORD; i++)); do
          case ${COMP_WORDS[i]} in
            -*) [[ " $valued " == *" ${COMP_WORDS[i]} "* ]] && ((i++)) ;;
            *) command=${COMP_WORDS[i]}; break ;;
          esac
        done
        case $command in
      @GROUPS@
        esac
        if [[ -n $members ]] && ((i + 1 < COMP_CWORD)); then
          command="$command ${COMP_WORDS[i + 1]}" members=
        fi
        case $command in
      @CASES@
        esac
        if [[ $previous == -* && " $valued " == *" $previous "* ]]; then
          compopt -o default
        elif [[ $current == -* ]]; then
          mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
        elif [[ -z $command ]]; then
          mapfile -t COMPREPLY < <(compgen -W '@COMMANDS@' -- "$current")
        elif [[ -n $members ]]; then
          mapfile -t COMPREPLY < <(compgen -W "$members" -- "$current")
        else
          compopt -o default
        fi
      }
      complete -F _brig brig
      """;
}
