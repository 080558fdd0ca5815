package dev.brig.compiler;

import dev.brig.linux.Syscall;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import java.util.List;

/// Puts the operands of calls in memory and registers.
///
/// What an operand is, is asked by a chain of instanceof: a switch over types costs a cold JVM two
/// milliseconds for the first and a third of one for each further switch in the program.
final class Operands {
  private static final int POINTER_BYTES = 8;

  private final Emitter emitter;
  private final Assembly assembly;
  private final Memory memory;
  private final Tables tables;
  private final int environment;
  private final int[] places = new int[6];

  /// Whether the kernel writes to the structures of the call at hand.
  private boolean writtenTo;

  /// @param environment the slot that holds the environment, if the plan uses it
  Operands(Emitter emitter, Assembly assembly, Memory memory, Tables tables, int environment) {
    this.emitter = emitter;
    this.assembly = assembly;
    this.memory = memory;
    this.tables = tables;
    this.environment = environment;
  }

  /// Writes the code that makes a call's texts and fills its structures. It changes any register
  /// but STEP.
  void prepare(Op.Call call) {
    writtenTo = writesStructures(call.syscall());
    List<Operand> arguments = call.arguments();
    for (int i = 0; i < arguments.size(); i++) {
      places[i] = prepare(arguments.get(i));
    }
  }

  /// Writes the code that puts the arguments of the call prepared last in their registers.
  void load(Op.Call call) {
    List<Operand> arguments = call.arguments();
    for (int i = 0; i < arguments.size(); i++) {
      load(i, arguments.get(i), places[i]);
    }
  }

  /// Writes the code that sets a register to a number or to the value of a slot.
  void load(int register, Operand value) {
    load(register, value, 0);
  }

  /// Returns whether a call changes structures that it gets: lengths and flags of what was
  /// received. Their fields are all set anew each time that the program comes by.
  private static boolean writesStructures(Syscall syscall) {
    return syscall == Syscall.RECVMSG
        || syscall == Syscall.RECVFROM
        || syscall == Syscall.IOCTL
        || syscall == Syscall.BPF
        || syscall == Syscall.ACCEPT4
        || syscall == Syscall.GETSOCKNAME
        || syscall == Syscall.GETSOCKOPT
        || syscall == Syscall.PPOLL
        || syscall == Syscall.CAPGET;
  }

  /// Makes the texts and structures of an operand and returns the offset of its own, if it has one.
  private int prepare(Operand operand) {
    if (operand instanceof Operand.Format format) {
      return makeText(format);
    }
    if (operand instanceof Operand.Address address) {
      return prepare(address.target());
    }
    if (operand instanceof Operand.Struct || operand instanceof Operand.Array) {
      assembly.data.align(POINTER_BYTES);
      int offset = assembly.data.size();
      assembly.data.putZeros(size(operand));
      fill(operand, offset, POINTER_BYTES);
      return offset;
    }
    return 0;
  }

  private int makeText(Operand.Format format) {
    Memory.FormatPlace place = memory.format(format);
    emitter.beginText(place.buffer());
    for (Operand piece : format.pieces()) {
      if (piece instanceof Operand.Text text) {
        int length = Operand.length(text.value());
        if (length > 0) {
          emitter.appendConstant(memory.text(text.value()), length);
        }
      } else if (piece instanceof Operand.Value value) {
        emitter.appendDecimal(memory.slot(value.slot()));
      }
    }
    emitter.endText(place.buffer(), place.lengthSlot());
    return place.buffer();
  }

  /// Returns the size of a structure or an array, or of a number or pointer in an array.
  private static int size(Operand operand) {
    int size = 0;
    if (operand instanceof Operand.Struct struct) {
      for (Operand.Field field : struct.fields()) {
        size += inPlace(field.value()) ? size(field.value()) : field.widthBytes();
      }
      return size;
    }
    if (operand instanceof Operand.Array array) {
      for (Operand element : array.elements()) {
        size += size(element);
      }
      return size;
    }
    return POINTER_BYTES;
  }

  private static boolean inPlace(Operand operand) {
    return operand instanceof Operand.Struct || operand instanceof Operand.Array;
  }

  /// Fills the place of a field or an element and returns the offset of the next.
  private int fill(Operand operand, int offset, int widthBytes) {
    int next = offset;
    if (operand instanceof Operand.Struct struct) {
      for (Operand.Field field : struct.fields()) {
        next = fill(field.value(), next, field.widthBytes());
      }
      return next;
    }
    if (operand instanceof Operand.Array array) {
      for (Operand element : array.elements()) {
        next = fill(element, next, POINTER_BYTES);
      }
      return next;
    }
    if (operand instanceof Operand.Num num) {
      fillNumber(num, offset, widthBytes);
    } else if (isAddress(operand)) {
      fillPointer(operand, offset, widthBytes);
    } else {
      checkWidth(widthBytes);
      load(Emitter.LEFT, operand, 0);
      emitter.store(Section.DATA, offset, widthBytes);
    }
    return offset + widthBytes;
  }

