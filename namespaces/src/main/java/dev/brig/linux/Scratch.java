package dev.brig.linux;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// Native memory for the arguments of one call: strings, structures, room for answers.
///
/// The addresses it hands out are good until it is closed. Scratches of one thread may nest.
final class Scratch implements AutoCloseable {
  private static final ThreadLocal<Arena> OF_THREAD = new ThreadLocal<>();

  private final Arena arena;
  private final int mark;

  // Pieces too large for the arena; they live as long as this list.
  private final List<ByteBuffer> large = new ArrayList<>(0);

  private Scratch(Arena arena) {
    this.arena = arena;
    this.mark = arena.used;
  }

  /// Takes a scratch that begins where the thread's previous one, if still open, ended.
  static Scratch take() {
    Arena arena = OF_THREAD.get();
    if (arena == null) {
      arena = new Arena();
      OF_THREAD.set(arena);
    }
    return new Scratch(arena);
  }

  /// Gives memory back, for the next call of this thread.
  @Override
  public void close() {
    arena.used = mark;
  }

  /// Places a NUL-terminated string and returns its address.
  ///
  /// @throws IllegalArgumentException if the string holds a NUL, which a C program would take for
  ///   its end
  long text(String text) {
    byte[] bytes = KernelText.encode(text);
    for (byte b : bytes) {
      if (b == 0) {
        throw new IllegalArgumentException("a string for the kernel holds a NUL: " + text);
      }
    }
    Room room = room(bytes.length + 1);
    room.buffer().put(room.offset(), bytes);
    room.buffer().put(room.offset() + bytes.length, (byte) 0);
    return room.address();
  }

  /// Places an array of string pointers that ends with a null pointer, as execve(2) wants it.
  long texts(List<String> texts) {
    Room room = room((texts.size() + 1) * Long.BYTES);
    int at = room.offset();
    for (int i = 0; i < texts.size(); i++) {
      room.buffer().putLong(at, text(texts.get(i)));
      at += Long.BYTES;
    }
    room.buffer().putLong(at, 0);
    return room.address();
  }

  /// Places a copy of these bytes and returns its address.
  long bytes(byte[] bytes) {
    Room room = room(bytes.length);
    room.buffer().put(room.offset(), bytes);
    return room.address();
  }

  /// Returns room of this size, aligned to eight bytes, whose contents are undefined.
  Room room(int sizeBytes) {
    int aligned = Math.addExact(sizeBytes, 7) & ~7;
    if (arena.used + aligned > Arena.SIZE_BYTES) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(aligned).order(ByteOrder.nativeOrder());
      large.add(buffer);
      return new Room(buffer, 0, addressOf(buffer));
    }
    Room room = new Room(arena.memory, arena.used, arena.address + arena.used);
    arena.used += aligned;
    return room;
  }

  /// Returns the address of a direct buffer's first byte, its position not counted.
  static long addressOf(ByteBuffer direct) {
    return MemoryIO.getInstance().getDirectBufferAddress(direct);
  }

  /// A piece of native memory.
  ///
  /// @param buffer the buffer that it is a part of, in the machine's byte order
  /// @param offset where in that buffer it begins
  /// @param address the same place as the kernel sees it
  record Room(ByteBuffer buffer, int offset, long address) {

    /// Returns a number of four bytes at an offset in this piece.
    int getInt(int at) {
      return buffer.getInt(offset + at);
    }

    /// Returns a number of eight bytes at an offset in this piece.
    long getLong(int at) {
      return buffer.getLong(offset + at);
    }

    /// Sets four bytes at an offset in this piece.
    void putInt(int at, int value) {
      buffer.putInt(offset + at, value);
    }

    /// Sets eight bytes at an offset in this piece.
    void putLong(int at, long value) {
      buffer.putLong(offset + at, value);
    }

    /// Returns a copy of the first bytes.
    byte[] copy(int count) {
      byte[] bytes = new byte[count];
      buffer.get(offset, bytes);
      return bytes;
    }
  }

  /// The memory that the scratches of one thread share.
  private static final class Arena {
    // Two paths of PATH_MAX and a few structures; larger things get memory of their own.
    private static final int SIZE_BYTES = 16 * 1024;

    private final ByteBuffer memory =
        ByteBuffer.allocateDirect(SIZE_BYTES).order(ByteOrder.nativeOrder());
    private final long address = addressOf(memory);
    private int used;
  }
}
