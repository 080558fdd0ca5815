package dev.brig.cli.lab;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// What must be seen of a script.
public sealed interface Expectation {
  /// Tells whether it is so.
  boolean holds(Observation seen, String nonce);

  /// Returns it as the lab's author wrote it.
  String text();

  /// What a script did.
  ///
  /// @param status its exit status
  /// @param output what it wrote, standard error included
  record Observation(int status, String output) {
    /// Returns what follows `NAME=` on the last line that begins so.
    Optional<String> value(String name) {
      Optional<String> found = Optional.empty();
      for (String line : output.split("\n", -1)) {
        if (line.startsWith(name + "=")) {
          found = Optional.of(line.substring(name.length() + 1).strip());
        }
      }
      return found;
    }
  }

  /// `status N`.
  ///
  /// @param status the exit status
  record Status(int status) implements Expectation {
    @Override
    public boolean holds(Observation seen, String nonce) {
      return seen.status() == status;
    }

    @Override
    public String text() {
      return "status " + status;
    }
  }

  /// `has TEXT`.
  ///
  /// @param words what must be somewhere in the output
  record Has(String words) implements Expectation {
    @Override
    public boolean holds(Observation seen, String nonce) {
      return seen.output().contains(words.replace(LabFile.NONCE, nonce));
    }

    @Override
    public String text() {
      return "has " + words;
    }
  }

  /// `lacks TEXT`.
  ///
  /// @param words what must be nowhere in the output
  record Lacks(String words) implements Expectation {
    @Override
    public boolean holds(Observation seen, String nonce) {
      return !seen.output().contains(words.replace(LabFile.NONCE, nonce));
    }

    @Override
    public String text() {
      return "lacks " + words;
    }
  }

  /// `matches REGEX`.
  ///
  /// @param pattern what must be found in the output
  record Matches(Pattern pattern) implements Expectation {
    @Override
    public boolean holds(Observation seen, String nonce) {
      return pattern.matcher(seen.output()).find();
    }

    @Override
    public String text() {
      return "matches " + pattern.pattern();
    }
  }

  /// `between LOW HIGH NAME`: a line `NAME=NUMBER` has a number from LOW to HIGH.
  ///
  /// @param low the least
  /// @param high the most
  /// @param name whose number
  record Between(double low, double high, String name) implements Expectation {
    @Override
    public boolean holds(Observation seen, String nonce) {
      try {
        double value = Double.parseDouble(seen.value(name).orElse(""));
        return value >= low && value <= high;
      } catch (NumberFormatException _) {
        return false;
      }
    }

    @Override
    public String text() {
      return "between " + low + " " + high + " " + name;
    }
  }

  /// Reads one.
  ///
  /// @throws IllegalArgumentException saying what is wrong
  static Expectation parse(String text) {
    int blank = text.indexOf(' ');
    String word = blank < 0 ? text : text.substring(0, blank);
    String rest = blank < 0 ? "" : text.substring(blank + 1).strip();
    if (rest.isEmpty()) {
      throw new IllegalArgumentException("\"" + text + "\" says not enough");
    }
    return switch (word) {
      case "status" -> new Status(number(rest).intValue());
      case "has" -> new Has(rest);
      case "lacks" -> new Lacks(rest);
      case "matches" -> matches(rest);
      case "between" -> {
        List<String> words = List.of(rest.split(" +", -1));
        if (words.size() != 3) {
          throw new IllegalArgumentException("between takes two numbers and a name");
        }
        yield new Between(number(words.get(0)), number(words.get(1)), words.get(2));
      }
      default ->
          throw new IllegalArgumentException(
              "\"" + word + "\" is not status, has, lacks, matches or between");
    };
  }

  private static Double number(String text) {
    try {
      return Double.valueOf(text);
    } catch (NumberFormatException _) {
      throw new IllegalArgumentException("\"" + text + "\" is no number");
    }
  }

  private static Expectation matches(String text) {
    try {
      return new Matches(Pattern.compile(text, Pattern.MULTILINE));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("\"" + text + "\": " + e.getDescription(), e);
    }
  }
}
