package dev.brig.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The conformance suite: what the OCI runtime specification demands of a runtime, a block for each
/// sentence, in the resources `conformance/*.txt`.
///
/// A block begins with `## `, the keyword of the sentence, the sentence in short and the section
/// that it stands in; the same words name the test. Then come lines that say about it
///
/// - `fields:` the properties of config.json that it is about, for docs/oci-fields.md
/// - `needs:` a command that fails where the machine lacks what the script takes
/// - `pending:` what brig doesn't have yet
/// - `not:` why it is no sentence for a runtime; then there is no script
///
/// and a script of sh, which finds what `prelude.sh` defines, a line `=>`, and all that the script
/// has to print. That is written from the specification, not from what a runtime printed.
///
/// `differences.txt` lists where runtimes are known to differ: runtime, sentence, reason.
final class Conformance {
  private static final String FOLDER =
      "integration-tests/src/test/resources/dev/brig/it/conformance";
  private static final List<String> PARTS =
      List.of("runtime", "config", "config-linux", "features", "values");

  private Conformance() {}

  /// A sentence and how it is tried.
  ///
  /// @param sentence the name of the test
  /// @param part the file that it is in, without the ending
  /// @param about what is said about it, by keyword
  /// @param script what is run
  /// @param outcome what that has to print
  record Block(
      String sentence, String part, Map<String, String> about, String script, String outcome) {
    /// Returns what is said about it under this keyword, or nothing.
    String said(String keyword) {
      return about.getOrDefault(keyword, "");
    }

    /// Returns the properties of config.json that it is about.
    List<String> fields() {
      return said("fields").isEmpty() ? List.of() : List.of(said("fields").split(" ", -1));
    }

    /// Tells whether it is for a runtime.
    boolean isForRuntimes() {
      return said("not").isEmpty();
    }
  }

  /// A known difference.
  ///
  /// @param runtime the runtime's name and how its version begins
  /// @param sentence the sentence that it doesn't keep to
  /// @param reason why
  record Difference(String runtime, String sentence, String reason) {}

  /// Returns the folder of the suite's files.
  static Path folder() {
    return Checkout.root().resolve(FOLDER);
  }

  /// Returns all blocks.
  static List<Block> blocks() throws IOException {
    List<Block> blocks = new ArrayList<>();
    for (String part : PARTS) {
      String text = Files.readString(folder().resolve(part + ".txt"));
      for (String block : text.split("(?m)^## ", -1)) {
        if (!block.startsWith("#")) {
          blocks.add(block(part, block));
        }
      }
    }
    return blocks;
  }

  private static Block block(String part, String text) {
    List<String> lines = List.of(text.split("\n", -1));
    Map<String, String> about = new LinkedHashMap<>();
    int script = 1;
    while (script < lines.size() && lines.get(script).matches("(fields|needs|pending|not): .*")) {
      int colon = lines.get(script).indexOf(": ");
      about.put(
          lines.get(script).substring(0, colon), lines.get(script).substring(colon + 2).strip());
      script++;
    }
    int arrow = lines.indexOf("=>");
    if (arrow < 0) {
      return new Block(lines.getFirst(), part, about, "", "");
    }
    return new Block(
        lines.getFirst(),
        part,
        about,
        String.join("\n", lines.subList(script, arrow)),
        String.join("\n", lines.subList(arrow + 1, lines.size())).strip());
  }

  /// Returns the known differences of a runtime, by sentence.
  ///
  /// @param runtime its name and version
  static Map<String, Difference> differences(String runtime) throws IOException {
    Map<String, Difference> found = new LinkedHashMap<>();
    for (Difference difference : differences()) {
      if (runtime.startsWith(difference.runtime())) {
        found.put(difference.sentence(), difference);
      }
    }
    return found;
  }

  /// Returns all known differences.
  static List<Difference> differences() throws IOException {
    List<Difference> differences = new ArrayList<>();
    for (String line : Files.readAllLines(folder().resolve("differences.txt"))) {
      if (!line.isBlank() && !line.startsWith("#")) {
        String[] parts = line.split(" \\| ", 3);
        differences.add(new Difference(parts[0].strip(), parts[1].strip(), parts[2].strip()));
      }
    }
    return differences;
  }
}
