package dev.brig.cli.value;

import dev.brig.cli.bundle.CapabilityNames;
import java.util.Locale;

/// What `--cap-add` and `--cap-drop` take.
public final class Capabilities {
  private Capabilities() {}

  /// Returns the capability's full name, or `ALL`.
  ///
  /// @param text a name in either case with or without `CAP_`
  public static String parse(String option, String text) {
    String name = text.toUpperCase(Locale.ROOT);
    if (name.equals(CapabilityNames.ALL)) {
      return name;
    }
    String full = name.startsWith("CAP_") ? name : "CAP_" + name;
    if (!CapabilityNames.isKnown(full)) {
      throw Wrong.value(
          option, text, "not a capability; write a name of capabilities(7) (SYS_PTRACE) or ALL");
    }
    return full;
  }
}
