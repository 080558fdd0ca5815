package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import dev.brig.plan.Buffer;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.OnError;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Field;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Operand.Struct;
import dev.brig.plan.PlanBuilder;
import java.util.EnumSet;
import java.util.List;

/// The messages from the container's half to the supervisor, over a socket that keeps their
/// borders.
///
/// ```
///   supervisor ── "g" ─────────────────────▶ go on: ids are mapped, the cgroup is joined
///   supervisor ◀── one byte, descriptor ──── the terminal's master, with -t only
///   supervisor ◀── step, errno ───────────── a step failed; eight bytes
///   supervisor ◀── end of file ───────────── the command runs: execve closed the socket
/// ```
final class StartedSteps {
  /// Reached with the child's message in [Names#MESSAGE].
  static final Label CHILD_REPORTED = new Label("container reported");

  private static final int CONTROL_BYTES = 24;
  private static final Num MSG_CMSG_CLOEXEC = new Num(0x40000000, "MSG_CMSG_CLOEXEC");
  private static final Buffer CONTROL = new Buffer("control", 24);

  private final PlanBuilder plan;
  private final Streams streams;
  private final ListenerSteps listener;

  StartedSteps(PlanBuilder plan, Streams streams) {
    this(plan, streams, new ListenerSteps(plan, SeccompListener.NONE, -1, Names.PID));
  }

  /// Makes the steps for a process that may have a listener to hand over on the way.
  StartedSteps(PlanBuilder plan, Streams streams, ListenerSteps listener) {
    this.plan = plan;
    this.streams = streams;
    this.listener = listener;
  }

  /// Appends the steps that wait until the command runs, or go to [#CHILD_REPORTED].
  void await() {
    Label started = plan.label("started");
    switch (streams) {
      case Streams.Inherited _, Streams.Logged _, Streams.Sent _ -> {}
      case Streams.Relayed _, Streams.Shown _, Streams.LoggedTerminal _ -> receiveMaster(started);
    }
    if (listener.areNeeded()) {
      plan.because("wait until the container has its filter");
      hear("read the word of the filter");
      plan.branch(Names.COUNT, Condition.EQUAL, 0, started);
      listener.send();
    }
    plan.because("wait until the command runs");
    hear("read the container's message");
    plan.mark(started);
    plan.call(Syscall.CLOSE, value(Names.HOST_END));
  }

  private void hear(String what) {
    Label again = plan.label(what);
    plan.mark(again);
    plan.call(
        Names.COUNT,
        onReset(again),
        Syscall.READ,
        value(Names.HOST_END),
        at(Names.MESSAGE),
        num(8));
    plan.branch(Names.COUNT, Condition.EQUAL, 8, CHILD_REPORTED);
  }

  /// A container's half that failed before it read the supervisor's word leaves it unread, which
  /// the kernel tells once, before the message of what failed: unix_release_sock() of net/unix.
  private static OnError onReset(Label again) {
    return new OnError.Divert(EnumSet.of(Errno.ECONNRESET), again);
  }

  private void receiveMaster(Label started) {
    plan.because("receive the terminal's master", "-t");
    Struct message = message(at(Names.MESSAGE), num(8), at(CONTROL), new Num(0, "<flags>"));
    Label again = plan.label("receive the container's message");
    plan.mark(again);
    Operand end = value(Names.HOST_END);
    plan.call(Names.COUNT, onReset(again), Syscall.RECVMSG, end, message, MSG_CMSG_CLOEXEC);
    plan.branch(Names.COUNT, Condition.EQUAL, 8, CHILD_REPORTED);
    plan.branch(Names.COUNT, Condition.EQUAL, 0, started);
    plan.load(Names.OUTPUT, CONTROL, 16, 4);
  }

  /// Appends the step that sends the terminal's master to the supervisor.
  ///
  /// @param end this half's end of the socket
  static void sendMaster(PlanBuilder plan, Operand end, Operand master) {
    plan.because("send the terminal's master to the supervisor", "-t");
    sendFd(plan, end, new Operand.Text("t"), num(1), master);
  }

  /// Appends the step that sends a descriptor with some text; unix(7), "SCM_RIGHTS".
  static void sendFd(PlanBuilder plan, Operand end, Operand text, Operand length, Operand fd) {
    Struct control =
        new Struct(
            List.of(
                new Field("cmsg_len", 8, num(20)),
                new Field("cmsg_level", 4, new Num(1, "SOL_SOCKET")),
                new Field("cmsg_type", 4, new Num(1, "SCM_RIGHTS")),
                new Field("cmsg_data", 4, fd),
                new Field("padding", 4, ZERO)));
    Struct message = message(text, length, new Operand.Address(control), ZERO);
    plan.call(Syscall.SENDMSG, end, message, ZERO);
  }

  private static Struct message(Operand base, Operand length, Operand control, Num flags) {
    Struct vector =
        new Struct(List.of(new Field("iov_base", 8, base), new Field("iov_len", 8, length)));
    return new Struct(
        List.of(
            new Field("msg_name", 8, NULL),
            new Field("msg_namelen", 8, ZERO),
            new Field("msg_iov", 8, new Operand.Address(vector)),
            new Field("msg_iovlen", 8, num(1)),
            new Field("msg_control", 8, control),
            new Field("msg_controllen", 8, num(CONTROL_BYTES)),
            new Field("msg_flags", 8, flags)));
  }
}
