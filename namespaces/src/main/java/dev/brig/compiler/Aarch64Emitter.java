package dev.brig.compiler;

import dev.brig.plan.Arithmetic;
import dev.brig.plan.Condition;

/// Writes the code of aarch64.
///
/// x19 holds the address of the variables. x20 is STEP, x0 is RESULT and the first argument, x9 is
/// LEFT, x10 is RIGHT, x11 is scratch, x30 the return address.
///
/// @see <a href="https://developer.arm.com/documentation/ddi0602/latest">Arm A-profile A64
///   Instruction Set Architecture</a>
final class Aarch64Emitter implements Emitter {
  private static final int LAST_ERRNO = 4095;
  private static final int LAST_SLOT = 4095 * 8;

  private static final int SCRATCH = 11;
  private static final int CALL_NUMBER = 8;
  private static final int SLOTS_BASE = 19;
  private static final int ZERO_OR_STACK = 31;

  private static final int ADD = 0x8b000000;
  private static final int ADD_LSL_3 = 0x8b000c00;
  private static final int SUB = 0xcb000000;
  private static final int CMP = 0xeb00001f;
  private static final int CMP_IMMEDIATE = 0xf100001f;
  private static final int CMN_IMMEDIATE = 0xb100001f;
  private static final int LDR = 0xf9400000;
  private static final int STR = 0xf9000000;
  private static final int LDRB_POST = 0x38400400;
  private static final int STRB_POST = 0x38000400;

  private static final int EQ = 0;
  private static final int NE = 1;
  private static final int HS = 2;
  private static final int LO = 3;
  private static final int GE = 10;
  private static final int LT = 11;

  /// By the emitter's numbers.
  private static final int[] REGISTERS = {0, 1, 2, 3, 4, 5, 0, 9, 10, 20};

  private final Assembly assembly;
  private final Bytes text;
  private final int decimal;
  private final int copy;
  private int textUses;

  Aarch64Emitter(Assembly assembly) {
    this.assembly = assembly;
    this.text = assembly.text;
    this.decimal = assembly.label();
    this.copy = assembly.label();
  }

  @Override
  public void start() {
    addressTo(SLOTS_BASE, Section.SLOTS, 0);
  }

  @Override
  public void saveEnvironment(int slot) {
    text.put32(LDR | ZERO_OR_STACK << 5 | 9); // ldr x9, [sp]: argc
    text.put32(0x8b296fe9); // add x9, sp, x9, uxtx #3
    text.put32(0x91004129); // add x9, x9, #16: beyond argv and its NULL
    storeSlot(LEFT, slot);
  }

  @Override
  public void number(int register, long value) {
    numberTo(REGISTERS[register], value);
  }

  private void numberTo(int r, long value) {
    // MOVN starts from ones, MOVZ from zeros; then MOVK for each half word that differs from that.
    boolean inverted = value < 0;
    int fill = inverted ? 0xffff : 0;
    boolean first = true;
    for (int half = 0; half < 4; half++) {
      int bits = (int) (value >>> (16 * half)) & 0xffff;
      if (bits != fill) {
        int opcode = inverted ? 0x92800000 : 0xd2800000;
        int immediate = inverted ? ~bits & 0xffff : bits;
        text.put32(
            first
                ? opcode | half << 21 | immediate << 5 | r
                : 0xf2800000 | half << 21 | bits << 5 | r);
        first = false;
      }
    }
    if (first) {
      text.put32((inverted ? 0x92800000 : 0xd2800000) | r);
    }
  }

  @Override
  public void address(int register, Section section, int offset) {
    addressTo(REGISTERS[register], section, offset);
  }

  private void addressTo(int r, Section section, int offset) {
    assembly.refer(Section.TEXT, text.size(), Patch.MOVE_PAIR, section);
    text.put32(0x52800000 | (offset & 0xffff) << 5 | r); // movz w, #low
    text.put32(0x72a00000 | offset >>> 16 << 5 | r); // movk w, #high, lsl #16
  }

