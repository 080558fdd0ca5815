package dev.brig.compiler;

/// How a place in code or data holds an address or a distance that is known later.
///
/// What is known already, the offset within the section, lies in the place until then.
enum Patch {
  /// An address of 32 bits.
  ADDRESS_32,
  /// An address of 64 bits. Programs lie in the first 4 GiB, so only the low half is patched.
  ADDRESS_64,
  /// The aarch64 instructions MOVZ and MOVK with the halves of an address of 32 bits.
  MOVE_PAIR,
  /// An x86-64 displacement of 32 bits from the end of the place to a label.
  DISTANCE_32,
  /// The immediate of 26 bits of the aarch64 instructions B and BL.
  BRANCH_26,
  /// The immediate of 19 bits of the aarch64 instructions B.cond and CBNZ.
  BRANCH_19;

  /// Adds the address of a section to the offset that lies in the place.
  void setAddress(Bytes bytes, int position, int base) {
    if (this == MOVE_PAIR) {
      int address =
          (bytes.get32(position) >>> 5 & 0xffff) + (bytes.get32(position + 4) >>> 5 << 16) + base;
      bytes.set32(position, setField(bytes.get32(position), address & 0xffff, 16));
      bytes.set32(position + 4, setField(bytes.get32(position + 4), address >>> 16, 16));
    } else {
      bytes.set32(position, bytes.get32(position) + base);
    }
  }

  /// Puts the distance to a label in the place.
  void setDistance(Bytes bytes, int position, int label) {
    if (this == DISTANCE_32) {
      bytes.set32(position, label - (position + 4));
      return;
    }
    int bits = this == BRANCH_26 ? 26 : 19;
    int instructions = (label - position) >> 2;
    if (instructions >> (bits - 1) != instructions >> 31) {
      throw new IllegalStateException("the program is too long for a branch of aarch64");
    }
    int shift = this == BRANCH_26 ? 0 : 5;
    int mask = ((1 << bits) - 1) << shift;
    bytes.set32(position, (bytes.get32(position) & ~mask) | ((instructions << shift) & mask));
  }

  private static int setField(int instruction, int value, int bits) {
    int mask = ((1 << bits) - 1) << 5;
    return (instruction & ~mask) | (value << 5);
  }
}
