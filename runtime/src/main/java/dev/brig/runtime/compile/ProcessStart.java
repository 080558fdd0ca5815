package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.LAST_FD;
import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.mode;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.text;

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

  private static final int REAL_TIME = 32;
  private static final int FIRST_FD = 3;

  private final PlanBuilder plan;

  ProcessStart(PlanBuilder plan) {
    this.plan = plan;
  }

  private static long bit(int signal) {
    return 1L << (signal - 1);
  }

  /// Appends the steps that close every descriptor but the given ones and undo ignored signals.
  ///
  /// @param keptFd the descriptor that is passed on
  /// @param name what the text of the plan calls it, since its number is chance
  /// @param traceFd the descriptor for the trace, a high one, or -1
  /// @param ignoredSignals bit set of the signals that the caller ignores
  void clean(int keptFd, String name, int traceFd, long ignoredSignals) {
    clean(FIRST_FD, keptFd, name, traceFd, ignoredSignals);
  }

  /// Appends the same, but leaves the descriptors below another one open.
  ///
  /// @param first the lowest descriptor that is closed
  void clean(int first, int keptFd, String name, int traceFd, long ignoredSignals) {
    plan.because("close what the caller left open");
    Num before = new Num(keptFd - 1L, "<" + name + " - 1>");
    Num after = new Num(keptFd + 1L, "<" + name + " + 1>");
    if (keptFd > first) {
      plan.call(Syscall.CLOSE_RANGE, num(first), before, ZERO);
    }
    if (traceFd < 0) {
      plan.call(Syscall.CLOSE_RANGE, after, LAST_FD, ZERO);
    } else {
      plan.call(Syscall.CLOSE_RANGE, after, num(traceFd - 1L), ZERO);
      plan.call(Syscall.CLOSE_RANGE, num(traceFd + 1L), LAST_FD, ZERO);
    }
    undoIgnored(ignoredSignals);
  }

  /// Appends the steps that close every descriptor from a number on and undo ignored signals.
  ///
  /// @param first the lowest descriptor that is closed
  /// @param ignoredSignals bit set of the signals that the caller ignores
  void cleanFrom(int first, long ignoredSignals) {
    plan.because("close what the caller left open");
    plan.call(Syscall.CLOSE_RANGE, num(first), LAST_FD, ZERO);
    undoIgnored(ignoredSignals);
  }

  /// Appends the step after which nobody can execute this program: not the container's command
  /// either, which could be a link to /proc/self/exe, of an image's making (CVE-2019-5736).
  void seal() {
    plan.because("keep the container from executing this program");
    plan.attempt(Syscall.FCHMODAT, AT_FDCWD, text("/proc/self/exe"), mode(0));
  }

  private void undoIgnored(long ignoredSignals) {
    plan.because("undo ignored signals");
    for (int signal = 1; signal <= 64; signal++) {
      if ((ignoredSignals & bit(signal)) != 0) {
        // struct sigaction of the kernel: handler, flags, restorer, mask; all zero is SIG_DFL.
        Operand byDefault =
            new Operand.Data(new byte[32], "{sa_handler=SIG_DFL, sa_mask=[], sa_flags=0}");
        plan.call(Syscall.RT_SIGACTION, new Num(signal, name(signal)), byDefault, NULL, num(8));
      }
    }
  }

  /// strace counts real-time signals from the kernel's first, not from the C library's.
  private static String name(int signal) {
    return signal < REAL_TIME
        ? Signal.text(signal)
        : signal == REAL_TIME ? "SIGRTMIN" : "SIGRT_" + (signal - REAL_TIME);
  }

  /// Appends the steps that turn signals into messages on [Names#SIGNALFD].
  void listen() {
    plan.because("take signals as messages, to pass them on");
    Operand mask = mask();
    plan.call(Syscall.RT_SIGPROCMASK, Names.SIG_SETMASK, mask, NULL, num(8));
    Num flags = new Num(0x80800, "SFD_CLOEXEC|SFD_NONBLOCK");
    plan.call(Names.SIGNALFD, Syscall.SIGNALFD4, new Num(-1), mask, num(8), flags);
  }

  /// Appends the step that makes a write to a process that has died an error, not the end of this
  /// one.
  void blockPipes() {
    plan.because("take the end of the other half as an error");
    byte[] pipe = new byte[8];
    pipe[1] = 0x10; // SIGPIPE is 13.
    Operand mask = new Operand.Data(pipe, "[PIPE]");
    plan.call(Syscall.RT_SIGPROCMASK, new Num(0, "SIG_BLOCK"), mask, NULL, num(8));
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
