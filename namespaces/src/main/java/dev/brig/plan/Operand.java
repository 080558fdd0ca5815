package dev.brig.plan;

import dev.brig.linux.KernelText;
import java.util.Arrays;
import java.util.List;

/// An argument of a system call, or a field of a structure that an argument points to.
///
/// As an argument, [Text], [Data], [Struct], [Array] and [Format] pass the address of what they
/// describe. As a field of a structure or an element of an array, [Struct] and [Array] lie inside
/// it, and the others are as they are as arguments; [Address] makes a pointer of an inner
/// structure.
public sealed interface Operand {

  /// A number that is known when planning.
  ///
  /// @param value the 64-bit value
  /// @param text how strace writes it: `AT_FDCWD`, `MS_NOSUID|MS_NODEV`, `0755`
  record Num(long value, String text) implements Operand {
    /// Makes a number that is written in decimal.
    public Num(long value) {
      this(value, Long.toString(value));
    }
  }

  /// The address of a string, NUL-terminated, in the bytes that [KernelText] gives it.
  ///
  /// @param value the string, without NUL
  record Text(String value) implements Operand {
    /// Refuses a string that a C program would read only in part.
    public Text {
      if (value.indexOf('\0') >= 0) {
        throw new IllegalArgumentException("a string for the kernel holds a NUL: " + value);
      }
    }
  }

  /// The address of constant bytes.
  ///
  /// @param bytes the bytes, owned by the plan from here on
  /// @param text how the plan is to show them
  @SuppressWarnings(
      "ArrayRecordComponent") // equals compares the contents; copies would cost start-up
  record Data(byte[] bytes, String text) implements Operand {
    @Override
    public boolean equals(Object other) {
      return other instanceof Data that
          && Arrays.equals(bytes, that.bytes)
          && text.equals(that.text);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes) * 31 + text.hashCode();
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /// The value that a slot holds when the call is made.
  ///
  /// @param slot the slot
  record Value(Slot slot) implements Operand {}

  /// The address of a slot's eight bytes, for a result that the kernel stores through a pointer.
  ///
  /// @param slot the slot
  record SlotAddress(Slot slot) implements Operand {}

  /// The address inside a buffer.
  ///
  /// @param buffer the buffer
  /// @param offsetBytes where in it, from zero to its size
  record BufferAddress(Buffer buffer, int offsetBytes) implements Operand {
    /// Makes the address of the buffer's first byte.
    public BufferAddress(Buffer buffer) {
      this(buffer, 0);
    }

    /// Refuses an offset outside the buffer.
    public BufferAddress {
      if (offsetBytes < 0 || offsetBytes > buffer.sizeBytes()) {
        throw new IllegalArgumentException("offset " + offsetBytes + " of " + buffer);
      }
    }
  }

  /// The address inside a buffer that a slot gives: what is left of a chunk that was written in
  /// part.
  ///
  /// @param buffer the buffer
  /// @param offsetBytes the slot that holds the offset; the plan keeps it within the buffer
  record BufferAt(Buffer buffer, Slot offsetBytes) implements Operand {}

  /// The address of a string that is put together when the call is made: `/proc/self/fd/` and a
  /// number.
  ///
  /// @param pieces [Text] as it is, [Value] as an unsigned decimal number; nothing else
  record Format(List<Operand> pieces) implements Operand {
    /// Copies the list and refuses pieces of other kinds.
    public Format {
      pieces = List.copyOf(pieces);
      for (Operand piece : pieces) {
        if (!(piece instanceof Text || piece instanceof Value)) {
          throw new IllegalArgumentException("a piece of formatted text can't be " + piece);
        }
      }
    }
  }

  /// The length in bytes, without NUL, of the string that [Format] made for the latest call that
  /// had it as an argument. A call that needs both lists the format before its length.
  ///
  /// @param format the format, equal to the one whose length is meant
  record FormatLength(Format format) implements Operand {}

  /// The address of the text of the call with this number: its reason and the call itself, as
  /// `PlanText` writes them, `mount proc on /proc: fsopen("proc", FSOPEN_CLOEXEC)`. With it a
  /// program tells what failed without any help.
  ///
  /// @param call the slot that holds the call's number, from 1
  record StepText(Slot call) implements Operand {}

  /// The length of that text in bytes, without NUL.
  ///
  /// @param call the slot that holds the call's number, from 1
  record StepTextLength(Slot call) implements Operand {}

  /// The address of the symbol and text of an error: `EPERM (Operation not permitted)`.
  ///
  /// @param errno the slot that holds the positive number
  record ErrnoText(Slot errno) implements Operand {}

  /// The length of that text in bytes, without NUL.
  ///
  /// @param errno the slot that holds the positive number
  record ErrnoTextLength(Slot errno) implements Operand {}

  /// The environment that the program itself was started with, as execve(2) takes it.
  record Environment() implements Operand {}

  /// A structure, laid out in the given order without padding of its own.
  ///
  /// @param fields its fields; each is placed where the one before it ends
  record Struct(List<Field> fields) implements Operand {
    /// Copies the list.
    public Struct {
      fields = List.copyOf(fields);
    }
  }

  /// An array of pointers or of structures: an argument vector, a list of descriptors to poll.
  ///
  /// @param elements the elements in order; pointers take eight bytes each, structures their size
  record Array(List<Operand> elements) implements Operand {
    /// Copies the list.
    public Array {
      elements = List.copyOf(elements);
    }
  }

  /// A pointer, in a field, to a structure or an array that lies elsewhere.
  ///
  /// @param target the [Struct] or [Array] pointed to
  record Address(Operand target) implements Operand {
    /// Refuses a target that has no place in memory of its own.
    public Address {
      if (!(target instanceof Struct || target instanceof Array)) {
        throw new IllegalArgumentException("no address of " + target);
      }
    }
  }

  /// A field of a structure.
  ///
  /// @param name the name in the kernel's header
  /// @param widthBytes 1, 2, 4 or 8 for numbers and pointers, ignored for inner structures and
  ///   arrays
  /// @param value what it holds
  record Field(String name, int widthBytes, Operand value) {}

  /// Returns the number of bytes of this string for the kernel, without NUL, as `write` needs it.
  static int length(String text) {
    return KernelText.encode(text).length;
  }
}
