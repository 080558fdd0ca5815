package dev.brig.seccomp;

import dev.brig.linux.Errno;
import dev.brig.linux.SeccompLibrary;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Answers calls that are newer than anything a profile names with ENOSYS, before the filter itself.
///
/// A program that tries a new call and is told EPERM takes it for forbidden and fails; told ENOSYS, it goes
/// the old way. runc does the same. Profiles whose default already is ENOSYS, or lets calls pass, need nothing.
///
/// For each architecture, in classic BPF:
///
///     load architecture; if it is another one, on to the next block
///     load number; if it is above the highest that the profile names, return ENOSYS
///
/// @see <a href="https://docs.kernel.org/networking/filter.html">the kernel's description of BPF</a>
final class NewerCalls {
  private static final int X86_64 = 0xC000_003E;
  private static final int X32 = 0x4000_003E;
  private static final int X32_BIT = 0x4000_0000;

  private static final int LOAD = 0x20;
  private static final int JUMP_EQUAL = 0x15;
  private static final int JUMP_GREATER = 0x25;
  private static final int JUMP_GREATER_EQUAL = 0x35;
  private static final int RETURN = 0x06;
  private static final int OFFSET_NUMBER = 0;
  private static final int OFFSET_ARCHITECTURE = 4;
  private static final int INSTRUCTION_BYTES = 8;
  private static final int BLOCK_INSTRUCTIONS = 6;

  private NewerCalls() {}

  /// Returns the program with the answers before it, or as it is if the profile needs none.
  static byte[] prepend(
      SeccompLibrary library, SeccompProfile profile, int[] architectures, byte[] program) {
    Verdict otherwise = profile.defaultVerdict();
    if (otherwise.action().lets()
        || otherwise.value() == Action.SCMP_ACT_ERRNO.bits() + Errno.ENOSYS.number()) {
      return program;
    }
    ByteBuffer out =
        ByteBuffer.allocate(
                architectures.length * BLOCK_INSTRUCTIONS * INSTRUCTION_BYTES + program.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int architecture : architectures) {
      block(out, architecture, highest(library, profile, architecture));
    }
    return out.put(program).array();
  }

  private static void block(ByteBuffer out, int architecture, int highest) {
    // x32 shares the kernel's number of x86-64 and is told apart by a bit of the call's number.
    boolean x32 = architecture == X32;
    instruction(out, LOAD, 0, 0, OFFSET_ARCHITECTURE);
    instruction(out, JUMP_EQUAL, 0, 4, x32 ? X86_64 : architecture);
    instruction(out, LOAD, 0, 0, OFFSET_NUMBER);
    if (x32) {
      instruction(out, JUMP_GREATER_EQUAL, 0, 2, X32_BIT);
    } else if (architecture == X86_64) {
      instruction(out, JUMP_GREATER_EQUAL, 2, 0, X32_BIT);
    } else {
      instruction(out, JUMP_GREATER_EQUAL, 0, 0, 0);
    }
    instruction(out, JUMP_GREATER, 0, 1, highest);
    instruction(out, RETURN, 0, 0, Action.SCMP_ACT_ERRNO.bits() + Errno.ENOSYS.number());
  }

  private static void instruction(ByteBuffer out, int code, int jumpTrue, int jumpFalse, int k) {
    out.putShort((short) code).put((byte) jumpTrue).put((byte) jumpFalse).putInt(k);
  }

  private static int highest(SeccompLibrary library, SeccompProfile profile, int architecture) {
    int highest = architecture == X32 ? X32_BIT : 0;
    for (SeccompRule rule : profile.rules()) {
      for (String name : rule.names()) {
        highest = Math.max(highest, library.number(architecture, name));
      }
    }
    return highest;
  }
}
