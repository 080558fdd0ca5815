package dev.brig.cli.value;

import dev.brig.error.UsageException;
import dev.brig.linux.Signal;

/// What options about signals take.
public final class Signals {
  private Signals() {}

  /// Returns the number of a signal given by name or number: `TERM`, `SIGTERM`, `15`, `RTMIN+3`.
  public static int parse(String option, String text) {
    try {
      return Signal.parse(text);
    } catch (UsageException e) {
      throw Wrong.value(
          option, text, "not a signal; write a name (TERM, RTMIN+1) or a number from 1 to 64");
    }
  }
}
