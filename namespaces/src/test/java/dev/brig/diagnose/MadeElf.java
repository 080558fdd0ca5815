package dev.brig.diagnose;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// A small ELF file, for tests.
final class MadeElf {
  private MadeElf() {}

  /// Returns a 64-bit file with an interpreter, unless empty, and needed libraries.
  static byte[] wide(int machine, int type, String interpreter, String... needed) {
    ByteBuffer file = ByteBuffer.allocate(2048).order(ByteOrder.LITTLE_ENDIAN);
    int strings = 1024;
    int dynamic = 512;
    file.putInt(0x464c457f).put((byte) 2).put((byte) 1).put((byte) 1);
    file.putShort(16, (short) type).putShort(18, (short) machine);
    file.putLong(32, 64).putShort(54, (short) 56).putShort(56, (short) 3);
    segment(file, 64, 1, 0, 0x400000, 2048);
    segment(file, 120, interpreter.isEmpty() ? 4 : 3, 256, 0x400100, interpreter.length() + 1);
    segment(file, 176, 2, dynamic, 0x400000 + dynamic, 16L * (needed.length + 2));
    file.put(256, (interpreter + "\0").getBytes(UTF_8));
    int at = dynamic;
    int name = 1;
    for (String library : needed) {
      file.putLong(at, 1).putLong(at + 8, name);
      file.put(strings + name, (library + "\0").getBytes(UTF_8));
      at += 16;
      name += library.length() + 1;
    }
    file.putLong(at, 5).putLong(at + 8, 0x400000 + strings);
    return file.array();
  }

  private static void segment(
      ByteBuffer file, int at, int type, long offset, long address, long size) {
    file.putInt(at, type).putLong(at + 8, offset).putLong(at + 16, address);
    file.putLong(at + 32, size);
  }

  /// Returns a 32-bit file with an interpreter.
  static byte[] narrow(int machine, String interpreter) {
    ByteBuffer file = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
    file.putInt(0x464c457f).put((byte) 1).put((byte) 1).put((byte) 1);
    file.putShort(16, (short) 2).putShort(18, (short) machine);
    file.putInt(28, 52).putShort(42, (short) 32).putShort(44, (short) 1);
    file.putInt(52, 3).putInt(56, 256).putInt(60, 256).putInt(68, interpreter.length() + 1);
    file.put(256, (interpreter + "\0").getBytes(UTF_8));
    return file.array();
  }
}
