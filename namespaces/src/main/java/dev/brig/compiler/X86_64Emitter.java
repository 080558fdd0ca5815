package dev.brig.compiler;

import dev.brig.plan.Arithmetic;
import dev.brig.plan.Condition;

/// Writes the code of x86-64.
///
/// rbx holds the address of the variables plus 128, so that the first 32 are reached with a
/// displacement of one byte. rbp is STEP, rax is both RESULT and LEFT, rcx is RIGHT.
///
/// @see <a href="https://www.intel.com/sdm">Intel 64 and IA-32 Architectures Software Developer's
///   Manual, volume 2</a>
final class X86_64Emitter implements Emitter {
  private static final int SLOT_BIAS = 128;
  private static final int LAST_ERRNO = 4095;

  private static final int RAX = 0;
  private static final int RCX = 1;
  private static final int RBX = 3;
  private static final int RBP = 5;
  private static final int RSI = 6;
  private static final int RDI = 7;

  /// By the emitter's numbers; the fourth argument goes where `syscall` leaves it, not in rcx.
  private static final int[] REGISTERS = {RDI, RSI, 2, 10, 8, 9, RAX, RAX, RCX, RBP};

  private final Assembly assembly;
  private final Bytes text;
  private final int decimal;
  private int decimalUses;

  X86_64Emitter(Assembly assembly) {
    this.assembly = assembly;
    this.text = assembly.text;
    this.decimal = assembly.label();
  }

  @Override
  public void start() {
    text.put8(0xb8 + RBX); // mov ebx, imm32
    immediateAddress(Section.SLOTS, SLOT_BIAS);
  }

  @Override
  public void saveEnvironment(int slot) {
    text.put8(0x48, 0x8b, 0x04, 0x24); // mov rax, [rsp]: argc
    text.put8(0x48, 0x8d, 0x44);
    text.put8(0xc4, 0x10); // lea rax, [rsp + rax*8 + 16]: beyond argv and its NULL
    storeSlot(RESULT, slot);
  }

  @Override
  public void number(int register, long value) {
    numberTo(REGISTERS[register], value);
  }

  private void numberTo(int r, long value) {
    if (value == 0) {
      prefix(r >= 8 ? 0x45 : 0);
      text.put8(0x31, 0xc0 | (r & 7) << 3 | (r & 7)); // xor r32, r32
    } else if (value >>> 32 == 0) {
      prefix(r >= 8 ? 0x41 : 0);
      text.put8(0xb8 + (r & 7)); // mov r32, imm32
      text.put32((int) value);
    } else if (value == (int) value) {
      text.put8(0x48 | r >> 3, 0xc7, 0xc0 | (r & 7)); // mov r64, simm32
      text.put32((int) value);
    } else {
      text.put8(0x48 | r >> 3, 0xb8 + (r & 7)); // mov r64, imm64
      text.put64(value);
    }
  }

  @Override
  public void address(int register, Section section, int offset) {
    int r = REGISTERS[register];
    prefix(r >= 8 ? 0x41 : 0);
    text.put8(0xb8 + (r & 7)); // mov r32, imm32
    immediateAddress(section, offset);
  }

  @Override
  public void addAddress(int register, Section section, int offset) {
    int r = REGISTERS[register];
    text.put8(0x48 | r >> 3, 0x81, 0xc0 | (r & 7)); // add r64, imm32
    immediateAddress(section, offset);
  }

  @Override
  public void loadSlot(int register, int slot) {
    slotAccess(0x8b, REGISTERS[register], slot);
  }

  @Override
  public void storeSlot(int register, int slot) {
    slotAccess(0x89, REGISTERS[register], slot);
  }

  private void slotAccess(int opcode, int r, int slot) {
    int displacement = slot - SLOT_BIAS;
    text.put8(0x48 | r >> 3 << 2, opcode);
    if (displacement == (byte) displacement) {
      text.put8(0x40 | (r & 7) << 3 | RBX, displacement); // [rbx + disp8]
    } else {
      text.put8(0x80 | (r & 7) << 3 | RBX); // [rbx + disp32]
      text.put32(displacement);
    }
  }