  private void fillNumber(Operand.Num num, int offset, int widthBytes) {
    checkWidth(widthBytes);
    int unused = 64 - 8 * widthBytes;
    long value = num.value();
    if (value << unused >> unused != value && value << unused >>> unused != value) {
      throw new IllegalArgumentException(num.text() + " in " + widthBytes + " bytes");
    }
    if (writtenTo) {
      emitter.number(Emitter.LEFT, value);
      emitter.store(Section.DATA, offset, widthBytes);
    } else {
      assembly.data.set(offset, value, widthBytes);
    }
  }

  private void fillPointer(Operand operand, int offset, int widthBytes) {
    if (widthBytes != POINTER_BYTES) {
      throw new IllegalArgumentException("a pointer in " + widthBytes + " bytes");
    }
    int target = prepare(operand);
    assembly.data.set(offset, offsetOf(operand, target), POINTER_BYTES);
    assembly.refer(Section.DATA, offset, Patch.ADDRESS_64, sectionOf(operand));
  }

  static void checkWidth(int widthBytes) {
    if (widthBytes != 1 && widthBytes != 2 && widthBytes != 4 && widthBytes != 8) {
      throw new IllegalArgumentException("a number in " + widthBytes + " bytes");
    }
  }

  /// Returns whether an operand is an address that is known when the image is made.
  private static boolean isAddress(Operand operand) {
    return operand instanceof Operand.Text
        || operand instanceof Operand.Struct
        || operand instanceof Operand.Array
        || operand instanceof Operand.BufferAddress
        || operand instanceof Operand.SlotAddress
        || operand instanceof Operand.Format
        || operand instanceof Operand.Data
        || operand instanceof Operand.Address;
  }

  private static Section sectionOf(Operand operand) {
    if (operand instanceof Operand.Text || operand instanceof Operand.Data) {
      return Section.CONSTANTS;
    }
    if (operand instanceof Operand.SlotAddress) {
      return Section.SLOTS;
    }
    if (operand instanceof Operand.BufferAddress || operand instanceof Operand.Format) {
      return Section.BUFFERS;
    }
    return Section.DATA;
  }

  private int offsetOf(Operand operand, int place) {
    if (operand instanceof Operand.Text text) {
      return memory.text(text.value());
    }
    if (operand instanceof Operand.Data data) {
      return memory.data(data.bytes());
    }
    if (operand instanceof Operand.SlotAddress address) {
      return memory.slot(address.slot());
    }
    if (operand instanceof Operand.BufferAddress address) {
      return memory.buffer(address.buffer()) + address.offsetBytes();
    }
    return place;
  }

  /// @param place the offset of the operand's own text or structure, if it has one
  @SuppressWarnings("IfChainToSwitch") // slow to start: see above
  private void load(int register, Operand operand, int place) {
    if (operand instanceof Operand.Num num) {
      emitter.number(register, num.value());
    } else if (operand instanceof Operand.Value value) {
      emitter.loadSlot(register, memory.slot(value.slot()));
    } else if (isAddress(operand)) {
      emitter.address(register, sectionOf(operand), offsetOf(operand, place));
    } else if (operand instanceof Operand.BufferAt at) {
      emitter.loadSlot(register, memory.slot(at.offsetBytes()));
      emitter.addAddress(register, Section.BUFFERS, memory.buffer(at.buffer()));
    } else if (operand instanceof Operand.FormatLength length) {
      emitter.loadSlot(register, memory.format(length.format()).lengthSlot());
    } else if (operand instanceof Operand.Environment) {
      emitter.loadSlot(register, environment);
    } else {
      lookUp(register, operand);
    }
  }

  @SuppressWarnings("IfChainToSwitch") // slow to start: see above
  private void lookUp(int register, Operand operand) {
    if (operand instanceof Operand.StepText text) {
      lookUp(register, memory.slot(text.call()), tables.steps(), 0);
    } else if (operand instanceof Operand.StepTextLength length) {
      lookUp(register, memory.slot(length.call()), tables.steps(), 1);
    } else if (operand instanceof Operand.ErrnoText text) {
      lookUp(register, memory.slot(text.errno()), tables.errnos(), 0);
    } else if (operand instanceof Operand.ErrnoTextLength length) {
      lookUp(register, memory.slot(length.errno()), tables.errnos(), 1);
    } else {
      throw new AssertionError(operand);
    }
  }

  private void lookUp(int register, int slot, Tables.Table table, int half) {
    emitter.loadSlot(register, slot);
    emitter.lookUp(register, table.offset(), table.pairs(), half);
    if (half == 0) {
      emitter.addAddress(register, Section.CONSTANTS, 0);
    }
  }
}
