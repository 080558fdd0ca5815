package dev.brig.runtime.container;

/// Receives what a container has written.
public interface LogSink {

  /// The stream that the container wrote to.
  enum Stream {
    /// Standard output, or the terminal.
    OUTPUT,
    /// Standard error.
    ERROR
  }

  /// Takes a part of what was written, perhaps less or more than a line.
  ///
  /// @param stream where it was written to
  /// @param bytes holds the part, for this call only
  /// @param offset where it begins
  /// @param length how many bytes it has
  void write(Stream stream, byte[] bytes, int offset, int length);

  /// Is called when there is nothing to read for now.
  void flush();
}
