package dev.brig.compiler;

import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import dev.brig.plan.Arithmetic;
import dev.brig.plan.Buffer;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.OnError;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.BufferAddress;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Operand.Text;
import dev.brig.plan.Operand.Value;
import dev.brig.plan.Plan;
import dev.brig.plan.Slot;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;

/// Makes a plan of harmless calls from a seed. What each call answers is known beforehand.
///
/// Jumps go forward, but for loops that count up to three, so that each plan ends.
final class RandomPlan {
  private static final Errno[] ERRNOS = {
    Errno.EPERM, Errno.EBADF, Errno.ENOENT, Errno.EINVAL, Errno.EHWPOISON
  };
  private static final int SLOTS = 6;
  private static final int BUFFER_BYTES = 32;
  private static final Buffer BUFFER = new Buffer("scratch", BUFFER_BYTES);
  private static final Num AT_FDCWD = new Num(-100, "AT_FDCWD");

  private final Random random;
  private final TestPlan plan = new TestPlan();
  private final IdentityHashMap<Op, Long> answers = new IdentityHashMap<>();
  private int labels;
  private int calls;

  private RandomPlan(long seed) {
    random = new Random(seed);
  }

  /// A plan and what its calls answer: a result, or a negative errno.
  ///
  /// @param answers by the identity of the call; a write answers how much it was given
  /// @param faults errors injected in the place of answers
  record Known(Plan plan, IdentityHashMap<Op, Long> answers, List<Fault> faults) {}

  static Known of(long seed) {
    RandomPlan made = new RandomPlan(seed);
    made.block(10 + made.random.nextInt(40), 2);
    int ordinaryCalls = made.calls;
    Plan plan = made.plan.exit(made.random.nextInt(90)).plan();
    List<Fault> faults = new ArrayList<>();
    for (int i = 0; i < made.random.nextInt(3) && ordinaryCalls > 0; i++) {
      int call = 1 + made.random.nextInt(ordinaryCalls);
      if (faults.stream().noneMatch(fault -> fault.call() == call)) {
        faults.add(new Fault(call, made.pick(ERRNOS)));
      }
    }
    return new Known(plan, made.answers, faults);
  }

  private void block(int length, int depth) {
    for (int i = 0; i < length; i++) {
      switch (random.nextInt(depth > 0 ? 11 : 9)) {
        case 0 -> plan.set(slot(), number());
        case 1 -> plan.compute(slot(), slot(), pick(Arithmetic.values()), right());
        case 2 -> store();
        case 3 -> load();
        case 4 -> show();
        case 9 -> skip(depth);
        case 10 -> loop(depth);
        default -> call();
      }
    }
  }

  /// A call with its answer: mostly errors, as a plan would get them.
  private void call() {
    switch (random.nextInt(12)) {
      case 0 -> unknown(Syscall.GETPPID);
      case 1 -> error(Errno.EBADF, Syscall.DUP, new Num(-1));
      case 2 -> error(Errno.EBADF, Syscall.CLOSE, new Num(random.nextInt(1000) + 5000));
      case 3 ->
          error(
              Errno.ENOENT,
              Syscall.OPENAT,
              AT_FDCWD,
              new Text("/nonexistent/file"),
              new Num(0),
              new Num(0));
      case 4 ->
          error(
              Errno.ENOTDIR,
              Syscall.MKDIRAT,
              AT_FDCWD,
              new Text("/dev/null/directory"),
              new Num(0755, "0755"));
      case 5 -> error(Errno.EINVAL, Syscall.DUP3, new Num(0), new Num(0), new Num(0));
      case 6 -> known(Syscall.PIPE2, new BufferAddress(new Buffer("ends", 8)), new Num(0));
      case 7 -> known(Syscall.CLOCK_GETTIME, new Num(1), new BufferAddress(new Buffer("time", 16)));
      case 8 -> error(Errno.EISDIR, Syscall.UNLINKAT, AT_FDCWD, new Text("/"), new Num(0));
      case 9 -> unknown(Syscall.UMASK, new Num(022, "022"));
      case 10 -> known(Syscall.FSTAT, new Num(1), new BufferAddress(new Buffer("stat", 256)));
      default -> error(Errno.EFAULT, Syscall.WRITE, new Num(1), new Num(8), new Num(8));
    }
  }

  private void error(Errno errno, Syscall syscall, Operand... arguments) {
    make(slot(), -errno.number(), syscall, arguments);
  }

  private void known(Syscall syscall, Operand... arguments) {
    make(slot(), 0, syscall, arguments);
  }

  /// The result is not the same each time, so it goes where nothing looks.
  private void unknown(Syscall syscall, Operand... arguments) {
    make(new Slot("unseen"), PlanModel.ANY, syscall, arguments);
  }

  private void make(Slot result, long answer, Syscall syscall, Operand... arguments) {
    Label after = new Label("after " + labels++);
    OnError onError =
        switch (random.nextInt(8)) {
          case 0 -> new OnError.Abort();
          case 1, 2 -> new OnError.Divert(errnos(answer), after);
          case 3, 4, 5 -> new OnError.Tolerate(errnos(answer));
          default -> new OnError.Ignore();
        };
    Op call = new Op.Call(syscall, List.of(arguments), result, onError);
    answers.put(call, answer);
    calls++;
    plan.add(call);
    if (random.nextBoolean()) {
      plan.compute(slot(), slot(), Arithmetic.ADD, new Num(1));
    }
    plan.add(new Op.Mark(after));
  }

  private EnumSet<Errno> errnos(long answer) {
    EnumSet<Errno> errnos = EnumSet.of(pick(ERRNOS));
    errnos.add(pick(ERRNOS));
    if (answer < 0 && random.nextInt(10) > 0) {
      errnos.add(Errno.of((int) -answer));
    }
    return errnos;
  }

  private void show() {
    plan.print(new Text("a "), new Value(slot()), new Text(","), new Value(slot()), new Text("\n"));
    calls++;
  }

  private void skip(int depth) {
    Label over = new Label("over " + labels++);
    plan.add(new Op.Branch(slot(), pick(Condition.values()), number(), over));
    block(random.nextInt(6), depth - 1);
    plan.add(new Op.Mark(over));
  }

  private void loop(int depth) {
    Slot count = new Slot("count " + labels);
    Label again = new Label("again " + labels++);
    plan.set(count, 0).add(new Op.Mark(again));
    block(random.nextInt(6), depth - 1);
    plan.compute(count, count, Arithmetic.ADD, new Num(1));
    plan.add(new Op.Branch(count, Condition.LESS, 1L + random.nextInt(3), again));
  }

  private void store() {
    int width = 1 << random.nextInt(4);
    plan.store(slot(), BUFFER, random.nextInt(BUFFER_BYTES - width + 1), width);
  }

  private void load() {
    int width = 1 << random.nextInt(4);
    int offset = random.nextInt(BUFFER_BYTES - width + 1);
    if (random.nextBoolean()) {
      plan.load(slot(), BUFFER, offset, width);
    } else {
      Slot at = new Slot("at");
      plan.set(at, offset).loadAt(slot(), BUFFER, at, width);
    }
  }

  private Operand right() {
    return random.nextBoolean() ? new Num(number()) : new Value(slot());
  }

  private Slot slot() {
    return new Slot("s" + random.nextInt(SLOTS));
  }

  private long number() {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(3);
      case 1 -> -ERRNOS[random.nextInt(ERRNOS.length)].number();
      case 2 -> random.nextInt();
      default -> random.nextLong();
    };
  }

  private <T> T pick(T[] values) {
    return values[random.nextInt(values.length)];
  }
}