  @Override
  public void load(Section section, int offset, int widthBytes) {
    loadOpcode(widthBytes);
    text.put8(0x04, 0x25); // rax, [disp32]
    immediateAddress(section, offset);
  }

  @Override
  public void loadAt(int widthBytes) {
    loadOpcode(widthBytes);
    text.put8(0x00); // rax, [rax]
  }

  private void loadOpcode(int widthBytes) {
    switch (widthBytes) {
      case 1 -> text.put8(0x0f, 0xb6); // movzx eax, byte
      case 2 -> text.put8(0x0f, 0xb7); // movzx eax, word
      case 4 -> text.put8(0x8b); // mov eax
      default -> text.put8(0x48, 0x8b); // mov rax
    }
  }

  @Override
  public void store(Section section, int offset, int widthBytes) {
    switch (widthBytes) {
      case 1 -> text.put8(0x88);
      case 2 -> text.put8(0x66, 0x89);
      case 4 -> text.put8(0x89);
      default -> text.put8(0x48, 0x89);
    }
    text.put8(0x04, 0x25); // [disp32], rax
    immediateAddress(section, offset);
  }

  @Override
  public void storeAt(int widthBytes) {
    switch (widthBytes) {
      case 1 -> text.put8(0x88);
      case 2 -> text.put8(0x66, 0x89);
      case 4 -> text.put8(0x89);
      default -> text.put8(0x48, 0x89);
    }
    text.put8(0x01); // [rcx], rax
  }

  @Override
  public void copyMemory() {
    text.put8(0x48, 0x89, 0xd1); // mov rcx, rdx
    text.put8(0x48, 0xc1, 0xe9, 0x03); // shr rcx, 3
    // An emulator makes each turn one by one, and bytes would take eight times as many.
    text.put8(0xf3, 0x48, 0xa5); // rep movsq
  }

  @Override
  public void compute(Arithmetic arithmetic) {
    switch (arithmetic) {
      case ADD -> text.put8(0x48, 0x01, 0xc8); // add rax, rcx
      case SUBTRACT -> text.put8(0x48, 0x29, 0xc8); // sub rax, rcx
      case AND -> text.put8(0x48, 0x21, 0xc8); // and rax, rcx
      case OR -> text.put8(0x48, 0x09, 0xc8); // or rax, rcx
      case SHIFT_LEFT -> text.put8(0x48, 0xd3, 0xe0); // shl rax, cl
      case SHIFT_RIGHT -> text.put8(0x48, 0xd3, 0xe8); // shr rax, cl
    }
  }

  @Override
  public void multiplyByBillion() {
    text.put8(0x48, 0x69, 0xc0); // imul rax, rax, imm32
    text.put32(1_000_000_000);
  }

  @Override
  public void negateResult() {
    text.put8(0x48, 0xf7, 0xd8); // neg rax
  }

  @Override
  public void branch(Condition condition, long number, int label) {
    if (condition == Condition.ANY_BIT || condition == Condition.NO_BIT) {
      testBits(number);
    } else {
      compare(number);
    }
    conditionalJump(
        switch (condition) {
          case EQUAL, NO_BIT -> 0x84; // je
          case NOT_EQUAL, ANY_BIT -> 0x85; // jne
          case LESS -> 0x8c; // jl
          case AT_LEAST -> 0x8d; // jge
        },
        label);
  }

  private void compare(long number) {
    if (number == (byte) number) {
      text.put8(0x48, 0x83, 0xf8, (int) number); // cmp rax, imm8
    } else if (number == (int) number) {
      text.put8(0x48, 0x3d); // cmp rax, imm32
      text.put32((int) number);
    } else {
      numberTo(RCX, number);
      text.put8(0x48, 0x39, 0xc8); // cmp rax, rcx
    }
  }

  private void testBits(long number) {
    if (number == (int) number) {
      text.put8(0x48, 0xa9); // test rax, imm32
      text.put32((int) number);
    } else {
      numberTo(RCX, number);
      text.put8(0x48, 0x85, 0xc8); // test rax, rcx
    }
  }

