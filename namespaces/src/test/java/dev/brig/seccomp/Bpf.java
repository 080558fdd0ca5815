package dev.brig.seccomp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Runs a seccomp filter as the kernel does, for tests: the part of classic BPF that filters are
/// made of.
final class Bpf {
  private final ByteBuffer program;

  Bpf(SeccompFilter filter) {
    this.program = ByteBuffer.wrap(filter.program()).order(ByteOrder.LITTLE_ENDIAN);
  }

  /// Returns what the filter says about a call.
  int verdict(int architecture, int number, long... arguments) {
    ByteBuffer data = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    data.putInt(number).putInt(architecture).putLong(0);
    for (long argument : arguments) {
      data.putLong(argument);
    }
    int[] memory = new int[16];
    int accumulator = 0;
    for (int pc = 0; ; pc++) {
      int at = pc * 8;
      int code = program.getShort(at);
      int k = program.getInt(at + 4);
      switch (code) {
        case 0x20 -> accumulator = data.getInt(k);
        case 0x06 -> {
          return k;
        }
        case 0x05 -> pc += k;
        case 0x15 -> pc += jump(at, accumulator == k);
        case 0x25 -> pc += jump(at, Integer.compareUnsigned(accumulator, k) > 0);
        case 0x35 -> pc += jump(at, Integer.compareUnsigned(accumulator, k) >= 0);
        case 0x45 -> pc += jump(at, (accumulator & k) != 0);
        case 0x54 -> accumulator &= k;
        case 0x60 -> accumulator = memory[k];
        case 0x02 -> memory[k] = accumulator;
        default -> throw new AssertionError("instruction 0x" + Integer.toHexString(code));
      }
    }
  }

  private int jump(int at, boolean condition) {
    return program.get(at + (condition ? 2 : 3)) & 0xff;
  }
}
