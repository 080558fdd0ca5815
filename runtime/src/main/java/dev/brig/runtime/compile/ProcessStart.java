package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.num;

import dev.brig.linux.Signal;
import dev.brig.linux.Syscall;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.PlanBuilder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Makes the steps with which a supervising process begins, for a container and for exec alike.
final class ProcessStart {
  // All but those that mean a bug in the program itself (ILL TRAP BUS FPE SEGV SYS) and those with
  // which
  // a shell stops and continues a job (CONT TSTP TTIN).
  private static final long FORWARDED =
      ~(bit(4) | bit(5) | bit(7) | bit(8) | bit(11) | bit(31) | bit(18) | bit(20) | bit(21));

  private final PlanBuilder plan;

  ProcessStart(PlanBuilder plan) {
    this.plan = plan;
  }

  private static long bit(int signal) {
    return 1L << (signal - 1);
  }

  /// Appends the steps that close every descriptor but the given ones and undo ignored signals.
  void clean(int lockFd, int traceFd, long ignoredSignals) {
    plan.because("close what the caller left open");
    int low = traceFd < 0 ? lockFd : Math.min(lockFd, traceFd);
    int high = Math.max(lockFd, traceFd);
    closeRange(3, low - 1);
    closeRange(low + 1, high - 1);
    plan.call(Syscall.CLOSE_RANGE, num(high + 1L), new Num(0xffffffffL, "~0U"), ZERO);
    plan.because("undo ignored signals");
    for (int signal = 1; signal <= 64; signal++) {
      if ((ignoredSignals & bit(signal)) != 0) {
        // struct sigaction of the kernel: handler, flags, restorer, mask; all zero is SIG_DFL.
        Operand byDefault =
            new Operand.Data(new byte[32], "{sa_handler=SIG_DFL, sa_mask=[], sa_flags=0}");
        plan.call(
            Syscall.RT_SIGACTION, new Num(signal, Signal.text(signal)), byDefault, NULL, num(8));
      }
    }
  }

  private void closeRange(int first, int last) {
    if (first <= last) {
      plan.call(Syscall.CLOSE_RANGE, num(first), num(last), ZERO);
    }
  }

  /// Appends the steps that turn signals into messages on [Names#SIGNALFD].
  void listen() {
    plan.because("take signals as messages, to pass them on");
    Operand mask = mask();
    plan.call(Syscall.RT_SIGPROCMASK, Names.SIG_SETMASK, mask, NULL, num(8));
    Num flags = new Num(0x80800, "SFD_CLOEXEC|SFD_NONBLOCK");
    plan.call(Names.SIGNALFD, Syscall.SIGNALFD4, new Num(-1), mask, num(8), flags);
  }

  private static Operand mask() {
    byte[] bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(FORWARDED).array();
    return new Operand.Data(bytes, "~[ILL TRAP BUS FPE SEGV CONT TSTP TTIN SYS]");
  }

  /// Appends the step that makes the socket between the two halves.
  void makeSocket() {
    plan.because("make a socket to the container's half");
    Num type = new Num(0x80005, "SOCK_SEQPACKET|SOCK_CLOEXEC");
    plan.call(Syscall.SOCKETPAIR, new Num(1, "AF_UNIX"), type, ZERO, at(Names.PAIR));
    plan.load(Names.HOST_END, Names.PAIR, 0, 4);
    plan.load(Names.CHILD_END, Names.PAIR, 4, 4);
  }
}
