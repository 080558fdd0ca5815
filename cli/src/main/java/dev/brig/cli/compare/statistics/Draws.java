package dev.brig.cli.compare.statistics;

/// Chance that is the same for the same seed, on every machine and JDK: SplitMix64.
///
/// @see <a href="https://doi.org/10.1145/2660193.2660195">Steele, Lea, Flood: Fast splittable
///   pseudorandom number generators, OOPSLA 2014</a>
public final class Draws {
  private static final long GAMMA = 0x9e3779b97f4a7c15L;

  private long state;

  /// Makes a sequence of draws.
  ///
  /// @param seed which sequence
  /// @param stream which of the seed's sequences
  public Draws(long seed, long stream) {
    this.state = mix(seed) ^ mix(stream * GAMMA + 1);
  }

  /// Returns a number from 0 to `bound` - 1, each as likely as the others.
  ///
  /// @param bound positive
  public int below(int bound) {
    state += GAMMA;
    // The upper half of a product of 64 bits: off by less than bound / 2^32.
    return (int) (((mix(state) >>> 32) * bound) >>> 32);
  }

  private static long mix(long value) {
    long z = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  /// Returns the numbers from 0 to `count` - 1 in an order that the seed and the round give: each
  /// round of a randomised complete block has one of its own.
  public static int[] order(long seed, int round, int count) {
    Draws draws = new Draws(seed, round);
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      int other = draws.below(i + 1);
      order[i] = order[other];
      order[other] = i;
    }
    return order;
  }
}
