package dev.brig.seccomp;

import java.util.Arrays;

/// A filter that the kernel can load.
///
/// @param program an array of `struct sock_filter`, eight bytes each, in the machine's byte order
/// @param flags the flags of seccomp(2) to load it with
/// @param notifies whether it asks a supervisor, which must then be there
@SuppressWarnings(
    "ArrayRecordComponent") // equals compares the contents; copies would cost start-up
public record SeccompFilter(byte[] program, int flags, Notifies notifies) {

  /// Whether a filter asks a supervisor.
  public enum Notifies {
    /// It decides alone.
    NEVER,
    /// Some of its rules have `SCMP_ACT_NOTIFY`.
    SOMETIMES
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SeccompFilter that
        && Arrays.equals(program, that.program)
        && flags == that.flags
        && notifies == that.notifies;
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(program) * 31 + flags;
  }

  @Override
  public String toString() {
    return "seccomp filter of " + program.length / 8 + " instructions";
  }
}
