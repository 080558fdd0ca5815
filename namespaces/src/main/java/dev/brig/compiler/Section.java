package dev.brig.compiler;

/// A part of a program's memory. Addresses are known as a section and an offset until the image is
/// made.
enum Section {
  /// Machine code.
  TEXT,
  /// Strings and bytes that nothing writes to.
  CONSTANTS,
  /// Structures and arrays, with the constant fields in place. The kernel writes to some of them.
  DATA,
  /// The variables, eight bytes each, zero at the start.
  SLOTS,
  /// Buffers, zero at the start.
  BUFFERS
}
