package dev.brig.linux;

import java.util.function.Consumer;

/// A gate that tells of each call, in strace's notation, with its result and duration.
final class TracingGate implements Gate {
  private final Gate gate;
  private final Consumer<String> sink;

  TracingGate(Gate gate, Consumer<String> sink) {
    this.gate = gate;
    this.sink = sink;
  }

  @Override
  public Machine machine() {
    return gate.machine();
  }

  @Override
  public long call(Syscall syscall, long... arguments) {
    String text = CallText.render(machine(), syscall, arguments);
    if (syscall == Syscall.EXECVE || syscall == Syscall.EXECVEAT) {
      // It does not return if all is well.
      sink.accept(text);
    }
    long start = System.nanoTime();
    long result = gate.call(syscall, arguments);
    long micros = (System.nanoTime() - start) / 1000;
    sink.accept(text + " = " + result(result) + " <" + micros + " us>");
    return result;
  }

  private static String result(long result) {
    if (!Calls.isError(result)) {
      return Long.toString(result);
    }
    Errno errno = Errno.of((int) -result);
    return "-1 " + errno.name() + " (" + errno.text() + ")";
  }
}
