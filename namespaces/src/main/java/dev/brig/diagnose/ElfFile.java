package dev.brig.diagnose;

import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelText;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What an ELF file says about how it wants to be loaded.
///
/// Files are strangers' bytes: whatever is wrong with one makes a value here empty, never an
/// exception.
///
/// @param bits 32 or 64
/// @param machine `e_machine`: 62 for x86-64, 183 for aarch64
/// @param type `e_type`: 2 and 3 can be executed, 1 is an object file
/// @param interpreter the path of its interpreter, or empty for a static program
/// @param needed the names of the libraries it needs
/// @see <a href="https://man7.org/linux/man-pages/man5/elf.5.html">elf(5)</a>
record ElfFile(int bits, int machine, int type, String interpreter, List<String> needed) {
  private static final int HEADER_BYTES = 64;
  private static final int PROGRAM_HEADERS_MAX = 512;
  private static final int TEXT_LENGTH_MAX = 4096;
  private static final int DYNAMIC_LENGTH_MAX = 64 * 1024;
  private static final int PT_LOAD = 1;
  private static final int PT_DYNAMIC = 2;
  private static final int PT_INTERP = 3;
  private static final int DT_NEEDED = 1;
  private static final int DT_STRTAB = 5;

  /// Copies the list.
  ElfFile {
    needed = List.copyOf(needed);
  }

  /// Reads a file, or returns empty if it does not begin as an ELF file does.
  static Optional<ElfFile> read(Kernel kernel, Fd fd) {
    return new Reader(kernel, fd).read();
  }

  /// Returns the name of its machine.
  String machineName() {
    return switch (machine) {
      case 2 -> "SPARC";
      case 3 -> "i386";
      case 8 -> "MIPS";
      case 20 -> "PowerPC";
      case 21 -> "ppc64";
      case 22 -> "s390";
      case 40 -> "arm";
      case 62 -> bits == 32 ? "x32" : "x86_64";
      case 183 -> "aarch64";
      case 243 -> "riscv" + bits;
      case 258 -> "loongarch" + bits;
      default -> "machine " + machine;
    };
  }

  /// A part of the file.
  private record Segment(int type, long offset, long address, long size) {}

  private static final class Reader {
    private final Kernel kernel;
    private final Fd fd;
    private boolean wide;
    private ByteOrder order = ByteOrder.LITTLE_ENDIAN;

    Reader(Kernel kernel, Fd fd) {
      this.kernel = kernel;
      this.fd = fd;
    }

    Optional<ElfFile> read() {
      ByteBuffer header = bytes(0, HEADER_BYTES);
      if (header.limit() < 52 || header.getInt(0) != 0x464c457f) {
        return Optional.empty();
      }
      wide = header.get(4) == 2;
      order = header.get(5) == 2 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
      header.order(order);
      if (wide && header.limit() < HEADER_BYTES) {
        return Optional.empty();
      }
      List<Segment> segments = segments(header);
      return Optional.of(
          new ElfFile(
              wide ? 64 : 32,
              header.getShort(18) & 0xffff,
              header.getShort(16) & 0xffff,
              interpreter(segments),
              needed(segments)));
    }

    private List<Segment> segments(ByteBuffer header) {
      long offset = wide ? header.getLong(32) : header.getInt(28) & 0xffff_ffffL;
      int size = header.getShort(wide ? 54 : 42) & 0xffff;
      int count = Math.min(header.getShort(wide ? 56 : 44) & 0xffff, PROGRAM_HEADERS_MAX);
      int least = wide ? 56 : 32;
      List<Segment> segments = new ArrayList<>();
      for (int i = 0; i < count && size >= least; i++) {
        ByteBuffer entry = bytes(offset + (long) i * size, least);
        if (entry.limit() < least) {
          break;
        }
        segments.add(
            wide
                ? new Segment(
                    entry.getInt(0), entry.getLong(8), entry.getLong(16), entry.getLong(32))
                : new Segment(
                    entry.getInt(0),
                    entry.getInt(4) & 0xffff_ffffL,
                    entry.getInt(8) & 0xffff_ffffL,
                    entry.getInt(16) & 0xffff_ffffL));
      }
      return segments;
    }

    private String interpreter(List<Segment> segments) {
      for (Segment segment : segments) {
        if (segment.type() == PT_INTERP) {
          return text(segment.offset());
        }
      }
      return "";
    }

    private List<String> needed(List<Segment> segments) {
      List<Long> names = new ArrayList<>();
      long table = -1;
      for (Segment segment : segments) {
        if (segment.type() != PT_DYNAMIC) {
          continue;
        }
        int width = wide ? 8 : 4;
        int size = Math.clamp(segment.size(), 0, DYNAMIC_LENGTH_MAX);
        ByteBuffer entries = bytes(segment.offset(), size);
        for (int at = 0; at + 2 * width <= entries.limit(); at += 2 * width) {
          long tag = number(entries, at);
          if (tag == DT_NEEDED) {
            names.add(number(entries, at + width));
          } else if (tag == DT_STRTAB) {
            table = fileOffset(segments, number(entries, at + width));
          }
        }
      }
      List<String> needed = new ArrayList<>();
      for (long name : names) {
        String text = table < 0 ? "" : text(table + name);
        if (!text.isEmpty()) {
          needed.add(text);
        }
      }
      return needed;
    }

    private long number(ByteBuffer buffer, int at) {
      return wide ? buffer.getLong(at) : buffer.getInt(at) & 0xffff_ffffL;
    }

    private static long fileOffset(List<Segment> segments, long address) {
      for (Segment segment : segments) {
        long into = address - segment.address();
        if (segment.type() == PT_LOAD && into >= 0 && into < segment.size()) {
          return segment.offset() + into;
        }
      }
      return -1;
    }

    private String text(long offset) {
      ByteBuffer buffer = bytes(offset, TEXT_LENGTH_MAX);
      int length = 0;
      while (length < buffer.limit() && buffer.get(length) != 0) {
        length++;
      }
      byte[] bytes = new byte[length];
      buffer.get(0, bytes);
      return KernelText.decode(bytes);
    }

    // What is there of these bytes, perhaps none.
    private ByteBuffer bytes(long offset, int length) {
      ByteBuffer buffer = ByteBuffer.allocate(length).order(order);
      if (offset >= 0 && length > 0) {
        int count = kernel.files().pread(fd, buffer, offset);
        while (count > 0 && buffer.hasRemaining()) {
          count = kernel.files().pread(fd, buffer, offset + buffer.position());
        }
      }
      return buffer.flip();
    }
  }
}
