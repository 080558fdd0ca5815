package dev.brig.cli.lab;

import dev.brig.error.UsageException;
import dev.brig.image.Digest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Reads the text of a lab; docs/teaching.md describes the format.
///
/// A line begins with a word that says what it is. What belongs to it follows on the same line or
/// on lines that are indented.
final class LabFile {
  /// What stands for a student's secret.
  static final String NONCE = "$NONCE";

  private final String name;
  private final String text;
  private String id = "";
  private String title = "";
  private String pack = "";
  private final List<String> needs = new ArrayList<>();
  private final List<String> capsule = new ArrayList<>();
  private String about = "";
  private final List<Lab.Step> steps = new ArrayList<>();
  private Draft draft = new Draft();

  private LabFile(String name, String text) {
    this.name = name;
    this.text = text;
  }

  /// A step that is being read.
  private static final class Draft {
    private String claim = "";
    private String run = "";
    private final List<Expectation> expects = new ArrayList<>();
    private String contrast = "";
    private String control = "";
    private final List<Expectation> controlExpects = new ArrayList<>();
    private String ask = "";
    private String answer = "";
    private String solve = "";
    private String calls = "";
    private String hint = "";
    private String explain = "";
  }

  /// Reads a lab.
  ///
  /// @param name the file's name, for complaints
  /// @throws UsageException naming file and line
  static Lab parse(String name, String text) {
    return new LabFile(name, text).parse();
  }

  private Lab parse() {
    List<String> lines = text.lines().toList();
    int at = 0;
    while (at < lines.size()) {
      String line = lines.get(at);
      int number = at + 1;
      at++;
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      if (line.startsWith(" ")) {
        throw wrong(number, "indented, but nothing before it takes more lines");
      }
      List<String> block = new ArrayList<>();
      while (at < lines.size() && (lines.get(at).startsWith("  ") || lines.get(at).isBlank())) {
        block.add(lines.get(at).isBlank() ? "" : lines.get(at).substring(2));
        at++;
      }
      while (!block.isEmpty() && block.getLast().isEmpty()) {
        block.removeLast();
      }
      int blank = line.indexOf(' ');
      String word = blank < 0 ? line : line.substring(0, blank);
      String rest = blank < 0 ? "" : line.substring(blank + 1).strip();
      try {
        take(word, rest, String.join("\n", block));
      } catch (IllegalArgumentException e) {
        throw wrong(number, String.valueOf(e.getMessage()));
      }
    }
    finish();
    if (id.isEmpty() || title.isEmpty() || steps.isEmpty()) {
      throw wrong(lines.size(), "a lab has at least lab, title and one claim with run and expect");
    }
    return new Lab(id, title, pack, needs, about, capsule, steps, digest(text));
  }

  private void take(String word, String rest, String block) {
    switch (word) {
      case "lab" -> id = rest;
      case "title" -> title = rest;
      case "pack" -> pack = rest;
      case "needs" -> needs.addAll(List.of(rest.split(" +", -1)));
      case "capsule" -> capsule.addAll(words(rest));
      case "about" -> about = block;
      case "claim" -> {
        finish();
        draft.claim = rest;
      }
      case "run" -> draft.run = script(word, block);
      case "expect" -> draft.expects.add(Expectation.parse(rest));
      case "control" -> {
        draft.contrast = rest;
        draft.control = script(word, block);
      }
      case "control-expect" -> draft.controlExpects.add(Expectation.parse(rest));
      case "ask" -> draft.ask = rest;
      case "answer" -> draft.answer = rest;
      case "solve" -> draft.solve = script(word, block);
      case "calls" -> draft.calls = script(word, block);
      case "hint" -> draft.hint = block;
      case "explain" -> draft.explain = block;
      default ->
          throw new IllegalArgumentException(
              "\"" + word + "\" is nothing that a lab has; docs/teaching.md lists it all");
    }
  }

  /// Returns the words of a line, where double quotes keep blanks together.
  private static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    String[] parts = line.split("\"", -1);
    for (int i = 0; i < parts.length; i++) {
      if (i % 2 == 1) {
        words.add(parts[i]);
      } else if (!parts[i].isBlank()) {
        words.addAll(List.of(parts[i].strip().split(" +", -1)));
      }
    }
    return words;
  }

  private static String script(String word, String block) {
    if (block.isEmpty()) {
      throw new IllegalArgumentException(word + " takes a script, indented, on the lines below");
    }
    return block;
  }

  private void finish() {
    if (draft.claim.isEmpty()) {
      return;
    }
    if (draft.run.isEmpty() || draft.expects.isEmpty()) {
      throw wrong(0, "claim \"" + draft.claim + "\" has no run or no expect");
    }
    if (!draft.control.isEmpty() && draft.controlExpects.isEmpty()) {
      throw wrong(0, "the control of \"" + draft.claim + "\" has no control-expect");
    }
    steps.add(
        new Lab.Step(
            draft.claim,
            draft.run,
            draft.expects,
            draft.contrast,
            draft.control,
            draft.controlExpects,
            draft.ask,
            draft.answer,
            draft.solve,
            draft.calls,
            draft.hint,
            draft.explain));
    draft = new Draft();
  }

  private UsageException wrong(int line, String what) {
    return new UsageException(
        name + (line > 0 ? ":" + line : ""), what, "docs/teaching.md describes the format");
  }

  /// Returns the SHA-256 of a text, in hexadecimal.
  static String digest(String text) {
    return Digest.of(text.getBytes(StandardCharsets.UTF_8)).hex();
  }
}
