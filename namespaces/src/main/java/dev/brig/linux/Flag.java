package dev.brig.linux;

/// A named bit, or a few, of a system call's flag argument. Implemented by enums whose constants
/// are spelled as the kernel spells them.
public interface Flag {

  /// Returns the name as the kernel's header has it.
  String name();

  /// Returns the bits on a machine; zero for a flag that is the absence of others, `O_RDONLY` for
  /// example.
  long bit(Machine machine);

  /// Returns the bits of some flags together.
  static long bits(Machine machine, Flag... flags) {
    long bits = 0;
    for (Flag flag : flags) {
      bits |= flag.bit(machine);
    }
    return bits;
  }

  /// Returns the names of the bits that are set, as strace writes them: `MS_NOSUID|MS_NODEV`, `0`
  /// for none, and bits without a name in hexadecimal. A flag of several bits is named instead of
  /// its parts.
  ///
  /// @param machine whose bits they are
  /// @param bits the flags
  /// @param known the flags that have names
  static String text(Machine machine, long bits, Flag... known) {
    StringBuilder text = new StringBuilder();
    long rest = bits;
    for (Flag flag : known) {
      long bit = flag.bit(machine);
      boolean named = bit != 0 && (bits & bit) == bit && !partOfLarger(machine, bits, bit, known);
      if (named || (bit == 0 && zeroIsNamed(flag, bits))) {
        append(text, flag.name());
        rest &= ~bit;
      }
    }
    if (rest != 0) {
      append(text, "0x" + Long.toHexString(rest));
    }
    return text.isEmpty() ? "0" : text.toString();
  }

  private static boolean partOfLarger(Machine machine, long bits, long bit, Flag[] known) {
    for (Flag other : known) {
      long larger = other.bit(machine);
      if (larger != bit && (larger & bit) == bit && (bits & larger) == larger) {
        return true;
      }
    }
    return false;
  }

  // The access mode of open(2) is a number of two bits, of which zero has a name.
  private static boolean zeroIsNamed(Flag flag, long bits) {
    return flag == OpenFlag.O_RDONLY && (bits & 3) == 0;
  }

  private static void append(StringBuilder text, String name) {
    if (!text.isEmpty()) {
      text.append('|');
    }
    text.append(name);
  }
}
