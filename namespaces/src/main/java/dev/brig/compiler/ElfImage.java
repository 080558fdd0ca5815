package dev.brig.compiler;

import dev.brig.linux.Machine;

/// Writes a static executable of two segments: code with constants, readable and executable, and
/// variables, readable and writable. The stack is not executable.
///
/// The memory of the second segment begins one page further on than in the file: the page of the
/// file in which the first ends and the second begins is mapped twice, and the file needs no
/// padding.
///
/// @see <a href="https://man7.org/linux/man-pages/man5/elf.5.html">elf(5)</a>
final class ElfImage {
  private static final int BASE_ADDRESS = 0x400000;
  private static final int HEADER_BYTES = 64;
  private static final int SEGMENT_BYTES = 56;
  private static final int SEGMENTS = 3;
  private static final int TEXT_OFFSET = HEADER_BYTES + SEGMENTS * SEGMENT_BYTES + 8;

  private static final int ET_EXEC = 2;
  private static final int EM_X86_64 = 62;
  private static final int EM_AARCH64 = 183;
  private static final int PT_LOAD = 1;
  private static final int PT_GNU_STACK = 0x6474e551;
  private static final int READ_EXECUTE = 5;
  private static final int READ_WRITE = 6;

  private ElfImage() {}

  /// Returns the bytes of the file. The entry is the first byte of the code.
  static byte[] write(Assembly assembly, Machine machine) {
    // The kernels of aarch64 have pages of 4, 16 or 64 KiB.
    int page = machine == Machine.X86_64 ? 0x1000 : 0x10000;
    if (assembly.data.size() == 0) {
      // A segment without any bytes in the file is unusual enough for loaders to get it wrong.
      assembly.data.putZeros(8);
    }
    int constants = align(TEXT_OFFSET + assembly.text.size());
    int constantsEnd = constants + assembly.constants.size();
    int data = align(constantsEnd);
    int slots = align(data + assembly.data.size());
    int buffers = align(slots + assembly.slotsBytes());
    int moved = BASE_ADDRESS + page;
    assembly.link(
        new Assembly.Layout(
            BASE_ADDRESS + TEXT_OFFSET,
            BASE_ADDRESS + constants,
            moved + data,
            moved + slots,
            moved + buffers));

    Bytes file = new Bytes(data + assembly.data.size());
    header(file, machine);
    segment(file, READ_EXECUTE, 0, BASE_ADDRESS, constantsEnd, constantsEnd);
    file.put64(page);
    int memory = Math.addExact(buffers, assembly.buffersBytes()) - data;
    segment(file, READ_WRITE, data, moved + data, assembly.data.size(), memory);
    file.put64(page);
    stack(file);
    file.align(16);
    file.append(assembly.text);
    file.align(16);
    file.append(assembly.constants);
    file.align(16);
    file.append(assembly.data);
    return file.toArray();
  }

  private static int align(int offset) {
    return offset + 15 & ~15;
  }

  private static void header(Bytes file, Machine machine) {
    file.put32(0x464c457f); // "\177ELF"
    file.put32(0x00010102); // 64 bits, little-endian, version 1, System V
    file.put64(0);
    file.put16(ET_EXEC);
    file.put16(machine == Machine.X86_64 ? EM_X86_64 : EM_AARCH64);
    file.put32(1);
    file.put64(BASE_ADDRESS + TEXT_OFFSET);
    file.put64(HEADER_BYTES);
    file.put64(0); // no sections
    file.put32(0);
    file.put16(HEADER_BYTES);
    file.put16(SEGMENT_BYTES);
    file.put16(SEGMENTS);
    file.put16(0);
    file.put32(0);
  }

  /// Writes a loadable segment's header but for its alignment.
  private static void segment(
      Bytes file, int flags, int offset, int address, int fileBytes, int memoryBytes) {
    file.put32(PT_LOAD);
    file.put32(flags);
    file.put64(offset);
    file.put64(address);
    file.put64(address);
    file.put64(fileBytes);
    file.put64(memoryBytes);
  }

  private static void stack(Bytes file) {
    file.put32(PT_GNU_STACK);
    file.put32(READ_WRITE);
    file.putZeros(SEGMENT_BYTES - 8 - 8);
    file.put64(16);
  }
}
