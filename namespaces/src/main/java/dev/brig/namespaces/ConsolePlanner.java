package dev.brig.namespaces;

import static dev.brig.namespaces.Abi.AT_EMPTY_PATH;
import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.OPEN_TREE_CLOEXEC;
import static dev.brig.namespaces.Abi.OPEN_TREE_CLONE;
import static dev.brig.namespaces.Abi.O_CLOEXEC;
import static dev.brig.namespaces.Abi.O_NOCTTY;
import static dev.brig.namespaces.Abi.O_PATH;
import static dev.brig.namespaces.Abi.O_RDONLY;
import static dev.brig.namespaces.Abi.O_RDWR;
import static dev.brig.namespaces.Abi.RESOLVE_NO_MAGICLINKS;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.openHow;
import static dev.brig.namespaces.Abi.or;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Syscall;
import dev.brig.plan.Operand.Field;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Operand.Struct;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.List;

/// Makes a pseudo-terminal in the container's own devpts and makes its slave the standard streams.
///
/// The slave is had from the master by `TIOCGPTPEER`, never by a path that an image could have
/// prepared (CVE-2025-52565).
public final class ConsolePlanner {
  /// The master's descriptor.
  public static final Slot MASTER = new Slot("ptmxfd");

  /// The slave's descriptor.
  public static final Slot SLAVE = new Slot("ptsfd");

  private static final Num TIOCSPTLCK = new Num(0x40045431, "TIOCSPTLCK");
  private static final Num TIOCGPTPEER = new Num(0x5441, "TIOCGPTPEER");
  private static final Num TIOCSCTTY = new Num(0x540e, "TIOCSCTTY");

  private final PlanBuilder plan;

  /// Makes a planner that appends to a plan.
  public ConsolePlanner(PlanBuilder plan) {
    this.plan = plan;
  }

  /// Appends the step that opens the terminals of the root that this process is in.
  ///
  /// @return their descriptor
  public Slot openMount() {
    Slot devpts = new Slot("devptsfd");
    plan.because("open the container's terminals", "-t");
    return plan.call(
        devpts,
        Syscall.OPENAT2,
        AT_FDCWD,
        text("/dev/pts"),
        openHow(or(O_RDONLY, O_CLOEXEC, O_PATH), RESOLVE_NO_MAGICLINKS),
        num(24));
  }

  /// Appends the steps that make the pair.
  ///
  /// @param devpts the descriptor of the devpts mount that it is made in
  public void openPair(Slot devpts) {
    plan.because("make a pseudo-terminal", "-t");
    Num flags = or(O_RDWR, O_NOCTTY, O_CLOEXEC);
    // A link of that name, or a device that is mounted there, is none of the kernel's.
    plan.call(
        MASTER,
        Syscall.OPENAT2,
        value(devpts),
        text("ptmx"),
        openHow(flags, new Num(5, "RESOLVE_NO_XDEV|RESOLVE_NO_SYMLINKS")),
        num(24));
    Struct unlocked = new Struct(List.of(new Field("locked", 4, ZERO)));
    plan.call(Syscall.IOCTL, value(MASTER), TIOCSPTLCK, unlocked);
    // strace has no names for this argument.
    Num unnamed = new Num(flags.value(), "0x80102 /* " + flags.text() + " */");
    plan.call(SLAVE, Syscall.IOCTL, value(MASTER), TIOCGPTPEER, unnamed);
  }

  /// Appends the step that makes a mount of the slave, attached nowhere yet.
  Slot take() {
    Slot console = new Slot("consolefd");
    return plan.call(
        console,
        Syscall.OPEN_TREE,
        value(SLAVE),
        text(""),
        or(OPEN_TREE_CLONE, OPEN_TREE_CLOEXEC, AT_EMPTY_PATH));
  }

  /// Appends the steps that make the slave the controlling terminal and the standard streams of
  /// this process, which leads a session without one.
  ///
  /// @param uid who is to own the terminal, in the container's ids
  public void adopt(long uid) {
    plan.because("make the terminal the standard streams", "-t");
    plan.call(Syscall.FCHOWN, value(SLAVE), num(uid), new Num(-1));
    plan.call(Syscall.IOCTL, value(SLAVE), TIOCSCTTY, ZERO);
    for (int stream = 0; stream <= 2; stream++) {
      plan.call(Syscall.DUP3, value(SLAVE), num(stream), ZERO);
    }
  }
}
