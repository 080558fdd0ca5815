package dev.brig.cli.lab;

import dev.brig.cli.command.Context;
import dev.brig.error.UsageException;

/// What labs need of a machine.
///
/// - `command:NAME` a command in the search path
/// - `file:PATH` a file
/// - `namespace:NAME` a kind of namespace, as in /proc/self/ns
final class Needs {
  private final Context context;

  Needs(Context context) {
    this.context = context;
  }

  /// Returns what is missing for a lab, in words, or empty if nothing is.
  String missing(Lab lab) {
    for (String need : lab.needs()) {
      int colon = need.indexOf(':');
      String kind = colon < 0 ? need : need.substring(0, colon);
      String name = colon < 0 ? "" : need.substring(colon + 1);
      String missing =
          switch (kind) {
            case "command" -> has(name) ? "" : "the command " + name;
            case "file" -> exists(name) ? "" : "the file " + name;
            case "namespace" ->
                exists("/proc/self/ns/" + name) ? "" : name + " namespaces in this kernel";
            default ->
                throw new UsageException(
                    "lab " + lab.id(),
                    "needs " + need + ", which is no command:, file: or namespace:",
                    "docs/teaching.md describes the format");
          };
      if (!missing.isEmpty()) {
        return missing;
      }
    }
    return "";
  }

  private boolean has(String command) {
    return context.program(command).isPresent();
  }

  private boolean exists(String path) {
    return context.kernel().attributes().exists(path);
  }
}