  @Override
  public void addAddress(int register, Section section, int offset) {
    int r = REGISTERS[register];
    addressTo(SCRATCH, section, offset);
    text.put32(ADD | SCRATCH << 16 | r << 5 | r);
  }

  @Override
  public void loadSlot(int register, int slot) {
    slotAccess(LDR, REGISTERS[register], slot);
  }

  @Override
  public void storeSlot(int register, int slot) {
    slotAccess(STR, REGISTERS[register], slot);
  }

  private void slotAccess(int opcode, int r, int slot) {
    if (slot > LAST_SLOT) {
      throw new IllegalArgumentException("more than 4096 slots");
    }
    text.put32(opcode | (slot / 8) << 10 | SLOTS_BASE << 5 | r);
  }

  @Override
  public void load(Section section, int offset, int widthBytes) {
    addressTo(9, section, offset);
    loadAt(widthBytes);
  }

  @Override
  public void loadAt(int widthBytes) {
    text.put32(sized(0x39400000, widthBytes) | 9 << 5 | 9); // ldr x9, [x9]
  }

  @Override
  public void store(Section section, int offset, int widthBytes) {
    addressTo(SCRATCH, section, offset);
    text.put32(sized(0x39000000, widthBytes) | SCRATCH << 5 | 9); // str x9, [x11]
  }

  @Override
  public void storeAt(int widthBytes) {
    text.put32(sized(0x39000000, widthBytes) | 10 << 5 | 9); // str x9, [x10]
  }

  @Override
  public void copyMemory() {
    text.put32(0xa8c12829); // next: ldp x9, x10, [x1], #16
    text.put32(0xa8812809); // stp x9, x10, [x0], #16
    text.put32(0xf1004042); // subs x2, x2, #16
    text.put32(0x54ffffa8); // b.hi next
  }

  private static int sized(int opcode, int widthBytes) {
    return opcode | Integer.numberOfTrailingZeros(widthBytes) << 30;
  }

  @Override
  public void compute(Arithmetic arithmetic) {
    int opcode =
        switch (arithmetic) {
          case ADD -> ADD;
          case SUBTRACT -> SUB;
          case AND -> 0x8a000000;
          case OR -> 0xaa000000;
          case SHIFT_LEFT -> 0x9ac02000; // lslv
          case SHIFT_RIGHT -> 0x9ac02400; // lsrv
        };
    text.put32(opcode | 10 << 16 | 9 << 5 | 9);
  }

  @Override
  public void multiplyByBillion() {
    numberTo(SCRATCH, 1_000_000_000);
    text.put32(0x9b007c00 | SCRATCH << 16 | 9 << 5 | 9); // mul x9, x9, x11
  }

  @Override
  public void negateResult() {
    text.put32(SUB | ZERO_OR_STACK << 5); // neg x0, x0
  }

  @Override
  public void branch(Condition condition, long number, int label) {
    if (condition == Condition.ANY_BIT || condition == Condition.NO_BIT) {
      numberTo(10, number);
      text.put32(0xea00001f | 10 << 16 | 9 << 5); // tst x9, x10
    } else if (number >= 0 && number <= LAST_ERRNO) {
      text.put32(CMP_IMMEDIATE | (int) number << 10 | 9 << 5);
    } else if (number < 0 && number >= -LAST_ERRNO) {
      text.put32(CMN_IMMEDIATE | (int) -number << 10 | 9 << 5);
    } else {
      numberTo(10, number);
      text.put32(CMP | 10 << 16 | 9 << 5);
    }
    conditionalJump(
        switch (condition) {
          case EQUAL, NO_BIT -> EQ;
          case NOT_EQUAL, ANY_BIT -> NE;
          case LESS -> LT;
          case AT_LEAST -> GE;
        },
        label);
  }

  @Override
  public void branchIfError(int label) {
    // x0 + 4095 carries exactly if x0, unsigned, is at least -4095.
    text.put32(CMN_IMMEDIATE | LAST_ERRNO << 10);
    conditionalJump(HS, label);
  }

  @Override
  public void branchIfErrno(int errno, int label) {
    text.put32(CMN_IMMEDIATE | errno << 10);
    conditionalJump(EQ, label);
  }

