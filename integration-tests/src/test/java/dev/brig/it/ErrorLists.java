package dev.brig.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The lists that the fault tests go by: the errors of each call, the steps that are ignored.
final class ErrorLists {
  private static final String FOLDER = "integration-tests/src/test/resources/dev/brig/it";

  private ErrorLists() {}

  /// Returns the likely errors by the call's name; none for a call that can't fail.
  static Map<String, List<String>> errnos() throws IOException {
    Map<String, List<String>> errnos = new HashMap<>();
    for (String line : lines("errnos.txt")) {
      int colon = line.indexOf(": ");
      String rest = line.substring(colon + 2);
      errnos.put(line.substring(0, colon), rest.equals("-") ? List.of() : List.of(rest.split(" ")));
    }
    return errnos;
  }

  /// Returns the steps whose failure is ignored by design, with the reason.
  static Map<String, String> ignored() throws IOException {
    return byStep("ignored.txt");
  }

  /// Returns the steps that a container that does well does not come to, with the reason.
  static Map<String, String> unreached() throws IOException {
    return byStep("unreached.txt");
  }

  private static Map<String, String> byStep(String file) throws IOException {
    Map<String, String> reasons = new HashMap<>();
    for (String line : lines(file)) {
      int bar = line.indexOf(" | ");
      reasons.put(line.substring(0, bar), line.substring(bar + 3));
    }
    return reasons;
  }

  private static List<String> lines(String file) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of(Checkout.root().toString(), FOLDER, file))) {
      if (!line.isBlank() && !line.startsWith("#")) {
        lines.add(line);
      }
    }
    return lines;
  }
}
