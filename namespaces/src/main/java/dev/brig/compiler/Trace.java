package dev.brig.compiler;

import dev.brig.linux.Machine;
import dev.brig.linux.Syscall;
import dev.brig.plan.Arithmetic;

/// Adds the code that records each call, if the options ask for it: see [CompileOptions].
final class Trace {
  private static final int CLOCK_MONOTONIC = 1;
  private static final int RECORD_BYTES = 24;

  private final Emitter emitter;
  private final Assembly assembly;
  private final Machine machine;
  private final int fd;
  private final int routine;

  Trace(Emitter emitter, Assembly assembly, CompileOptions options) {
    this.emitter = emitter;
    this.assembly = assembly;
    this.machine = options.machine();
    this.fd = options.traceFd();
    this.routine = assembly.label();
  }

  boolean isOn() {
    return fd != CompileOptions.NO_TRACE;
  }

  /// Records the start of the program.
  void begin() {
    if (isOn()) {
      emitter.number(Emitter.STEP, 0);
      emitter.number(Emitter.RESULT, 0);
      emitter.enter(routine);
    }
  }

  /// Records the call just made, and keeps its result.
  void call() {
    if (isOn()) {
      emitter.enter(routine);
    }
  }

  /// Adds the subroutine that writes a record.
  void end() {
    if (!isOn()) {
      return;
    }
    int step = assembly.reserveSlot();
    int result = assembly.reserveSlot();
    int time = assembly.reserveSlot();
    int seconds = assembly.reserveSlot();
    int nanoseconds = assembly.reserveSlot();
    assembly.mark(routine);
    emitter.storeSlot(Emitter.STEP, step);
    emitter.storeSlot(Emitter.RESULT, result);
    emitter.number(0, CLOCK_MONOTONIC);
    emitter.address(1, Section.SLOTS, seconds);
    emitter.systemCall(Syscall.CLOCK_GETTIME.number(machine));
    emitter.loadSlot(Emitter.LEFT, seconds);
    emitter.multiplyByBillion();
    emitter.loadSlot(Emitter.RIGHT, nanoseconds);
    emitter.compute(Arithmetic.ADD);
    emitter.storeSlot(Emitter.LEFT, time);
    emitter.number(0, fd);
    emitter.address(1, Section.SLOTS, step);
    emitter.number(2, RECORD_BYTES);
    emitter.systemCall(Syscall.WRITE.number(machine));
    emitter.loadSlot(Emitter.RESULT, result);
    emitter.leave();
  }
}
