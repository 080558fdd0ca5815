package dev.brig.runtime.attack;

/// What came of an attack.
public sealed interface Verdict {
  /// Returns the word for it: `blocked`, `not blocked`, `inconclusive`.
  String word();

  /// Returns why.
  String why();

  /// It did not get through.
  ///
  /// @param why the call that was refused with the errno, or what there was instead of the machine
  record Blocked(String why) implements Verdict {
    @Override
    public String word() {
      return "blocked";
    }
  }

  /// It got through.
  ///
  /// @param why what shows it
  record Through(String why) implements Verdict {
    @Override
    public String word() {
      return "not blocked";
    }
  }

  /// It says nothing about the container.
  ///
  /// @param why what it lacked
  record Inconclusive(String why) implements Verdict {
    @Override
    public String word() {
      return "inconclusive";
    }
  }
}
