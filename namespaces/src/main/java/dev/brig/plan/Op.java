package dev.brig.plan;

import dev.brig.linux.Syscall;
import java.util.List;

/// One operation of a program.
public sealed interface Op {

  /// Makes a system call. Its result goes to a slot, and an error is dealt with as it says.
  ///
  /// @param syscall which call
  /// @param arguments its arguments, at most six
  /// @param result the slot for the result, a negative errno included
  /// @param onError what an error does
  record Call(Syscall syscall, List<Operand> arguments, Slot result, OnError onError)
      implements Op {
    /// Copies the arguments and refuses more than the kernel takes.
    public Call {
      arguments = List.copyOf(arguments);
      if (arguments.size() > 6) {
        throw new IllegalArgumentException(syscall + " with " + arguments.size() + " arguments");
      }
    }
  }

  /// Marks the place of a label.
  ///
  /// @param label the label, marked once in a plan
  record Mark(Label label) implements Op {}

  /// Goes to a label.
  ///
  /// @param label marked somewhere in the plan
  record Jump(Label label) implements Op {}

  /// Goes to a label if a slot compares so with a number.
  ///
  /// @param slot the left side
  /// @param condition the comparison
  /// @param number the right side
  /// @param label marked somewhere in the plan
  record Branch(Slot slot, Condition condition, long number, Label label) implements Op {}

  /// Copies a number out of a buffer, zero-extended.
  ///
  /// @param target the slot that gets it
  /// @param buffer where it lies
  /// @param offsetBytes where in the buffer
  /// @param widthBytes 1, 2, 4 or 8
  record Load(Slot target, Buffer buffer, int offsetBytes, int widthBytes) implements Op {}

  /// Copies a number out of a buffer at an offset that a slot holds, zero-extended.
  ///
  /// @param target the slot that gets it
  /// @param buffer where it lies
  /// @param offsetBytes the slot that says where in the buffer; the plan keeps it within
  /// @param widthBytes 1, 2, 4 or 8
  record LoadAt(Slot target, Buffer buffer, Slot offsetBytes, int widthBytes) implements Op {}

  /// Copies the low bytes of a slot into a buffer.
  ///
  /// @param source the slot
  /// @param buffer where they go
  /// @param offsetBytes where in the buffer
  /// @param widthBytes 1, 2, 4 or 8
  record Store(Slot source, Buffer buffer, int offsetBytes, int widthBytes) implements Op {}

  /// Copies a number out of the memory at an address that the kernel gave, zero-extended: from an
  /// argument of the program, from a page that was mapped.
  ///
  /// @param target the slot that gets it
  /// @param address the slot that holds the address; the plan keeps it within what is mapped
  /// @param offsetBytes how far behind the address, or before it if negative
  /// @param widthBytes 1, 2, 4 or 8
  record Peek(Slot target, Slot address, int offsetBytes, int widthBytes) implements Op {}

  /// Copies the low bytes of a slot into the memory at an address that the kernel gave.
  ///
  /// @param source the slot
  /// @param address the slot that holds the address; the plan keeps it within what is mapped
  /// @param widthBytes 1, 2, 4 or 8
  record Poke(Slot source, Slot address, int widthBytes) implements Op {}

  /// Copies memory from one address to another, as fast as the machine's plainest loop does it.
  ///
  /// @param target the slot that holds where to
  /// @param source the slot that holds where from; the two may not overlap
  /// @param sizeBytes how much, a positive multiple of 16
  record Copy(Slot target, Slot source, long sizeBytes) implements Op {
    /// Refuses a size that is none.
    public Copy {
      if (sizeBytes <= 0 || sizeBytes % 16 != 0) {
        throw new IllegalArgumentException("can't copy " + sizeBytes + " bytes");
      }
    }
  }

  /// Sets a slot to a number, or to what another slot holds.
  ///
  /// @param target the slot that is set
  /// @param value an [Operand.Num], an [Operand.Value] or an [Operand.Environment]
  record Assign(Slot target, Operand value) implements Op {
    /// Refuses a value that does not fit a slot.
    public Assign {
      if (!(value instanceof Operand.Num
          || value instanceof Operand.Value
          || value instanceof Operand.Environment)) {
        throw new IllegalArgumentException("a slot can't hold " + value);
      }
    }
  }

  /// Calculates with a slot and a number or another slot.
  ///
  /// @param target the slot that gets the result
  /// @param left the left side
  /// @param arithmetic the calculation
  /// @param right an [Operand.Num] or an [Operand.Value]
  record Compute(Slot target, Slot left, Arithmetic arithmetic, Operand right) implements Op {
    /// Refuses a right side that is not a number.
    public Compute {
      if (!(right instanceof Operand.Num || right instanceof Operand.Value)) {
        throw new IllegalArgumentException("can't calculate with " + right);
      }
    }
  }

  /// From here on in the text of the plan, calls belong to this process, and one that aborts sets
  /// [Plan#FAILED_STEP] and [Plan#FAILED_ERRNO] and goes to the handler.
  ///
  /// @param process which process of the program runs these steps: `brig`, `container`
  /// @param handler where it goes
  record Guard(String process, Label handler) implements Op {}
}
