package dev.brig.runtime.container;

/// The rules for containers' names, and names for those who give none.
public final class ContainerName {
  private static final int LENGTH_MAX = 200;

  private static final String[] ADJECTIVES = {
    "able", "agile", "amber", "brave", "bright", "brisk", "calm", "clear", "clever", "cosy",
    "crisp", "daring", "deep", "eager", "early", "fair", "fleet", "fresh", "gentle", "glad",
    "golden", "grand", "hardy", "honest", "jolly", "keen", "kind", "lively", "loyal", "lucky",
    "mellow", "merry", "mild", "neat", "nimble", "noble", "patient", "plain", "proud", "quick",
    "quiet", "ready", "salty", "sharp", "silver", "sleek", "smart", "snug", "sober", "steady",
    "stout", "sunny", "swift", "tidy", "trim", "true", "vivid", "warm", "wise", "witty", "young",
    "zesty"
  };

  private static final String[] NOUNS = {
    "anchor",
    "barge",
    "beacon",
    "boatswain",
    "bollard",
    "bow",
    "bowsprit",
    "breeze",
    "buoy",
    "cabin",
    "canoe",
    "capstan",
    "captain",
    "clipper",
    "compass",
    "coxswain",
    "crane",
    "cutter",
    "davit",
    "deck",
    "dinghy",
    "dolphin",
    "ferry",
    "fjord",
    "galley",
    "gangway",
    "gull",
    "halyard",
    "harbour",
    "hatch",
    "hawser",
    "helm",
    "hull",
    "jetty",
    "jib",
    "keel",
    "ketch",
    "lagoon",
    "lantern",
    "lighter",
    "mast",
    "mizzen",
    "mooring",
    "oar",
    "pelican",
    "pennant",
    "pilot",
    "porthole",
    "quay",
    "rigging",
    "rudder",
    "sail",
    "schooner",
    "sextant",
    "skiff",
    "sloop",
    "spinnaker",
    "stern",
    "tern",
    "tide",
    "tiller",
    "trawler",
    "wake",
    "wharf",
    "yawl"
  };

  private ContainerName() {}

  /// Tells whether the text may be a name: a letter or a digit, then letters, digits, `_`, `.` and
  /// `-`.
  public static boolean isName(String text) {
    if (text.isEmpty() || text.length() > LENGTH_MAX || !isAlphanumeric(text.charAt(0))) {
      return false;
    }
    for (int i = 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!isAlphanumeric(c) && c != '_' && c != '.' && c != '-') {
        return false;
      }
    }
    return true;
  }

  /// Refuses what may not be a name.
  ///
  /// @throws ContainerException with the rules
  public static void check(String text) {
    if (!isName(text)) {
      throw new ContainerException(
          ContainerException.Problem.BAD_NAME,
          "container name \"" + text + "\"",
          "this can't be a name",
          "a name begins with a letter or a digit, goes on with letters, digits, \"_\", \".\" and"
              + " \"-\", and has at most "
              + LENGTH_MAX
              + " characters");
    }
  }

  /// Returns the name that a container gets if none is given and this one is free.
  ///
  /// @param id the identifier of the container
  public static String first(ContainerId id) {
    return of(id, 0);
  }

  /// Returns a name made of two words, and of a number besides when the words alone were often
  /// taken.
  ///
  /// @param id the identifier of the container, whose digits choose the words
  /// @param attempt how many names were taken already
  static String of(ContainerId id, int attempt) {
    int at = (4 * attempt) % (ContainerId.LENGTH - 8);
    int chosen = Integer.parseInt(id.text().substring(at, at + 7), 16);
    String words =
        ADJECTIVES[chosen % ADJECTIVES.length]
            + "_"
            + NOUNS[chosen / ADJECTIVES.length % NOUNS.length];
    return attempt < 4 ? words : words + attempt;
  }

  private static boolean isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
}
