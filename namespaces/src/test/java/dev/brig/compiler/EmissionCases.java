package dev.brig.compiler;

import dev.brig.plan.Arithmetic;
import dev.brig.plan.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Every kind of code that an emitter writes, with operands at the edges of the encodings.
final class EmissionCases {
  /// One use of an emitter.
  record Case(String name, Consumer<Emitter> code) {}

  private static final int LABEL = 0;
  private static final String[] REGISTERS = {
    "argument 0",
    "argument 1",
    "argument 2",
    "argument 3",
    "argument 4",
    "argument 5",
    "result",
    "left",
    "right",
    "step"
  };

  private final List<Case> cases = new ArrayList<>();

  /// The label with number 0 must be there.
  static List<Case> all() {
    EmissionCases all = new EmissionCases();
    all.numbers();
    all.memory();
    all.slots();
    all.jumps();
    all.texts();
    return all.cases;
  }

  private void add(String name, Consumer<Emitter> code) {
    cases.add(new Case(name, code));
  }

  private void numbers() {
    add("start", Emitter::start);
    add("keep the environment", e -> e.saveEnvironment(16));
    for (int r = 0; r < REGISTERS.length; r++) {
      int register = r;
      add(REGISTERS[r] + " = 0", e -> e.number(register, 0));
      add(REGISTERS[r] + " = 5", e -> e.number(register, 5));
      add(REGISTERS[r] + " = -1", e -> e.number(register, -1));
      add(REGISTERS[r] + " = 0x123456789abcdef0", e -> e.number(register, 0x123456789abcdef0L));
    }
    long[] edges = {
      0xffff,
      0x10000,
      Integer.MAX_VALUE,
      1L << 31,
      0xffffffffL,
      1L << 32,
      -100,
      -0x10000,
      -0x10001,
      Integer.MIN_VALUE,
      Integer.MIN_VALUE - 1L,
      0xffff0000ffff0000L,
      Long.MIN_VALUE,
      Long.MAX_VALUE
    };
    for (long edge : edges) {
      add("argument 0 = 0x" + Long.toHexString(edge), e -> e.number(0, edge));
    }
    for (Arithmetic arithmetic : Arithmetic.values()) {
      add("left " + arithmetic.symbol() + " right", e -> e.compute(arithmetic));
    }
    add("left * a billion", Emitter::multiplyByBillion);
    add("-result", Emitter::negateResult);
  }

  private void memory() {
    for (Section section : Section.values()) {
      add("argument 1 = address in " + section, e -> e.address(1, section, 0x18));
    }
    add("argument 3 = address in BUFFERS", e -> e.address(3, Section.BUFFERS, 0x23456));
    for (int r : new int[] {0, 4, Emitter.LEFT}) {
      add(REGISTERS[r] + " += address", e -> e.addAddress(r, Section.BUFFERS, 0x20));
    }
    for (int width : new int[] {1, 2, 4, 8}) {
      add("load " + width + " bytes", e -> e.load(Section.BUFFERS, 0x28, width));
      add("load " + width + " bytes at left", e -> e.loadAt(width));
      add("store " + width + " bytes", e -> e.store(Section.DATA, 0x28, width));
      add("store " + width + " bytes at right", e -> e.storeAt(width));
    }
    add("copy memory", Emitter::copyMemory);
  }

  private void slots() {
    for (int r = 0; r < REGISTERS.length; r++) {
      int register = r;
      add(REGISTERS[r] + " = first slot", e -> e.loadSlot(register, 0));
      add("first slot = " + REGISTERS[r], e -> e.storeSlot(register, 0));
    }
    for (int slot : new int[] {31, 32, 4095}) {
      add("argument 4 = slot " + slot, e -> e.loadSlot(4, 8 * slot));
      add("slot " + slot + " = result", e -> e.storeSlot(Emitter.RESULT, 8 * slot));
    }
  }

  private void jumps() {
    for (Condition condition : Condition.values()) {
      for (long number : new long[] {0, -128, 128, -4096, Integer.MAX_VALUE, 1L << 31, -1L << 40}) {
        String name = "if left " + condition.symbol() + " " + number;
        add(name, e -> e.branch(condition, number, LABEL));
      }
    }
    add("if result is an error", e -> e.branchIfError(LABEL));
    add("if result is EPERM", e -> e.branchIfErrno(1, LABEL));
    add("if result is EHWPOISON", e -> e.branchIfErrno(133, LABEL));
    add("go", e -> e.jump(LABEL));
    add("enter", e -> e.enter(LABEL));
    add("leave", Emitter::leave);
    add("system call 0", e -> e.systemCall(0));
    add("system call 435", e -> e.systemCall(435));
  }

  private void texts() {
    add("begin a text", e -> e.beginText(0x40));
    add("append 3 bytes", e -> e.appendConstant(0x50, 3));
    add("append a slot in decimal", e -> e.appendDecimal(24));
    add("end a text", e -> e.endText(0x40, 32));
    for (int r : new int[] {0, 1, 2, 3, 4, 5, Emitter.LEFT}) {
      int half = r & 1;
      add("look " + REGISTERS[r] + " up", e -> e.lookUp(r, 0x60, 134, half));
    }
    add("finish", Emitter::finish);
  }
}
