package dev.brig.image.layer;

/// How much a single archive may make brig do, so that a few hostile kilobytes cannot fill a disk.
///
/// @param entriesMax how many entries an archive may have
/// @param bytesMax how large an archive may be when decompressed
/// @param expansionMax how many times its compressed size an archive may have when decompressed;
///   only looked at beyond [#EXPANSION_FREE_BYTES]
public record Limits(long entriesMax, long bytesMax, long expansionMax) {

  /// Up to this decompressed size any ratio is fine: a file of zeros is a legitimate thing to have.
  public static final long EXPANSION_FREE_BYTES = 1L << 30;

  /// What is used where the user says nothing: 4 million entries, 256 GiB, 200 times. gzip cannot
  /// expand more than 1032 times, text rarely 20 times.
  public static final Limits DEFAULT = new Limits(4_000_000, 256L << 30, 200);

  /// Checks that each limit allows something.
  public Limits {
    if (entriesMax <= 0 || bytesMax <= 0 || expansionMax <= 0) {
      throw new IllegalArgumentException("a limit that allows nothing");
    }
  }
}
