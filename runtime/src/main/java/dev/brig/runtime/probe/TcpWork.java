package dev.brig.runtime.probe;

import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.or;
import static dev.brig.namespaces.Abi.value;
import static dev.brig.runtime.probe.ProbeSlots.BYTE;
import static dev.brig.runtime.probe.ProbeSlots.CHUNK;
import static dev.brig.runtime.probe.ProbeSlots.GOT;
import static dev.brig.runtime.probe.ProbeSlots.ONE;
import static dev.brig.runtime.probe.ProbeSlots.PID;
import static dev.brig.runtime.probe.ProbeSlots.WORK;

import dev.brig.linux.Syscall;
import dev.brig.plan.Arithmetic;
import dev.brig.plan.Buffer;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Field;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.List;

/// Two processes with a TCP connection over 127.0.0.1 between them.
///
/// The first process makes both ends before it splits the second off: nobody waits for a peer that
/// could not connect.
final class TcpWork implements Work {
  private static final Num AF_INET = new Num(2, "AF_INET");
  private static final Num SOCK_STREAM = new Num(1, "SOCK_STREAM");
  private static final Num SOCK_CLOEXEC = new Num(0x80000, "SOCK_CLOEXEC");
  private static final Num IPPROTO_TCP = new Num(6, "IPPROTO_TCP");
  private static final Num TCP_NODELAY = new Num(1, "TCP_NODELAY");
  private static final int ADDRESS_BYTES = 16;
  private static final int LOCALHOST = 0x0100007f; // 127.0.0.1 in the order of the network

  private static final Buffer ADDRESS = new Buffer("address", ADDRESS_BYTES);
  private static final Slot SIZE = new Slot("size of address");
  private static final Slot LISTENER = new Slot("listener");
  private static final Slot NEAR = new Slot("near end");
  private static final Slot FAR = new Slot("far end");
  private static final Slot SWITCH = new Slot("switch");

  private enum Load {
    ROUND_TRIPS,
    BULK
  }

  private final PlanBuilder plan;
  private final Label broken;
  private final Label failed;
  private final Load load;
  private final Label peer;

  private TcpWork(PlanBuilder plan, Label broken, Label failed, Load load) {
    this.plan = plan;
    this.broken = broken;
    this.failed = failed;
    this.load = load;
    this.peer = plan.label("peer over TCP");
  }

  /// One byte to and fro.
  static TcpWork roundTrips(PlanBuilder plan, Label broken, Label failed) {
    return new TcpWork(plan, broken, failed, Load.ROUND_TRIPS);
  }

  /// Much in one direction.
  static TcpWork bulk(PlanBuilder plan, Label broken, Label failed) {
    return new TcpWork(plan, broken, failed, Load.BULK);
  }

  @Override
  public String purpose() {
    return load == Load.BULK
        ? "send much to a process over TCP"
        : "send a byte to a process and back over TCP";
  }

  @Override
  public void prepare() {
    Num type = or(SOCK_STREAM, SOCK_CLOEXEC);
    Operand any =
        new Operand.Struct(
            List.of(
                new Field("sin_family", 2, AF_INET),
                new Field("sin_port", 2, num(0)),
                new Field("sin_addr", 4, num(LOCALHOST)),
                new Field("sin_zero", 8, num(0))));
    plan.call(LISTENER, Syscall.SOCKET, AF_INET, type, ZERO);
    plan.call(Syscall.BIND, value(LISTENER), any, num(ADDRESS_BYTES));
    plan.call(Syscall.LISTEN, value(LISTENER), ONE);
    plan.add(new Op.Assign(SIZE, num(ADDRESS_BYTES)));
    plan.call(Syscall.GETSOCKNAME, value(LISTENER), at(ADDRESS), new Operand.SlotAddress(SIZE));
    plan.call(NEAR, Syscall.SOCKET, AF_INET, type, ZERO);
    plan.call(Syscall.CONNECT, value(NEAR), at(ADDRESS), num(ADDRESS_BYTES));
    plan.call(FAR, Syscall.ACCEPT4, value(LISTENER), NULL, NULL, SOCK_CLOEXEC);
    plan.call(Syscall.CLOSE, value(LISTENER));
    plan.add(new Op.Assign(SWITCH, ONE));
    for (Slot end : List.of(NEAR, FAR)) {
      Operand on = new Operand.SlotAddress(SWITCH);
      plan.call(Syscall.SETSOCKOPT, value(end), IPPROTO_TCP, TCP_NODELAY, on, num(4));
    }
    ProbeSlots.fork(plan);
    plan.branch(PID, Condition.EQUAL, 0, peer);
    plan.call(Syscall.CLOSE, value(FAR));
  }

  @Override
  public void operate() {
    if (load == Load.BULK) {
      plan.call(Syscall.WRITE, value(NEAR), at(CHUNK), num(CHUNK.sizeBytes()));
    } else {
      plan.call(Syscall.WRITE, value(NEAR), at(BYTE), ONE);
      answer();
    }
  }

  @Override
  public void endBatch() {
    if (load == Load.BULK) {
      answer();
    }
  }

  private void answer() {
    plan.call(GOT, Syscall.READ, value(NEAR), at(BYTE), ONE);
    plan.branch(GOT, Condition.EQUAL, 0, broken);
  }

  @Override
  public void finish() {
    plan.call(Syscall.CLOSE, value(NEAR));
    ProbeSlots.await(plan);
  }

  @Override
  public void elsewhere() {
    Label end = plan.label("peer ends");
    Label over = plan.label("over the peer");
    plan.jump(over);
    plan.mark(peer);
    plan.add(new Op.Guard("peer", end));
    plan.call(Syscall.CLOSE, value(NEAR));
    if (load == Load.BULK) {
      drain(end);
    } else {
      PipeWork.echo(plan, FAR, FAR, end);
    }
    plan.mark(over);
    plan.add(new Op.Guard("probe", failed));
  }

  /// Reads all of a batch, says so, and so on until there is no more.
  private void drain(Label end) {
    Label batch = plan.label("drain a batch");
    Label more = plan.label("drain");
    plan.mark(batch);
    plan.add(new Op.Assign(WORK, num(0)));
    plan.mark(more);
    plan.call(GOT, Syscall.READ, value(FAR), at(CHUNK), num(CHUNK.sizeBytes()));
    plan.branch(GOT, Condition.EQUAL, 0, end);
    plan.add(new Op.Compute(WORK, WORK, Arithmetic.ADD, value(GOT)));
    int all = CHUNK.sizeBytes() * Measurement.BULK.operations();
    plan.branch(WORK, Condition.LESS, all, more);
    plan.call(Syscall.WRITE, value(FAR), at(BYTE), ONE);
    plan.jump(batch);
    plan.mark(end);
    plan.attempt(Syscall.EXIT_GROUP, num(0));
  }
}
