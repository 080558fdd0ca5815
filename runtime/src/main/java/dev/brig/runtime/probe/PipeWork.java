package dev.brig.runtime.probe;

import static dev.brig.namespaces.Abi.O_CLOEXEC;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.value;
import static dev.brig.runtime.probe.ProbeSlots.BYTE;
import static dev.brig.runtime.probe.ProbeSlots.GOT;
import static dev.brig.runtime.probe.ProbeSlots.ONE;
import static dev.brig.runtime.probe.ProbeSlots.PID;

import dev.brig.linux.Syscall;
import dev.brig.plan.Buffer;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.Op;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;

/// Two processes that send one byte to and fro over two pipes.
final class PipeWork implements Work {
  private static final Buffer ENDS = new Buffer("ends", 8);
  private static final Buffer BACK_ENDS = new Buffer("ends of the way back", 8);
  private static final Slot FROM = new Slot("peer reads from");
  private static final Slot TO = new Slot("to peer");
  private static final Slot BACK = new Slot("from peer");
  private static final Slot ANSWER = new Slot("peer writes to");

  private final PlanBuilder plan;
  private final Label broken;
  private final Label failed;
  private final Label peer;

  /// @param broken where to go if the other process is gone
  /// @param failed where to go if a call fails
  PipeWork(PlanBuilder plan, Label broken, Label failed) {
    this.plan = plan;
    this.broken = broken;
    this.failed = failed;
    this.peer = plan.label("peer of the pipe");
  }

  @Override
  public String purpose() {
    return "send a byte to a process and back";
  }

  @Override
  public void prepare() {
    plan.call(Syscall.PIPE2, at(ENDS), O_CLOEXEC);
    plan.call(Syscall.PIPE2, at(BACK_ENDS), O_CLOEXEC);
    plan.load(FROM, ENDS, 0, 4);
    plan.load(TO, ENDS, 4, 4);
    plan.load(BACK, BACK_ENDS, 0, 4);
    plan.load(ANSWER, BACK_ENDS, 4, 4);
    ProbeSlots.fork(plan);
    plan.branch(PID, Condition.EQUAL, 0, peer);
    plan.call(Syscall.CLOSE, value(FROM));
    plan.call(Syscall.CLOSE, value(ANSWER));
  }

  @Override
  public void operate() {
    plan.call(Syscall.WRITE, value(TO), at(BYTE), ONE);
    plan.call(GOT, Syscall.READ, value(BACK), at(BYTE), ONE);
    plan.branch(GOT, Condition.EQUAL, 0, broken);
  }

  @Override
  public void finish() {
    plan.call(Syscall.CLOSE, value(TO));
    plan.call(Syscall.CLOSE, value(BACK));
    ProbeSlots.await(plan);
  }

  @Override
  public void elsewhere() {
    Label end = plan.label("peer ends");
    Label over = plan.label("over the peer");
    plan.jump(over);
    plan.mark(peer);
    plan.add(new Op.Guard("peer", end));
    plan.call(Syscall.CLOSE, value(TO));
    plan.call(Syscall.CLOSE, value(BACK));
    echo(plan, FROM, ANSWER, end);
    plan.mark(over);
    plan.add(new Op.Guard("probe", failed));
  }

  /// Answers each byte with one, and ends the process when there are no more.
  static void echo(PlanBuilder plan, Slot from, Slot to, Label end) {
    Label again = plan.label("echo");
    plan.mark(again);
    plan.call(GOT, Syscall.READ, value(from), at(BYTE), ONE);
    plan.branch(GOT, Condition.EQUAL, 0, end);
    plan.call(Syscall.WRITE, value(to), at(BYTE), ONE);
    plan.jump(again);
    plan.mark(end);
    plan.attempt(Syscall.EXIT_GROUP, num(0));
  }
}
