package dev.brig.cli.manual;

import dev.brig.cli.syntax.Option;
import dev.brig.cli.syntax.Syntax;
import java.util.List;
import java.util.Locale;

/// A manual page in the language of man(7).
public final class ManPage {
  private final StringBuilder text = new StringBuilder();

  private ManPage() {}

  /// Returns the name of a command's page: `brig-run`, `brig-image-prune`.
  public static String name(Syntax<?> syntax) {
    return "brig-" + syntax.command().replace(' ', '-');
  }

  /// Returns the page of one command, `brig-run(1)`.
  ///
  /// @param syntax the command
  /// @param version brig's version, for the footer
  public static String of(Syntax<?> syntax, String version) {
    ManPage page = new ManPage();
    String name = name(syntax);
    page.head(name, version);
    page.line(escaped(name) + " \\- " + escaped(lowered(syntax.purpose())));
    page.line(".SH SYNOPSIS");
    page.line("\\fBbrig " + escaped(syntax.command()) + "\\fR");
    if (!syntax.options().isEmpty()) {
      page.line("[OPTIONS]");
    }
    page.text(syntax.operands().label());
    page.line(".SH DESCRIPTION");
    page.text(syntax.purpose());
    page.options(syntax.options());
    page.details(syntax.details());
    page.seeAlso(List.of("brig"));
    return page.text.toString();
  }

  /// Returns the page of brig as a whole, `brig(1)`.
  ///
  /// @param options what may stand before the command's name
  /// @param commands every command that people use
  /// @param version brig's version, for the footer
  public static String overview(
      List<? extends Option> options, List<Syntax<?>> commands, String version) {
    ManPage page = new ManPage();
    page.head("brig", version);
    page.line("brig \\- run programs in containers made from layered root file systems");
    page.line(".SH SYNOPSIS");
    page.line("\\fBbrig\\fR [OPTIONS] COMMAND [ARG...]");
    page.options(options);
    page.line(".SH COMMANDS");
    for (Syntax<?> command : commands) {
      page.line(".TP");
      page.line("\\fB" + escaped(name(command)) + "\\fR(1)");
      page.text(command.purpose());
    }
    page.seeAlso(commands.stream().map(ManPage::name).toList());
    return page.text.toString();
  }

  private void head(String name, String version) {
    line(".TH " + escaped(name.toUpperCase(Locale.ROOT)) + " 1 \"\" \"brig " + version + "\" brig");
    line(".SH NAME");
  }

  private void options(List<? extends Option> options) {
    String heading = "";
    boolean first = true;
    for (Option option : options) {
      if (option.text().heading().isEmpty()) {
        continue;
      }
      if (first) {
        line(".SH OPTIONS");
        first = false;
      }
      if (!option.text().heading().equals(heading)) {
        heading = option.text().heading();
        line(".SS " + escaped(heading));
      }
      line(".TP");
      line(spelled(option));
      text(option.text().description());
    }
  }

  private static String spelled(Option option) {
    StringBuilder names = new StringBuilder();
    for (String name : option.names().split(" ", -1)) {
      names.append(names.isEmpty() ? "" : ", ").append("\\fB").append(escaped(name)).append("\\fR");
    }
    if (!option.isFlag()) {
      names.append(" \\fI").append(escaped(option.label())).append("\\fR");
    }
    return names.toString();
  }

  /// Paragraphs are filled; lines that start with a blank are examples and stay as they are.
  private void details(List<String> details) {
    if (details.isEmpty()) {
      return;
    }
    line(".SH NOTES");
    for (String detail : details) {
      if (detail.isEmpty() || detail.isBlank()) {
        line(".PP");
      } else if (detail.startsWith(" ")) {
        line(".nf");
        text(detail);
        line(".fi");
      } else {
        text(detail);
      }
    }
  }

  private void seeAlso(List<String> pages) {
    if (pages.isEmpty()) {
      return;
    }
    line(".SH \"SEE ALSO\"");
    for (int i = 0; i < pages.size(); i++) {
      String end = i == pages.size() - 1 ? "" : ",";
      line("\\fB" + escaped(pages.get(i)) + "\\fR(1)" + end);
    }
  }

  private void line(String line) {
    text.append(line).append('\n');
  }

  private void text(String words) {
    for (String line : words.split("\n", -1)) {
      // A period or an apostrophe at the start would be a request.
      boolean request = line.startsWith(".") || line.startsWith("'");
      line((request ? "\\&" : "") + escaped(line));
    }
  }

  private static String escaped(String words) {
    return words.replace("\\", "\\e").replace("-", "\\-");
  }

  private static String lowered(String sentence) {
    String start = sentence.substring(0, Math.min(1, sentence.length())).toLowerCase(Locale.ROOT);
    String rest = sentence.substring(start.length());
    return start + (rest.endsWith(".") ? rest.substring(0, rest.length() - 1) : rest);
  }
}
