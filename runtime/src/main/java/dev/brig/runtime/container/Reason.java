package dev.brig.runtime.container;

import java.util.ArrayList;
import java.util.List;

/// Something that explains a container's end: a line of the file `reason`, the kind and the
/// sentence.
///
/// @param kind what sort of thing it is, for scripts
/// @param sentence what happened, for people, without a full stop
public record Reason(Kind kind, String sentence) {

  /// Sorts of explanations.
  public enum Kind {
    /// The kernel killed a process because memory ran out.
    OOM,
    /// A limit was felt but did not end the container.
    LIMIT,
    /// The container could not be started.
    FAILED,
    /// Nobody supervised the container any more.
    LOST
  }

  /// Keeps the sentence on one line.
  public Reason {
    sentence = sentence.replace('\n', ' ');
  }

  /// Returns the line of the file.
  String line() {
    return kind.name() + " " + sentence + "\n";
  }

  /// Reads the file's text; lines that are damaged are passed over.
  static List<Reason> parse(String text) {
    List<Reason> reasons = new ArrayList<>();
    for (String line : text.lines().toList()) {
      for (Kind kind : Kind.values()) {
        if (line.startsWith(kind.name() + " ")) {
          reasons.add(new Reason(kind, line.substring(kind.name().length() + 1)));
        }
      }
    }
    return reasons;
  }
}
