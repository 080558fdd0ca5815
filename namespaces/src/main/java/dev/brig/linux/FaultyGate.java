package dev.brig.linux;

import java.util.concurrent.atomic.AtomicInteger;

/// A gate whose calls fail by plan: the calls before pass, the chosen one and those after it as it
/// says.
///
/// A failing call is not made, but for close(2): a closed descriptor must not stay open.
final class FaultyGate implements Gate {
  private final Gate gate;
  private final Fault fault;
  private final AtomicInteger count = new AtomicInteger();

  FaultyGate(Gate gate, Fault fault) {
    this.gate = gate;
    this.fault = fault;
  }

  @Override
  public Machine machine() {
    return gate.machine();
  }

  @Override
  public long call(Syscall syscall, long... arguments) {
    if (syscall == Syscall.CLOSE) {
      return gate.call(syscall, arguments);
    }
    int number = count.incrementAndGet();
    return fault.hits(number) ? -fault.errno().number() : gate.call(syscall, arguments);
  }
}
