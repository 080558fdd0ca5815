package dev.brig.linux;

/// A gate that keeps the books on descriptors.
final class LedgerGate implements Gate {
  private static final int F_DUPFD_CLOEXEC = 1030;

  private final Gate gate;
  private final DescriptorLedger ledger;

  LedgerGate(Gate gate, DescriptorLedger ledger) {
    this.gate = gate;
    this.ledger = ledger;
  }

  @Override
  public Machine machine() {
    return gate.machine();
  }

  @Override
  public long call(Syscall syscall, long... arguments) {
    long result = gate.call(syscall, arguments);
    if (syscall == Syscall.CLOSE) {
      ledger.closed((int) arguments[0]);
    } else if (result >= 0 && opens(syscall, arguments)) {
      ledger.opened((int) result, CallText.render(machine(), syscall, arguments));
    }
    return result;
  }

  private static boolean opens(Syscall syscall, long... arguments) {
    return switch (syscall) {
      case OPENAT,
          OPENAT2,
          MEMFD_CREATE,
          PIDFD_OPEN,
          PIDFD_GETFD,
          DUP,
          EPOLL_CREATE1,
          EVENTFD2,
          SIGNALFD4,
          TIMERFD_CREATE,
          INOTIFY_INIT1,
          SOCKET,
          ACCEPT4,
          OPEN_TREE,
          FSOPEN,
          FSMOUNT,
          FSPICK ->
          true;
      case FCNTL -> arguments[1] == F_DUPFD_CLOEXEC;
      default -> false;
    };
  }
}
