package dev.brig.cgroups;

/// How the user who reads a message spelled the wish: on the command line or in config.json.
public enum Naming {
  /// `--memory`.
  OPTION,
  /// `/linux/resources/memory/limit`, a JSON pointer into config.json.
  SPEC
}
