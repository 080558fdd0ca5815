package dev.brig.error;

import java.util.ArrayList;
import java.util.List;

/// What a user may have meant by a word that is not known.
public final class Spelling {
  private static final int DISTANCE_MAX = 2;

  private Spelling() {}

  /// Returns the words that differ from another by at most two letters, in their order.
  ///
  /// @param word what the user wrote
  /// @param known the words that there are
  public static List<String> near(String word, Iterable<String> known) {
    List<String> near = new ArrayList<>();
    for (String candidate : known) {
      if (distance(candidate, word) <= DISTANCE_MAX) {
        near.add(candidate);
      }
    }
    return List.copyOf(near);
  }

  /// Returns how many letters must be changed, added or left out to make one word the other.
  private static int distance(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int j = 0; j <= other.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        int changed = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[other.length()];
  }
}
