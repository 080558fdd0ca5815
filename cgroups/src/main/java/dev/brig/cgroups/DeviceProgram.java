package dev.brig.cgroups;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/// A BPF program that decides about devices, for BPF_PROG_LOAD and BPF_PROG_ATTACH of bpf(2).
///
/// The kernel runs it for each mknod and each open of a device node. It gets a `struct
/// bpf_cgroup_dev_ctx { u32 access_type; u32 major; u32 minor; }`, whose first field has the access
/// bits in its upper half and the kind in its lower half, and answers 1 (allowed) or 0 (EPERM).
///
/// The program goes through the rules from the last to the first, as the last one that matches
/// decides. One register keeps the access bits that no rule has allowed yet:
///
/// ```
///         r2 = kind, r3 = access bits, r4 = major, r5 = minor
/// rule N: if r2, r4 or r5 differ, go to rule N-1
///         allow: r3 &= ~bits; if r3 == 0 return 1
///         deny:  if r3 & bits return 0
/// …       return 1: what no rule decides is allowed
/// ```
///
/// @param instructions eight bytes an instruction, little endian
/// @see <a href="https://docs.kernel.org/bpf/instruction-set.html">BPF Instruction Set
///   Architecture</a>
@SuppressWarnings(
    "ArrayRecordComponent") // equals compares the contents; copies would cost start-up
public record DeviceProgram(byte[] instructions) {
  /// BPF_PROG_TYPE_CGROUP_DEVICE, for `prog_type`.
  public static final int PROGRAM_TYPE = 15;

  /// BPF_CGROUP_DEVICE, for `expected_attach_type` and `attach_type`.
  public static final int ATTACH_TYPE = 6;

  /// BPF_F_ALLOW_MULTI, for `attach_flags`: programs of cgroups above stay in force.
  public static final int ATTACH_FLAGS = 2;

  private static final int LDX_W = 0x61;
  private static final int MOV_X = 0xbf;
  private static final int MOV_K = 0xb7;
  private static final int AND_K = 0x57;
  private static final int RSH_K = 0x77;
  private static final int JNE_K = 0x55;
  private static final int JSET_K = 0x45;
  private static final int JA = 0x05;
  private static final int EXIT = 0x95;
  private static final int INSTRUCTION_BYTES = 8;
  private static final int PROLOGUE = 6;
  private static final int EPILOGUE = 2;
  private static final int RULE_MAX = 8;

  private static final int CONTEXT = 1;
  private static final int KIND = 2;
  private static final int ACCESS = 3;
  private static final int MAJOR = 4;
  private static final int MINOR = 5;

  /// Returns the program for these rules.
  public static DeviceProgram of(List<DeviceRule> rules) {
    ByteBuffer code =
        ByteBuffer.allocate((PROLOGUE + EPILOGUE + rules.size() * RULE_MAX) * INSTRUCTION_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    load(code, KIND, 0);
    put(code, MOV_X, ACCESS | KIND << 4, 0, 0);
    put(code, AND_K, KIND, 0, 0xffff);
    put(code, RSH_K, ACCESS, 0, 16);
    load(code, MAJOR, 4);
    load(code, MINOR, 8);
    for (int i = rules.size() - 1; i >= 0; i--) {
      rule(code, rules.get(i));
    }
    leave(code, 1);
    return new DeviceProgram(Arrays.copyOf(code.array(), code.position()));
  }

  private static void rule(ByteBuffer code, DeviceRule rule) {
    boolean kind = rule.kind() != DeviceRule.Kind.ALL;
    boolean major = rule.major() != DeviceRule.ANY;
    boolean minor = rule.minor() != DeviceRule.ANY;
    int left = (kind ? 1 : 0) + (major ? 1 : 0) + (minor ? 1 : 0) + 4;
    if (kind) {
      put(code, JNE_K, KIND, --left, rule.kind() == DeviceRule.Kind.BLOCK ? 1 : 2);
    }
    if (major) {
      put(code, JNE_K, MAJOR, --left, (int) rule.major());
    }
    if (minor) {
      put(code, JNE_K, MINOR, --left, (int) rule.minor());
    }
    switch (rule.verdict()) {
      case ALLOW -> {
        put(code, AND_K, ACCESS, 0, ~rule.access());
        put(code, JNE_K, ACCESS, 2, 0);
        leave(code, 1);
      }
      case DENY -> {
        put(code, JSET_K, ACCESS, 1, rule.access());
        put(code, JA, 0, 2, 0);
        leave(code, 0);
      }
    }
  }

  private static void load(ByteBuffer code, int register, int offset) {
    put(code, LDX_W, register | CONTEXT << 4, offset, 0);
  }

  private static void leave(ByteBuffer code, int answer) {
    put(code, MOV_K, 0, 0, answer);
    put(code, EXIT, 0, 0, 0);
  }

  private static void put(ByteBuffer code, int opcode, int registers, int offset, int number) {
    code.put((byte) opcode).put((byte) registers).putShort((short) offset).putInt(number);
  }

  /// Returns the number of instructions, for `insn_cnt`.
  public int count() {
    return instructions.length / INSTRUCTION_BYTES;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DeviceProgram that && Arrays.equals(instructions, that.instructions);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(instructions);
  }

  @Override
  public String toString() {
    return count() + " instructions";
  }
}
