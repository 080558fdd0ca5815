package dev.brig.cli.syntax;

import picocli.CommandLine;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// The help of a command, laid out by picocli for a terminal of 80 columns.
final class HelpText {
  private static final int WIDTH = 80;
  private static final int OPTIONS_WIDTH_MAX = 32;

  private HelpText() {}

  /// Returns the line that shows how the command is written.
  static <O extends Option> String synopsis(Syntax<O> syntax) {
    String options = syntax.options().isEmpty() ? "" : " [OPTIONS]";
    String operands = syntax.operands().label();
    return words(syntax) + options + (operands.isEmpty() ? "" : " " + operands);
  }

  /// Returns the words that begin a command line: `brig run`, `brig-oci run`.
  static <O extends Option> String words(Syntax<O> syntax) {
    return syntax.command().startsWith("brig") ? syntax.command() : "brig " + syntax.command();
  }

  /// Returns the whole help.
  static <O extends Option> String of(Syntax<O> syntax) {
    CommandSpec specification = CommandSpec.create().name(syntax.command());
    // "--memory SIZE", the way people write it, where picocli would show "--memory=SIZE"
    specification.parser().separator(" ");
    specification
        .usageMessage()
        .width(WIDTH)
        .longOptionsMaxWidth(OPTIONS_WIDTH_MAX)
        .sortOptions(false)
        .customSynopsis(literal(synopsis(syntax)))
        .description(literal(syntax.purpose()))
        .footer(syntax.details().stream().map(HelpText::literal).toArray(String[]::new));
    String heading = "";
    ArgGroupSpec.Builder group = ArgGroupSpec.builder();
    int order = 0;
    for (O option : syntax.options()) {
      if (option.text().heading().isEmpty()) {
        continue;
      }
      if (!option.text().heading().equals(heading)) {
        add(specification, group);
        heading = option.text().heading();
        group = group(heading, order++);
      }
      group.addArg(described(option));
    }
    add(specification, group);
    return new CommandLine(specification)
        .getUsageMessage(CommandLine.Help.Ansi.OFF)
        .stripTrailing();
  }

  private static ArgGroupSpec.Builder group(String heading, int order) {
    return ArgGroupSpec.builder()
        .heading("%n" + literal(heading) + ":%n")
        .validate(false)
        .order(order);
  }

  private static void add(CommandSpec specification, ArgGroupSpec.Builder group) {
    if (!group.args().isEmpty()) {
      specification.addArgGroup(group.build());
    }
  }

  private static OptionSpec described(Option option) {
    return OptionSpec.builder(option.names().split(" "))
        .type(option.isFlag() ? Boolean.class : String.class)
        .arity(option.isFlag() ? "0" : "1")
        .paramLabel(option.label())
        .description(literal(option.text().description()))
        .build();
  }

  /// Guards what picocli would take for a format.
  private static String literal(String text) {
    return text.replace("%", "%%");
  }
}
