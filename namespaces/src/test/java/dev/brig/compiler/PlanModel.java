package dev.brig.compiler;

import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import dev.brig.plan.Arithmetic;
import dev.brig.plan.Buffer;
import dev.brig.plan.Label;
import dev.brig.plan.OnError;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.Plan;
import dev.brig.plan.PlanText;
import dev.brig.plan.Slot;
import dev.brig.plan.Step;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Runs a plan in the mind: what a program should do, written as plainly as possible.
///
/// It knows the answer of each call from a table. Only writes to standard output and exits do
/// something.
final class PlanModel {
  /// An answer that may be any number but an error.
  static final long ANY = 1;

  private final RandomPlan.Known known;
  private final List<Step> steps;
  private final Map<Slot, Long> slots = new HashMap<>();
  private final Map<Buffer, ByteBuffer> buffers = new HashMap<>();
  private final Map<Label, Integer> labels = new HashMap<>();
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final List<Made> trace = new ArrayList<>();
  private Label handler = new Label("none");
  private int status = -1;

  /// A call that was made and what it returned.
  record Made(int number, long result) {}

  PlanModel(RandomPlan.Known known) {
    this.known = known;
    this.steps = known.plan().steps();
  }

  Programs.Run run() {
    int call = 0;
    int[] callAt = new int[steps.size()];
    for (int i = 0; i < steps.size(); i++) {
      callAt[i] = steps.get(i).op() instanceof Op.Call ? ++call : 0;
      if (steps.get(i).op() instanceof Op.Mark(Label label)) {
        labels.put(label, i);
      }
    }
    int at = 0;
    while (status < 0) {
      at = step(at, callAt[at]);
    }
    return new Programs.Run(status, output.toString(StandardCharsets.UTF_8));
  }

  /// Returns the calls made, those that never return excepted.
  List<Made> trace() {
    return trace;
  }

  private int step(int at, int number) {
    return switch (steps.get(at).op()) {
      case Op.Call call -> call(call, at, number);
      case Op.Mark _ -> at + 1;
      case Op.Jump(Label label) -> place(label);
      case Op.Branch branch -> {
        boolean taken = Programs.holds(get(branch.slot()), branch.condition(), branch.number());
        yield taken ? place(branch.label()) : at + 1;
      }
      case Op.Load load ->
          set(load.target(), read(load.buffer(), load.offsetBytes(), load.widthBytes()), at);
      case Op.LoadAt load ->
          set(
              load.target(),
              read(load.buffer(), (int) get(load.offsetBytes()), load.widthBytes()),
              at);
      case Op.Store store -> {
        for (int i = 0; i < store.widthBytes(); i++) {
          byte one = (byte) (get(store.source()) >>> (8 * i));
          bytes(store.buffer()).put(store.offsetBytes() + i, one);
        }
        yield at + 1;
      }
      // There is no memory in the mind but buffers.
      case Op.Peek _, Op.Poke _, Op.Copy _ -> throw new AssertionError(steps.get(at));
      case Op.Assign(Slot target, Operand value) -> set(target, value(value), at);
      case Op.Compute compute ->
          set(
              compute.target(),
              compute(get(compute.left()), compute.arithmetic(), value(compute.right())),
              at);
      case Op.Guard guard -> {
        handler = guard.handler();
        yield at + 1;
      }
    };
  }

  private int call(Op.Call call, int at, int number) {
    if (call.syscall() == Syscall.EXIT_GROUP) {
      status = (int) value(call.arguments().getFirst());
      return at;
    }
    long result = answer(call, number);
    trace.add(new Made(number, result));
    slots.put(call.result(), result);
    if (result >= 0) {
      return at + 1;
    }
    Errno errno = Errno.of((int) -result);
    return switch (call.onError()) {
      case OnError.Ignore _ -> at + 1;
      case OnError.Tolerate(Set<Errno> errnos) when errnos.contains(errno) -> at + 1;
      case OnError.Divert(Set<Errno> errnos, Label label) when errnos.contains(errno) ->
          place(label);
      case OnError.Abort _, OnError.Tolerate _, OnError.Divert _ -> {
        slots.put(Plan.FAILED_STEP, (long) number);
        slots.put(Plan.FAILED_ERRNO, -result);
        yield place(handler);
      }
    };
  }

  private long answer(Op.Call call, int number) {
    for (Fault fault : known.faults()) {
      if (fault.call() == number) {
        return -fault.errno().number();
      }
    }
    Long answer = known.answers().get(call);
    if (answer != null) {
      return answer;
    }
    byte[] bytes = string(call.arguments().get(1)).getBytes(StandardCharsets.UTF_8);
    output.writeBytes(bytes);
    return bytes.length;
  }

  private String string(Operand operand) {
    return switch (operand) {
      case Operand.Format format -> text(format);
      case Operand.Text(String text) -> text;
      case Operand.StepText(Slot number) -> {
        Step step = known.plan().calls().get((int) get(number) - 1);
        yield step.why() + ": " + PlanText.text(step.op());
      }
      case Operand.ErrnoText(Slot number) -> {
        Errno errno = Errno.of((int) get(number));
        yield errno.name() + " (" + errno.text() + ")";
      }
      default -> throw new AssertionError(operand);
    };
  }

  private String text(Operand.Format format) {
    StringBuilder text = new StringBuilder();
    for (Operand piece : format.pieces()) {
      text.append(
          piece instanceof Operand.Text(String value)
              ? value
              : Long.toUnsignedString(value(piece)));
    }
    return text.toString();
  }

  private long value(Operand operand) {
    return switch (operand) {
      case Operand.Num num -> num.value();
      case Operand.Value(Slot slot) -> get(slot);
      default -> throw new AssertionError(operand);
    };
  }

  private static long compute(long left, Arithmetic arithmetic, long right) {
    return switch (arithmetic) {
      case ADD -> left + right;
      case SUBTRACT -> left - right;
      case AND -> left & right;
      case OR -> left | right;
      case SHIFT_LEFT -> left << right;
      case SHIFT_RIGHT -> left >>> right;
    };
  }

  private long read(Buffer buffer, int offset, int width) {
    long value = 0;
    for (int i = width - 1; i >= 0; i--) {
      value = value << 8 | (bytes(buffer).get(offset + i) & 0xff);
    }
    return value;
  }

  private ByteBuffer bytes(Buffer buffer) {
    return buffers.computeIfAbsent(
        buffer, b -> ByteBuffer.allocate(b.sizeBytes()).order(ByteOrder.LITTLE_ENDIAN));
  }

  private int set(Slot slot, long value, int at) {
    slots.put(slot, value);
    return at + 1;
  }

  private long get(Slot slot) {
    return slots.getOrDefault(slot, 0L);
  }

  private int place(Label label) {
    return Objects.requireNonNull(labels.get(label));
  }
}
