package dev.brig.runtime.probe;

import dev.brig.linux.Syscall;
import dev.brig.namespaces.Abi;
import dev.brig.plan.Buffer;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;

/// The variables and constants that the parts of the probe share.
final class ProbeSlots {
  static final Slot COUNT = new Slot("count");
  static final Slot GOT = new Slot("got");
  static final Slot PID = new Slot("pid");
  static final Slot FD = new Slot("fd");
  static final Slot WORK = new Slot("work");

  static final Buffer BYTE = new Buffer("byte", 8);
  static final Buffer CHUNK = new Buffer("chunk", ProbePlanner.CHUNK_BYTES);

  static final Num STDIN = new Num(0);
  static final Num STDOUT = new Num(1);
  static final Num ONE = new Num(1);
  static final Num SIGCHLD = new Num(17, "SIGCHLD");
  static final Num CLOCK_MONOTONIC = new Num(1, "CLOCK_MONOTONIC");
  static final Operand PROBE = Abi.text("../probe");

  private static final Num MAP_PRIVATE = new Num(2, "MAP_PRIVATE");
  private static final Num MAP_ANONYMOUS = new Num(0x20, "MAP_ANONYMOUS");
  private static final Num PROT = new Num(3, "PROT_READ|PROT_WRITE");

  private ProbeSlots() {}

  /// Maps memory that is zero.
  ///
  /// @param populate MAP_POPULATE to have it in memory at once, or zero
  static void map(PlanBuilder plan, Slot address, long sizeBytes, Num populate) {
    plan.call(
        address,
        Syscall.MMAP,
        Abi.NULL,
        new Num(sizeBytes),
        PROT,
        Abi.or(MAP_PRIVATE, MAP_ANONYMOUS, populate),
        new Num(-1),
        Abi.ZERO);
  }

  /// Splits off a process.
  static void fork(PlanBuilder plan) {
    plan.call(PID, Syscall.CLONE, SIGCHLD, Abi.NULL, Abi.NULL, Abi.NULL, Abi.NULL);
  }

  /// Waits for the process split off last.
  static void await(PlanBuilder plan) {
    plan.call(Syscall.WAIT4, Abi.value(PID), Abi.NULL, Abi.ZERO, Abi.NULL);
  }
}
