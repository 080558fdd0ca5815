package dev.brig.runtime.probe;

/// The steps of one measurement.
interface Work {
  /// Returns why they are there.
  String purpose();

  /// Writes what comes before the first batch.
  void prepare();

  /// Writes what comes before each batch, untimed.
  default void beforeBatch() {}

  /// Writes one operation.
  void operate();

  /// Writes what ends each batch, timed.
  default void endBatch() {}

  /// Writes what comes after each batch, untimed.
  default void afterBatch() {}

  /// Writes what comes after the last batch.
  void finish();

  /// Writes what another process does, out of the way of the first.
  default void elsewhere() {}
}
