package dev.brig.image.build;

import java.util.List;

/// An instruction as it stands in a file: its lines joined, comments taken out.
///
/// @param place its first line
/// @param text the joined lines, without the documents below it
/// @param heredocs the documents below it
record LogicalLine(Place place, String text, List<Heredoc> heredocs) {
  LogicalLine {
    heredocs = List.copyOf(heredocs);
  }

  /// Returns the instruction's name as it was written.
  String keyword() {
    int end = 0;
    while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
      end++;
    }
    return text.substring(0, end);
  }

  /// Returns what follows the name.
  String rest() {
    return text.substring(keyword().length()).strip();
  }
}
