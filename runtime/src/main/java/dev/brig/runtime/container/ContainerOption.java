package dev.brig.runtime.container;

import org.jspecify.annotations.Nullable;

/// What was asked for about a container's life, besides its configuration.
public enum ContainerOption {
  /// The container is removed when it ends.
  RM("rm"),
  /// A small init is process 1 and reaps orphans.
  INIT("init"),
  /// The process has a terminal.
  TTY("tty"),
  /// Standard input is passed on.
  INTERACTIVE("interactive"),
  /// Standard input is passed on this time, though the container was not made so: `start -i`.
  INPUT("input"),
  /// The container runs in the background and writes a log.
  DETACH("detach"),
  /// It is a step of something that waits for it and then removes it: a build. Without its holder
  /// it is removed.
  STEP("step");

  private final String text;

  ContainerOption(String text) {
    this.text = text;
  }

  /// Returns the name in JSON, which is the long option's.
  public String text() {
    return text;
  }

  /// Returns the option that JSON names so, or null.
  static @Nullable ContainerOption of(String text) {
    for (ContainerOption option : values()) {
      if (option.text.equals(text)) {
        return option;
      }
    }
    return null;
  }
}
