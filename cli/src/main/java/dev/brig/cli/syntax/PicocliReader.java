package dev.brig.cli.syntax;

import dev.brig.error.UsageException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// Reads any command line with picocli, and turns what picocli objects to into one line of brig's.
final class PicocliReader {
  private static final String HELP = "--help";

  private PicocliReader() {}

  /// Reads the words after the command's name.
  ///
  /// @throws UsageException naming the word that is wrong
  static <O extends Option> Reading<O> read(Syntax<O> syntax, List<String> words) {
    List<Reading.Setting<O>> settings = new ArrayList<>();
    List<String> operands = new ArrayList<>();
    CommandLine line = new CommandLine(specification(syntax, settings, operands));
    line.setStopAtPositional(syntax.operands().order() == Operands.Order.OPTIONS_FIRST);
    line.setOverwrittenOptionsAllowed(true);
    line.setAllowOptionsAsOptionParameters(true);
    line.setExpandAtFiles(false);
    try {
      CommandLine.ParseResult result = line.parseArgs(words.toArray(String[]::new));
      return result.isUsageHelpRequested()
          ? new Reading.Help<>(HelpText.of(syntax))
          : checked(syntax, new Reading.Arguments<>(settings, operands));
    } catch (CommandLine.ParameterException e) {
      throw complaint(syntax, e);
    }
  }

  private static <O extends Option> CommandSpec specification(
      Syntax<O> syntax, List<Reading.Setting<O>> settings, List<String> operands) {
    CommandSpec specification = CommandSpec.create().name(syntax.command());
    for (O option : syntax.options()) {
      OptionSpec.Builder builder =
          OptionSpec.builder(option.names().split(" "))
              .type(option.isFlag() ? Boolean.class : String.class)
              .paramLabel(option.label())
              .setter(setter(option, settings));
      if (!option.isFlag()) {
        builder.arity("1");
      }
      specification.addOption(builder.build());
    }
    specification.addOption(OptionSpec.builder(HELP).type(Boolean.class).usageHelp(true).build());
    specification.addPositional(
        PositionalParamSpec.builder()
            .paramLabel(syntax.operands().label())
            .type(String.class)
            .arity("0..*")
            .index("0..*")
            .setter(appender(operands))
            .build());
    return specification;
  }

  private static <O extends Option> ISetter setter(O option, List<Reading.Setting<O>> settings) {
    return new ISetter() {
      @Override
      public <T> T set(T value) {
        // picocli first sets every option to its initial value, which is null here
        if (value != null) {
          settings.add(new Reading.Setting<>(option, value.toString()));
        }
        return value;
      }
    };
  }

  private static ISetter appender(List<String> operands) {
    return new ISetter() {
      @Override
      public <T> T set(T value) {
        if (value != null) {
          operands.add(value.toString());
        }
        return value;
      }
    };
  }

  private static <O extends Option> Reading<O> checked(
      Syntax<O> syntax, Reading.Arguments<O> arguments) {
    int count = arguments.operands().size();
    if (count < syntax.operands().countMin()) {
      throw new UsageException(
          "", "missing " + syntax.operands().label(), HelpText.words(syntax) + " --help");
    }
    if (count > syntax.operands().countMax()) {
      String surplus = arguments.operands().get(syntax.operands().countMax());
      throw new UsageException(surplus, "one word too many", "usage: " + HelpText.synopsis(syntax));
    }
    return arguments;
  }

  private static <O extends Option> UsageException complaint(
      Syntax<O> syntax, CommandLine.ParameterException e) {
    String help = HelpText.words(syntax) + " --help lists the options";
    return switch (e) {
      case CommandLine.UnmatchedArgumentException unmatched ->
          new UsageException(
              unmatched.getUnmatched().isEmpty() ? "" : unmatched.getUnmatched().getFirst(),
              unmatched.isUnknownOption() ? "unknown option" : "one word too many",
              remedy(unmatched, help));
      case CommandLine.MissingParameterException missing
          when !missing.getMissing().isEmpty()
              && missing.getMissing().getFirst() instanceof OptionSpec option ->
          new UsageException(option.longestName(), "needs a value: " + option.paramLabel(), help);
      default -> new UsageException("", String.valueOf(e.getMessage()), help);
    };
  }

  private static String remedy(CommandLine.UnmatchedArgumentException unmatched, String help) {
    String word = unmatched.getUnmatched().isEmpty() ? "" : unmatched.getUnmatched().getFirst();
    String instead = ForeignOption.instead(word);
    if (!instead.isEmpty()) {
      return instead;
    }
    return unmatched.getSuggestions().isEmpty()
        ? help
        : "did you mean " + String.join(" or ", firstTwo(unmatched)) + "? " + help;
  }

  private static List<String> firstTwo(CommandLine.UnmatchedArgumentException unmatched) {
    List<String> suggestions = unmatched.getSuggestions();
    return suggestions.subList(0, Math.min(2, suggestions.size()));
  }
}
