package dev.brig.runtime.attack;

import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.O_RDONLY;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Syscall;
import dev.brig.plan.Buffer;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import dev.brig.runtime.attack.AttackFacts.HostKernel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Finds out which kernel answers, where it may be one of the container's own.
final class KernelSteps {
  private static final String BOOT_ID = "/proc/sys/kernel/random/boot_id";
  // struct utsname has six strings of 65 bytes; uname(2).
  private static final int NAME_BYTES = 65;
  private static final int RELEASE = 2 * NAME_BYTES;
  private static final int VERSION = 3 * NAME_BYTES;
  private static final Buffer NAMES = new Buffer("utsname", 6 * NAME_BYTES);
  private static final Buffer BOOT = new Buffer("boot_id", 64);
  private static final Slot OWN = new Slot("kernel of its own");
  private static final Slot FILE = new Slot("boot_id fd");
  private static final Slot COUNT = new Slot("length of boot_id");
  private static final Slot BYTE = new Slot("byte");

  private final PlanBuilder plan;
  private final Optional<HostKernel> host;

  /// Makes the steps.
  ///
  /// @param host the machine's kernel, if another one may answer
  KernelSteps(PlanBuilder plan, Optional<HostKernel> host) {
    this.plan = plan;
    this.host = host;
  }

  /// Asks once, before all attacks: it is the machine's kernel unless it has another name, or was
  /// booted another time. The line that says its release has NULs behind it.
  void identify() {
    if (host.isEmpty()) {
      return;
    }
    HostKernel known = host.get();
    Label other = plan.label("another kernel");
    Label identified = plan.label("kernel is known");
    plan.because("find out whose kernel this is");
    plan.call(Syscall.UNAME, at(NAMES));
    String word = AttackPlan.KERNEL;
    plan.attempt(Syscall.WRITE, num(1), text(word), num(Operand.length(word)));
    Operand release = new Operand.BufferAddress(NAMES, RELEASE);
    plan.attempt(Syscall.WRITE, num(1), release, num(NAME_BYTES));
    plan.attempt(Syscall.WRITE, num(1), text("\n"), num(1));
    plan.add(new Op.Assign(OWN, ZERO));
    unlessSame(NAMES, RELEASE, known.release() + "\0", other);
    unlessSame(NAMES, VERSION, known.version() + "\0", other);
    if (!known.bootId().isEmpty()) {
      readBootId(AT_FDCWD, BOOT_ID, identified);
      unlessSame(BOOT, 0, known.bootId(), other);
    }
    plan.jump(identified);
    plan.mark(other);
    plan.add(new Op.Assign(OWN, num(1)));
    plan.mark(identified);
  }

  /// Goes to a label if it is one of the container's own.
  void ifOwn(Label label) {
    if (host.isPresent()) {
      plan.branch(OWN, Condition.EQUAL, 1, label);
    }
  }

  /// Returns whether the container works in a namespace of the machine's although it has a kernel
  /// of its own.
  boolean shares(String namespace) {
    return host.isPresent() && host.get().shared().contains(namespace);
  }

  /// Goes to a label unless the machine's kernel answers below a directory, which only what leads
  /// to the machine's own files can show to a container with another.
  ///
  /// @param directory the directory's descriptor, or AT_FDCWD
  /// @param path its path from there
  void unlessHostBelow(Operand directory, String path, Label label) {
    String bootId = host.map(HostKernel::bootId).orElse("");
    if (bootId.isEmpty()) {
      plan.jump(label);
      return;
    }
    readBootId(directory, path + BOOT_ID, label);
    unlessSame(BOOT, 0, bootId, label);
  }

  private void readBootId(Operand directory, String path, Label none) {
    plan.attempt(FILE, Syscall.OPENAT, directory, text(path), O_RDONLY);
    plan.branch(FILE, Condition.LESS, 0, none);
    plan.attempt(COUNT, Syscall.READ, value(FILE), at(BOOT), new Num(BOOT.sizeBytes()));
    plan.attempt(Syscall.CLOSE, value(FILE));
    plan.branch(COUNT, Condition.LESS, 1, none);
  }

  private void unlessSame(Buffer buffer, int offset, String expected, Label label) {
    byte[] bytes = expected.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      plan.load(BYTE, buffer, offset + i, 1);
      plan.branch(BYTE, Condition.NOT_EQUAL, bytes[i] & 0xff, label);
    }
  }
}
