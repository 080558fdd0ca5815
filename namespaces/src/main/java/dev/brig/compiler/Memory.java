package dev.brig.compiler;

import dev.brig.linux.KernelText;
import dev.brig.plan.Buffer;
import dev.brig.plan.Operand;
import dev.brig.plan.Slot;
import java.util.HashMap;
import java.util.Map;

/// Gives the slots, buffers, strings and formatted texts of a plan their places.
///
/// The maps go by name: hashing records costs a cold JVM the generation of their hash methods.
final class Memory {
  /// The digits of 2^64 - 1.
  private static final int DECIMAL_BYTES = 20;

  /// Where a formatted text and its length lie.
  ///
  /// @param buffer offset in the buffers
  /// @param lengthSlot offset in the slots
  record FormatPlace(int buffer, int lengthSlot) {}

  private record BufferPlace(Buffer buffer, int offset) {}

  private final Assembly assembly;
  private final Map<String, Integer> slots = new HashMap<>();
  private final Map<String, BufferPlace> buffers = new HashMap<>();
  private final Map<String, Integer> texts = new HashMap<>();
  private final Map<String, FormatPlace> formats = new HashMap<>();

  Memory(Assembly assembly) {
    this.assembly = assembly;
  }

  /// Returns the offset of a slot in the slots.
  int slot(Slot slot) {
    Integer known = slots.get(slot.name());
    if (known != null) {
      return known;
    }
    int offset = assembly.reserveSlot();
    slots.put(slot.name(), offset);
    return offset;
  }

  /// Returns the offset of a buffer in the buffers.
  int buffer(Buffer buffer) {
    BufferPlace known = buffers.get(buffer.name());
    if (known != null) {
      if (known.buffer.sizeBytes() != buffer.sizeBytes()) {
        throw new IllegalArgumentException("buffer with two sizes: " + buffer.name());
      }
      return known.offset;
    }
    int offset = assembly.reserveBuffer(buffer.sizeBytes());
    buffers.put(buffer.name(), new BufferPlace(buffer, offset));
    return offset;
  }

  /// Returns the offset of a string in the constants. Equal strings share their place.
  int text(String text) {
    Integer known = texts.get(text);
    if (known != null) {
      return known;
    }
    int offset = assembly.constants.size();
    byte[] bytes = KernelText.encode(text);
    assembly.constants.put(bytes, bytes.length);
    assembly.constants.put8(0);
    texts.put(text, offset);
    return offset;
  }

  /// Returns the offset of bytes in the constants.
  int data(byte[] bytes) {
    assembly.constants.align(8);
    int offset = assembly.constants.size();
    assembly.constants.put(bytes, bytes.length);
    return offset;
  }

  /// Returns the place of a formatted text. Equal formats share theirs.
  FormatPlace format(Operand.Format format) {
    // A text has no NUL in it, so the key tells any two formats apart.
    StringBuilder key = new StringBuilder();
    int capacity = 1;
    for (Operand piece : format.pieces()) {
      if (piece instanceof Operand.Text text) {
        key.append('t').append(text.value()).append('\0');
        capacity += Operand.length(text.value());
      } else if (piece instanceof Operand.Value value) {
        key.append('v').append(value.slot().name()).append('\0');
        capacity += DECIMAL_BYTES;
      }
    }
    String name = key.toString();
    FormatPlace known = formats.get(name);
    if (known != null) {
      return known;
    }
    FormatPlace place = new FormatPlace(assembly.reserveBuffer(capacity), assembly.reserveSlot());
    formats.put(name, place);
    return place;
  }
}
