package dev.brig.runtime.compile;

import dev.brig.plan.Buffer;
import dev.brig.plan.Label;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Slot;

/// The slots, buffers, labels and numbers that the parts of a container's program share.
final class Names {
  /// The container's first process, as the supervisor sees it; zero until it is made.
  static final Slot PID = new Slot("pid");

  /// A descriptor for that process.
  static final Slot PIDFD = new Slot("pidfd");

  /// Where the supervisor reads signals.
  static final Slot SIGNALFD = new Slot("signalfd");

  /// The supervisor's end of the socket between the two halves.
  static final Slot HOST_END = new Slot("hostfd");

  /// The container's end of it.
  static final Slot CHILD_END = new Slot("childfd");

  /// Non-zero when brig itself has something to say or to clean up at the end.
  static final Slot ATTENTION = new Slot("attention");

  /// 1 when the command runs and the caller knows it.
  static final Slot RUNNING = new Slot("running");

  /// The status that the program exits with.
  static final Slot EXIT_STATUS = new Slot("exit status");

  /// The read end of the container's standard output, or the master of its terminal; -1 when
  /// closed.
  static final Slot OUTPUT = new Slot("outfd");

  /// The read end of its standard error; -1 when closed or none.
  static final Slot ERRORS = new Slot("errfd");

  /// The write ends that become the container's standard streams.
  static final Slot CHILD_OUTPUT = new Slot("stdoutfd");

  /// The same for standard error.
  static final Slot CHILD_ERRORS = new Slot("stderrfd");

  /// The pipe with a name that the standard input of a container in the background comes from.
  static final Slot INPUT = new Slot("infd");

  /// The read end of it that becomes the container's standard input.
  static final Slot CHILD_INPUT = new Slot("stdinfd");

  /// How many bytes the log has.
  static final Slot LOGGED = new Slot("log bytes");

  /// The timer that ends the container; -1 when it has.
  static final Slot TIMER = new Slot("timerfd");

  /// The socket on which the caller waits for the terminal.
  static final Slot CONSOLE = new Slot("terminalsocketfd");

  /// The log's descriptor.
  static final Slot LOG = new Slot("logfd");

  /// The write end of the pipe on which a detached supervisor says that the container has started.
  static final Slot STARTED_END = new Slot("startedfd");

  /// How many bytes the latest read brought.
  static final Slot COUNT = new Slot("count");

  /// A signal to pass on.
  static final Slot SIGNAL = new Slot("signal");

  /// A result that nobody needs.
  static final Slot UNUSED = new Slot("unused");

  /// `siginfo_t` of waitid(2).
  static final Buffer SIGINFO = new Buffer("siginfo", 128);

  /// A message of the child, or the output of a small file.
  static final Buffer MESSAGE = new Buffer("message", 4096);

  /// Two descriptors, from pipe2(2) or socketpair(2).
  static final Buffer PAIR = new Buffer("pair", 8);

  /// The handler of a failure in the supervising half.
  static final Label FAILED = new Label("supervisor failed");

  /// The handler of a failure in the container's half.
  static final Label CHILD_FAILED = new Label("container failed");

  static final Num SIG_SETMASK = new Num(2, "SIG_SETMASK");
  static final Num P_PIDFD = new Num(3, "P_PIDFD");
  static final Num WEXITED = new Num(4, "WEXITED");
  static final Num WEXITED_NOHANG = new Num(5, "WNOHANG|WEXITED");
  static final Num SIGKILL = new Num(9, "SIGKILL");
  static final long SIGCHLD = 17;
  static final long CLD_EXITED = 1;

  /// Offsets in `siginfo_t`: si_code, si_pid and si_status.
  static final int SI_CODE = 8;

  static final int SI_PID = 16;
  static final int SI_STATUS = 24;

  private Names() {}

  /// The file of a cgroup that the container's process joins.
  ///
  /// @param index which of them, from 0
  static Slot tasks(int index) {
    return new Slot("tasksfd " + index);
  }
}
