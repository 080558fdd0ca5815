package dev.brig.image.build;

import java.util.ArrayList;
import java.util.List;

/// What a RUN, CMD, ENTRYPOINT or HEALTHCHECK runs.
public sealed interface Command {

  /// A line for the shell that SHELL names.
  ///
  /// @param text the line, its documents left out
  /// @param documents the documents below it
  record Shell(String text, List<Heredoc> documents) implements Command {
    /// Copies the list.
    public Shell {
      documents = List.copyOf(documents);
    }

    /// Returns what the shell is to run: the line with its documents, or the document alone where
    /// the line is nothing else.
    public String script() {
      if (isDocument()) {
        return documents.getFirst().text();
      }
      if (documents.isEmpty()) {
        return text;
      }
      StringBuilder script = new StringBuilder(text);
      for (Heredoc document : documents) {
        script.append('\n').append(document.text()).append(document.name());
      }
      return script.append('\n').toString();
    }

    private boolean isDocument() {
      return documents.size() == 1 && text.strip().equals(documents.getFirst().word());
    }

    /// Tells whether this is a document that names the program to run it by `#!`.
    boolean isProgram() {
      return isDocument() && script().startsWith("#!");
    }
  }

  /// A program and its arguments.
  ///
  /// @param arguments the program first
  record Exec(List<String> arguments) implements Command {
    /// Copies the list.
    public Exec {
      arguments = List.copyOf(arguments);
    }
  }

  /// Where a container sees the file of [#file].
  String FILE = "/dev/brig-script";

  /// Returns the words that run it.
  ///
  /// @param shell the shell with its options, `/bin/sh -c`
  default List<String> words(List<String> shell) {
    return switch (this) {
      case Shell line when line.isProgram() -> List.of(FILE);
      case Shell line -> {
        List<String> arguments = new ArrayList<>(shell);
        arguments.add(line.script());
        yield arguments;
      }
      case Exec(List<String> arguments) -> arguments;
    };
  }

  /// Returns the text of a program that has to be there as an executable file, since the kernel
  /// runs only files; empty for most commands.
  default String file() {
    return this instanceof Shell line && line.isProgram() ? line.script() : "";
  }
}
