package dev.brig.runtime.probe;

import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.O_CLOEXEC;
import static dev.brig.namespaces.Abi.O_CREAT;
import static dev.brig.namespaces.Abi.O_EXCL;
import static dev.brig.namespaces.Abi.O_RDONLY;
import static dev.brig.namespaces.Abi.O_TRUNC;
import static dev.brig.namespaces.Abi.O_WRONLY;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.mode;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.or;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;
import static dev.brig.runtime.probe.ProbeSlots.CHUNK;
import static dev.brig.runtime.probe.ProbeSlots.COUNT;
import static dev.brig.runtime.probe.ProbeSlots.FD;
import static dev.brig.runtime.probe.ProbeSlots.PID;
import static dev.brig.runtime.probe.ProbeSlots.PROBE;
import static dev.brig.runtime.probe.ProbeSlots.WORK;

import dev.brig.linux.Syscall;
import dev.brig.plan.Arithmetic;
import dev.brig.plan.Buffer;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.List;

/// What one process measures by itself, its children that only end included.
final class AloneWork implements Work {
  static final Operand FILE = text("brig-probe");

  private static final Num MAP_POPULATE = new Num(0x8000, "MAP_POPULATE");
  private static final Num X_OK = new Num(1, "X_OK");
  private static final int PAGE_BYTES = 4096;
  private static final Slot SOURCE = new Slot("source");
  private static final Slot TARGET = new Slot("target");
  private static final Slot PAGE = new Slot("page");
  private static final Buffer STAT = new Buffer("stat", 144);

  private final PlanBuilder plan;
  private final Measurement measurement;

  AloneWork(PlanBuilder plan, Measurement measurement) {
    this.plan = plan;
    this.measurement = measurement;
  }

  @Override
  public String purpose() {
    return switch (measurement) {
      case GETPPID -> "enter the kernel";
      case OPEN_CLOSE -> "open and close a file";
      case STAT -> "look at a file";
      case FORK -> "make a process that ends";
      case EXEC -> "make a process that executes a program";
      case FAULT -> "touch fresh pages";
      case COPY -> "copy memory";
      case INTEGER, LONG_INTEGER -> "calculate";
      case WRITE -> "write to a file";
      case CREATE -> "make and remove a file";
      case PIPE, TCP, BULK -> throw new IllegalStateException(measurement + " needs two");
    };
  }

  @Override
  public void prepare() {
    if (measurement == Measurement.COPY) {
      ProbeSlots.map(plan, SOURCE, ProbePlanner.COPY_BYTES, MAP_POPULATE);
      ProbeSlots.map(plan, TARGET, ProbePlanner.COPY_BYTES, MAP_POPULATE);
    } else if (measurement == Measurement.EXEC) {
      // A program that isn't there would seem the fastest of all.
      plan.call(Syscall.FACCESSAT, AT_FDCWD, PROBE, X_OK);
    } else if (measurement == Measurement.WRITE) {
      Num flags = or(O_WRONLY, O_CREAT, O_TRUNC, O_CLOEXEC);
      plan.call(FD, Syscall.OPENAT, AT_FDCWD, FILE, flags, mode(0600));
    }
  }

  @Override
  public void beforeBatch() {
    if (measurement == Measurement.FAULT) {
      ProbeSlots.map(plan, SOURCE, faultBytes(), ZERO);
      plan.add(new Op.Assign(PAGE, value(SOURCE)));
    } else if (measurement == Measurement.WRITE) {
      plan.add(new Op.Assign(WORK, num(0)));
    }
  }

  private static long faultBytes() {
    return (long) Measurement.FAULT.operations() * PAGE_BYTES;
  }

  @Override
  public void operate() {
    switch (measurement) {
      case GETPPID -> plan.call(Syscall.GETPPID);
      case OPEN_CLOSE -> {
        plan.call(FD, Syscall.OPENAT, AT_FDCWD, PROBE, or(O_RDONLY, O_CLOEXEC), ZERO);
        plan.call(Syscall.CLOSE, value(FD));
      }
      case STAT -> plan.call(Syscall.NEWFSTATAT, AT_FDCWD, PROBE, at(STAT), ZERO);
      case FORK -> child(ChildWork.EXIT);
      case EXEC -> child(ChildWork.EXECUTE);
      case FAULT -> {
        plan.add(new Op.Poke(COUNT, PAGE, 8));
        plan.add(new Op.Compute(PAGE, PAGE, Arithmetic.ADD, num(PAGE_BYTES)));
      }
      case COPY -> plan.add(new Op.Copy(TARGET, SOURCE, ProbePlanner.COPY_BYTES));
      case INTEGER, LONG_INTEGER -> calculate();
      case WRITE -> {
        plan.call(Syscall.PWRITE64, value(FD), at(CHUNK), num(PAGE_BYTES), value(WORK));
        plan.add(new Op.Compute(WORK, WORK, Arithmetic.ADD, num(PAGE_BYTES)));
      }
      case CREATE -> {
        Num flags = or(O_WRONLY, O_CREAT, O_EXCL, O_CLOEXEC);
        plan.call(FD, Syscall.OPENAT, AT_FDCWD, FILE, flags, mode(0600));
        plan.call(Syscall.CLOSE, value(FD));
        plan.call(Syscall.UNLINKAT, AT_FDCWD, FILE, ZERO);
      }
      case PIPE, TCP, BULK -> throw new IllegalStateException(measurement + " needs two");
    }
  }

  private void calculate() {
    plan.add(new Op.Compute(WORK, WORK, Arithmetic.ADD, num(12_345)));
    plan.add(new Op.Compute(WORK, WORK, Arithmetic.SHIFT_LEFT, num(1)));
    plan.add(new Op.Compute(WORK, WORK, Arithmetic.AND, num(0x7fff_ffff)));
  }

  private enum ChildWork {
    EXIT,
    EXECUTE
  }

  private void child(ChildWork work) {
    Label parent = plan.label("parent");
    ProbeSlots.fork(plan);
    plan.branch(PID, Condition.NOT_EQUAL, 0, parent);
    if (work == ChildWork.EXECUTE) {
      // A letter that it doesn't know: the probe ends at once.
      Operand arguments = new Operand.Array(List.of(text("probe"), text("x"), NULL));
      plan.attempt(Syscall.EXECVE, PROBE, arguments, NULL);
    }
    plan.attempt(Syscall.EXIT_GROUP, num(0));
    plan.mark(parent);
    ProbeSlots.await(plan);
  }

  @Override
  public void afterBatch() {
    if (measurement == Measurement.FAULT) {
      plan.call(Syscall.MUNMAP, value(SOURCE), num(faultBytes()));
    }
  }

  @Override
  public void finish() {
    if (measurement == Measurement.COPY) {
      plan.call(Syscall.MUNMAP, value(SOURCE), num(ProbePlanner.COPY_BYTES));
      plan.call(Syscall.MUNMAP, value(TARGET), num(ProbePlanner.COPY_BYTES));
    } else if (measurement == Measurement.WRITE) {
      plan.call(Syscall.CLOSE, value(FD));
      plan.call(Syscall.UNLINKAT, AT_FDCWD, FILE, ZERO);
    }
  }
}