  @Override
  public void branchIfError(int label) {
    compare(-LAST_ERRNO);
    conditionalJump(0x83, label); // jae, unsigned
  }

  @Override
  public void branchIfErrno(int errno, int label) {
    compare(-errno);
    conditionalJump(0x84, label); // je
  }

  private void conditionalJump(int opcode, int label) {
    text.put8(0x0f, opcode);
    distance(label);
  }

  @Override
  public void jump(int label) {
    text.put8(0xe9); // jmp rel32
    distance(label);
  }

  @Override
  public void enter(int label) {
    text.put8(0xe8); // call rel32
    distance(label);
  }

  @Override
  public void leave() {
    text.put8(0xc3); // ret
  }

  @Override
  public void systemCall(int number) {
    numberTo(RAX, number);
    text.put8(0x0f, 0x05); // syscall
  }

  @Override
  public void beginText(int buffer) {
    text.put8(0xb8 + RDI); // mov edi, imm32
    immediateAddress(Section.BUFFERS, buffer);
  }

  @Override
  public void appendConstant(int offset, int length) {
    text.put8(0xb8 + RSI); // mov esi, imm32
    immediateAddress(Section.CONSTANTS, offset);
    numberTo(RCX, length);
    text.put8(0xf3, 0xa4); // rep movsb
  }

  @Override
  public void appendDecimal(int slot) {
    slotAccess(0x8b, RAX, slot);
    enter(decimal);
    decimalUses++;
  }

  @Override
  public void endText(int buffer, int lengthSlot) {
    text.put8(0xc6, 0x07, 0x00); // mov byte [rdi], 0
    text.put8(0x81, 0xef); // sub edi, imm32
    immediateAddress(Section.BUFFERS, buffer);
    slotAccess(0x89, RDI, lengthSlot);
  }

  @Override
  public void lookUp(int register, int table, int pairs, int half) {
    int r = REGISTERS[register];
    text.put8(0x48 | r >> 3, 0x81, 0xf8 | (r & 7)); // cmp r64, imm32
    text.put32(pairs);
    text.put8(0x72, r >= 8 ? 3 : 2); // jb over the next instruction
    numberTo(r, 0);
    prefix(r >= 8 ? 0x46 : 0);
    text.put8(0x8b, 0x04 | (r & 7) << 3, 0xc5 | (r & 7) << 3); // mov r32, [r64*8 + disp32]
    immediateAddress(Section.CONSTANTS, table + 4 * half);
  }

  @Override
  public void finish() {
    text.put8(0x0f, 0x0b); // ud2
    if (decimalUses > 0) {
      decimalRoutine();
    }
  }

  /// Appends rax in decimal at rdi. The stack holds the digits, as they come last first.
  private void decimalRoutine() {
    assembly.mark(decimal);
    numberTo(RCX, 10);
    text.put8(0x31, 0xf6); // xor esi, esi
    text.put8(0x31, 0xd2); // next: xor edx, edx
    text.put8(0x48, 0xf7, 0xf1); // div rcx
    text.put8(0x80, 0xc2, 0x30); // add dl, '0'
    text.put8(0x52); // push rdx
    text.put8(0xff, 0xc6); // inc esi
    text.put8(0x48, 0x85, 0xc0); // test rax, rax
    text.put8(0x75, 0xf0); // jnz next
    text.put8(0x58); // digit: pop rax
    text.put8(0xaa); // stosb
    text.put8(0xff, 0xce); // dec esi
    text.put8(0x75, 0xfa); // jnz digit
    leave();
  }

  private void distance(int label) {
    assembly.jump(text.size(), Patch.DISTANCE_32, label);
    text.put32(0);
  }

  private void immediateAddress(Section section, int offset) {
    assembly.refer(Section.TEXT, text.size(), Patch.ADDRESS_32, section);
    text.put32(offset);
  }

  private void prefix(int rex) {
    if (rex != 0) {
      text.put8(rex);
    }
  }
}
