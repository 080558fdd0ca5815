package dev.brig.runtime.container;

/// Where a container stands in its life.
public enum ContainerStatus {
  /// It was never started.
  CREATED("created"),
  /// Its first process runs, or is about to.
  RUNNING("running"),
  /// Its processes are frozen.
  PAUSED("paused"),
  /// It has ended.
  EXITED("exited"),
  /// It has ended and is being removed.
  REMOVING("removing");

  private final String text;

  ContainerStatus(String text) {
    this.text = text;
  }

  /// Returns the word that people and scripts read.
  public String text() {
    return text;
  }

  /// Tells whether the container has living processes.
  public boolean isAlive() {
    return this == RUNNING || this == PAUSED;
  }
}
