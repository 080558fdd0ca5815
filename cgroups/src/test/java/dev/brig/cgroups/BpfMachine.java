package dev.brig.cgroups;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The few BPF instructions that device programs use, executed as the instruction set document
/// says.
final class BpfMachine {
  private BpfMachine() {}

  /// Runs a device program and returns whether it allows a request.
  static boolean allows(DeviceProgram program, int kind, long major, long minor, int access) {
    ByteBuffer code = ByteBuffer.wrap(program.instructions()).order(ByteOrder.LITTLE_ENDIAN);
    int[] context = {access << 16 | kind, (int) major, (int) minor};
    long[] registers = new long[11];
    int at = 0;
    while (true) {
      int opcode = code.get(at * 8) & 0xff;
      int target = code.get(at * 8 + 1) & 0xf;
      int source = code.get(at * 8 + 1) >> 4 & 0xf;
      int offset = code.getShort(at * 8 + 2);
      long number = code.getInt(at * 8 + 4);
      at++;
      switch (opcode) {
        case 0x61 -> registers[target] = context[offset / 4] & 0xffff_ffffL;
        case 0xbf -> registers[target] = registers[source];
        case 0xb7 -> registers[target] = number;
        case 0x57 -> registers[target] &= number;
        case 0x77 -> registers[target] >>>= number;
        case 0x55 -> at += registers[target] != number ? offset : 0;
        case 0x45 -> at += (registers[target] & number) != 0 ? offset : 0;
        case 0x05 -> at += offset;
        case 0x95 -> {
          return registers[0] == 1;
        }
        default -> throw new AssertionError("opcode 0x" + Integer.toHexString(opcode));
      }
    }
  }
}
