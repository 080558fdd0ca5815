package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Syscall;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Format;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;

/// Makes the host's steps that hand the listener of a seccomp filter to whoever answers what the
/// filter asks; seccomp_unotify(2).
///
/// The filtered process can't send it itself: its filter may ask about that very call.
final class ListenerSteps {
  private static final Slot SOCKET = new Slot("agentfd");
  private static final Slot LISTENER = new Slot("listenerfd");

  private final PlanBuilder plan;
  private final SeccompListener listener;
  private final int fd;
  private final Slot first;

  /// Makes the steps.
  ///
  /// @param fd the listener's descriptor in the filtered process, the lowest that is free there
  /// @param first the slot that holds the number of the container's first process
  ListenerSteps(PlanBuilder plan, SeccompListener listener, int fd, Slot first) {
    this.plan = plan;
    this.listener = listener;
    this.fd = fd;
    this.first = first;
  }

  /// Tells whether there is anything to do.
  boolean areNeeded() {
    return listener.isThere();
  }

  /// Appends the steps that connect to the one who answers.
  void connect() {
    if (areNeeded()) {
      plan.because("reach the seccomp agent", "/linux/seccomp/listenerPath");
      GateSteps.connect(plan, SOCKET, listener.socket());
    }
  }

  /// Appends the steps that take the listener out of the filtered process and send it, with what
  /// there is to know of that process.
  void send() {
    plan.because("send the filter's listener to the agent", "/linux/seccomp/listenerPath");
    plan.call(LISTENER, Syscall.PIDFD_GETFD, value(Names.PIDFD), num(fd), ZERO);
    Format state = listener.state(Names.PID, first);
    Operand length = new Operand.FormatLength(state);
    StartedSteps.sendFd(plan, value(SOCKET), state, length, value(LISTENER));
    plan.call(Syscall.CLOSE, value(LISTENER));
    plan.call(Syscall.CLOSE, value(SOCKET));
  }
}
