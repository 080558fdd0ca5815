package dev.brig.compiler;

import dev.brig.plan.Arithmetic;
import dev.brig.plan.Condition;

/// Writes the machine code of one architecture.
///
/// It works on the registers named here. Those of the arguments are numbered from 0 to 5; [#RESULT]
/// may share a physical register with one of them or with [#LEFT]. A system call keeps all but the
/// result. What the variables' base register is, and what serves as scratch, is the emitter's
/// secret; no method but those that say so changes any other register named here.
interface Emitter {
  /// What a system call returned.
  int RESULT = 6;

  /// The accumulator.
  int LEFT = 7;

  /// The second number of a calculation.
  int RIGHT = 8;

  /// The number of the call that is being made, kept across calls.
  int STEP = 9;

  /// Begins the program: points the base register at the variables.
  void start();

  /// Keeps the pointer to the environment in a variable. Comes right after [#start()].
  void saveEnvironment(int slot);

  /// Sets a register to a number.
  void number(int register, long value);

  /// Sets a register to an address.
  void address(int register, Section section, int offset);

  /// Adds an address to a register.
  void addAddress(int register, Section section, int offset);

  /// Sets a register to what a variable holds.
  void loadSlot(int register, int slot);

  /// Sets a variable to what a register holds.
  void storeSlot(int register, int slot);

  /// Sets LEFT to the number at an address, zero-extended.
  void load(Section section, int offset, int widthBytes);

  /// Sets LEFT to the number at the address that LEFT holds, zero-extended.
  void loadAt(int widthBytes);

  /// Puts the low bytes of LEFT at an address.
  void store(Section section, int offset, int widthBytes);

  /// Puts the low bytes of LEFT at the address that RIGHT holds.
  void storeAt(int widthBytes);

  /// Copies memory: argument 0 holds where to, argument 1 where from, argument 2 how many bytes, a
  /// positive multiple of 16. Changes all registers but STEP.
  void copyMemory();

  /// Sets LEFT to the outcome of LEFT and RIGHT.
  void compute(Arithmetic arithmetic);

  /// Sets LEFT to a billion times LEFT: seconds to nanoseconds.
  void multiplyByBillion();

  /// Negates RESULT.
  void negateResult();

  /// Goes to a label if LEFT compares so with a number. Changes RIGHT.
  void branch(Condition condition, long number, int label);

  /// Goes to a label if RESULT is an error.
  void branchIfError(int label);

  /// Goes to a label if RESULT is this error.
  void branchIfErrno(int errno, int label);

  /// Goes to a label.
  void jump(int label);

  /// Calls the subroutine at a label, which ends in [#leave()].
  void enter(int label);

  /// Returns from a subroutine that calls no other.
  void leave();

  /// Makes a system call with the arguments in their registers.
  void systemCall(int number);

  /// Begins a text at an address. Changes all registers but STEP, as the other methods on texts do.
  void beginText(int buffer);

  /// Appends constant bytes to the text begun last, at least one.
  void appendConstant(int offset, int length);

  /// Appends a variable to the text begun last, in decimal, unsigned.
  void appendDecimal(int slot);

  /// Ends the text with a NUL and puts its length in a variable.
  void endText(int buffer, int lengthSlot);

  /// Sets a register to an unsigned number of 32 bits out of a table of pairs of them in the
  /// constants. The register itself holds the index; an index beyond the end gives the first pair.
  ///
  /// @param pairs the number of pairs
  /// @param half 0 for the first of the pair, 1 for the second
  void lookUp(int register, int table, int pairs, int half);

  /// Ends the program: stops what would run past its end, and adds the subroutines that it uses.
  void finish();
}
