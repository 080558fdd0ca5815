package dev.brig.plan;

/// A zeroed block of the program's memory that the kernel writes to: an event, a message, log
/// output.
///
/// After fork or clone each process has its own copy. Two buffers are the same if their names are.
///
/// @param name what it holds
/// @param sizeBytes its size in bytes, positive
public record Buffer(String name, int sizeBytes) {
  /// Refuses a size that is not positive.
  public Buffer {
    if (sizeBytes <= 0) {
      throw new IllegalArgumentException("size of buffer " + name + ": " + sizeBytes);
    }
  }
}
