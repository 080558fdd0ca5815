package dev.brig.seccomp;

/// A condition on an argument of a call. Arguments and values are unsigned numbers of 64 bits.
///
/// @param index which argument, 0 to 5
/// @param operator the comparison
/// @param value the right side, or the mask for [Operator#SCMP_CMP_MASKED_EQ]
/// @param valueTwo the right side for [Operator#SCMP_CMP_MASKED_EQ]
public record ArgumentTest(int index, Operator operator, long value, long valueTwo) {
  /// Refuses an argument that no call has.
  public ArgumentTest {
    if (index < 0 || index > 5) {
      throw new IllegalArgumentException("argument " + index);
    }
  }

  /// A comparison, in the profile's words.
  public enum Operator {
    /// Unequal.
    SCMP_CMP_NE(1),
    /// Less.
    SCMP_CMP_LT(2),
    /// Less or equal.
    SCMP_CMP_LE(3),
    /// Equal.
    SCMP_CMP_EQ(4),
    /// Greater or equal.
    SCMP_CMP_GE(5),
    /// Greater.
    SCMP_CMP_GT(6),
    /// Equal after masking.
    SCMP_CMP_MASKED_EQ(7);

    private final int number;

    Operator(int number) {
      this.number = number;
    }

    int number() {
      return number;
    }
  }
}