  private void conditionalJump(int condition, int label) {
    assembly.jump(text.size(), Patch.BRANCH_19, label);
    text.put32(0x54000000 | condition);
  }

  @Override
  public void jump(int label) {
    assembly.jump(text.size(), Patch.BRANCH_26, label);
    text.put32(0x14000000);
  }

  @Override
  public void enter(int label) {
    assembly.jump(text.size(), Patch.BRANCH_26, label);
    text.put32(0x94000000);
  }

  @Override
  public void leave() {
    text.put32(0xd65f03c0); // ret
  }

  @Override
  public void systemCall(int number) {
    numberTo(CALL_NUMBER, number);
    text.put32(0xd4000001); // svc #0
  }

  @Override
  public void beginText(int buffer) {
    addressTo(1, Section.BUFFERS, buffer);
  }

  @Override
  public void appendConstant(int offset, int length) {
    addressTo(2, Section.CONSTANTS, offset);
    numberTo(3, length);
    enter(copy);
    textUses++;
  }

  @Override
  public void appendDecimal(int slot) {
    slotAccess(LDR, 0, slot);
    enter(decimal);
    textUses++;
  }

  @Override
  public void endText(int buffer, int lengthSlot) {
    text.put32(0x39000000 | 1 << 5 | ZERO_OR_STACK); // strb wzr, [x1]
    addressTo(2, Section.BUFFERS, buffer);
    text.put32(SUB | 2 << 16 | 1 << 5 | 1);
    slotAccess(STR, 1, lengthSlot);
  }

  @Override
  public void lookUp(int register, int table, int pairs, int half) {
    int r = REGISTERS[register];
    numberTo(SCRATCH, pairs);
    text.put32(CMP | SCRATCH << 16 | r << 5);
    text.put32(0x9a800000 | ZERO_OR_STACK << 16 | LO << 12 | r << 5 | r); // csel r, r, xzr, lo
    addressTo(SCRATCH, Section.CONSTANTS, table + 4 * half);
    text.put32(ADD_LSL_3 | r << 16 | SCRATCH << 5 | SCRATCH);
    text.put32(sized(0x39400000, 4) | SCRATCH << 5 | r); // ldr w, [x11]
  }

  @Override
  public void finish() {
    text.put32(0); // udf #0
    if (textUses > 0) {
      decimalRoutine();
      copyRoutine();
    }
  }

  /// Appends x0 in decimal at x1. The digits come last first, below the stack pointer; no signal
  /// handler of the program's own can come between.
  private void decimalRoutine() {
    assembly.mark(decimal);
    text.put32(0x910003e6); // mov x6, sp
    text.put32(0xaa0603e2); // mov x2, x6
    text.put32(0xd2800143); // mov x3, #10
    text.put32(0x9ac30804); // next: udiv x4, x0, x3
    text.put32(0x9b038085); // msub x5, x4, x3, x0
    text.put32(0x1100c0a5); // add w5, w5, #'0'
    text.put32(0x381ffc45); // strb w5, [x2, #-1]!
    text.put32(0xaa0403e0); // mov x0, x4
    text.put32(0xb5ffff60); // cbnz x0, next
    text.put32(LDRB_POST | 1 << 12 | 2 << 5 | 5); // digit: ldrb w5, [x2], #1
    text.put32(STRB_POST | 1 << 12 | 1 << 5 | 5); // strb w5, [x1], #1
    text.put32(CMP | 6 << 16 | 2 << 5); // cmp x2, x6
    text.put32(0x54ffffa1); // b.ne digit
    leave();
  }

  /// Copies x3 bytes, at least one, from x2 to x1.
  private void copyRoutine() {
    assembly.mark(copy);
    text.put32(LDRB_POST | 1 << 12 | 2 << 5 | 5); // ldrb w5, [x2], #1
    text.put32(STRB_POST | 1 << 12 | 1 << 5 | 5); // strb w5, [x1], #1
    text.put32(0xf1000463); // subs x3, x3, #1
    text.put32(0x54ffffa1); // b.ne to the first
    leave();
  }
}
