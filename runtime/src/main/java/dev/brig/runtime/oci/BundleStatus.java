package dev.brig.runtime.oci;

/// Where a container is in its life.
///
/// @see <a
///   href="https://github.com/opencontainers/runtime-spec/blob/v1.3.0/runtime.md#state">runtime.md</a>
public enum BundleStatus {
  /// It is being made.
  CREATING("creating"),
  /// It waits to be started.
  CREATED("created"),
  /// Its command runs.
  RUNNING("running"),
  /// Its processes are frozen; runc's and crun's word, not the specification's.
  PAUSED("paused"),
  /// Its first process has ended.
  STOPPED("stopped");

  private final String text;

  BundleStatus(String text) {
    this.text = text;
  }

  /// Returns the specification's word.
  public String text() {
    return text;
  }
}
