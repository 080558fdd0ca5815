package dev.brig.image.erofs;

/// Where the contents of a regular file are. [FileWriter] makes them.
public sealed interface FileContent {

  /// Returns the file's size.
  long sizeBytes();

  /// All blocks in a row, and perhaps the last few bytes behind the inode.
  ///
  /// @param sizeBytes the file's size
  /// @param block the first block
  /// @param tail what is behind the inode, or empty
  @SuppressWarnings("ArrayRecordComponent")
  record Flat(long sizeBytes, long block, byte[] tail) implements FileContent {}

  /// Chunks of one size, of which some are holes.
  ///
  /// @param sizeBytes the file's size
  /// @param chunkBits the binary logarithm of a chunk's size
  /// @param runs chunks that follow each other: how many, and the first block or -1 for holes
  @SuppressWarnings("ArrayRecordComponent")
  record Chunked(long sizeBytes, int chunkBits, long[] runs) implements FileContent {

    /// Returns the number of chunks.
    int count() {
      return (int) ((sizeBytes + (1L << chunkBits) - 1) >>> chunkBits);
    }
  }
}
