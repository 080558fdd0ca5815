package dev.brig.runtime.probe;

import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.runtime.probe.ProbeSlots.BYTE;
import static dev.brig.runtime.probe.ProbeSlots.CLOCK_MONOTONIC;
import static dev.brig.runtime.probe.ProbeSlots.COUNT;
import static dev.brig.runtime.probe.ProbeSlots.FD;
import static dev.brig.runtime.probe.ProbeSlots.GOT;
import static dev.brig.runtime.probe.ProbeSlots.ONE;
import static dev.brig.runtime.probe.ProbeSlots.STDIN;
import static dev.brig.runtime.probe.ProbeSlots.STDOUT;

import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import dev.brig.namespaces.Abi;
import dev.brig.plan.Arithmetic;
import dev.brig.plan.Buffer;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Plan;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.List;

/// Makes the plan of the probe.
///
/// It does what the letters of its last argument say, one after the other, and ends at the first
/// that it doesn't know: those of [Measurement], and
///
/// | letter | what |
/// |---|---|
/// | `h` | tells the time, as the first thing |
/// | `z` | tells the time, as the last thing |
/// | `d` | tells the type of the working directory's file system, as statfs(2) has it |
/// | `n` | is idle until standard input ends |
/// | `k` | keeps a processor busy until then |
/// | `y` | makes processes until then |
/// | `q` | copies memory until then |
///
/// It must be found as `../probe`, from a working directory that it may write to. A letter that
/// fails is told and the next one goes on. [ProbeOutput] says what it writes.
///
/// Everything ends when standard input does, so that nothing outlives whoever measures: a letter
/// that takes long looks at it, and the others take milliseconds.
public final class ProbePlanner {
  /// How many batches each measurement has.
  public static final int BATCHES = 15;

  /// How much [Measurement#COPY] copies, in bytes.
  public static final int COPY_BYTES = 16 << 20;

  /// How much one operation of [Measurement#BULK] sends, in bytes.
  public static final int CHUNK_BYTES = 64 << 10;

  static final int HEADER_BYTES = 16;
  static final int BATCH_BYTES = 32;
  private static final int TIME_BYTES = 16;
  private static final int BLOCK_BYTES = HEADER_BYTES + BATCHES * BATCH_BYTES;
  private static final int STATFS_BYTES = 120;

  private static final Slot ENVIRONMENT = new Slot("environment");
  private static final Slot ARGUMENT = new Slot("argument");
  private static final Slot LETTER = new Slot("letter");
  private static final Slot NUMBER = new Slot("number");
  private static final Slot PLACE = new Slot("place");
  private static final Slot BATCH = new Slot("batch");
  private static final Buffer BLOCK = new Buffer("block", BLOCK_BYTES);
  private static final Buffer STAMP = new Buffer("stamp", HEADER_BYTES + BATCH_BYTES);
  private static final Buffer STATFS = new Buffer("statfs", STATFS_BYTES);

  private final PlanBuilder plan = new PlanBuilder();
  private final Label next = plan.label("next letter");
  private final Label failed = plan.label("letter failed");
  private final Label broken = plan.label("peer gone");

  private ProbePlanner() {}

  /// Returns the plan.
  public static Plan plan() {
    ProbePlanner planner = new ProbePlanner();
    planner.dispatch();
    return planner.plan.build();
  }

  private void dispatch() {
    plan.add(new Op.Guard("probe", failed));
    plan.because("find the last argument");
    plan.add(new Op.Assign(ENVIRONMENT, new Operand.Environment()));
    // What the kernel lays on the stack: the arguments, NULL, the environment; execve(2).
    plan.add(new Op.Peek(ARGUMENT, ENVIRONMENT, -16, 8));
    plan.mark(next);
    plan.because("do what its next letter says");
    plan.add(new Op.Peek(LETTER, ARGUMENT, 0, 1));
    plan.add(new Op.Compute(ARGUMENT, ARGUMENT, Arithmetic.ADD, ONE));
    stamp('h', "tell the time of the start");
    for (Measurement measurement : Measurement.values()) {
      measure(measurement);
    }
    fileSystem();
    idle();
    for (Hog hog : Hog.values()) {
      busy(hog);
    }
    stamp('z', "tell the time of the end");
    plan.because("end");
    plan.attempt(Syscall.EXIT_GROUP, num(0));
    plan.jump(next);
    failures();
  }

  /// Writes the letter's steps, which only that letter comes by.
  private void letter(char letter, String why, Runnable steps) {
    Label over = plan.label("not " + letter);
    plan.because("do what its next letter says");
    plan.branch(LETTER, Condition.NOT_EQUAL, letter, over);
    plan.because(why);
    steps.run();
    plan.jump(next);
    plan.mark(over);
  }

  private void stamp(char letter, String why) {
    letter(
        letter,
        why,
        () -> {
          plan.call(
              Syscall.CLOCK_GETTIME,
              CLOCK_MONOTONIC,
              new Operand.BufferAddress(STAMP, HEADER_BYTES));
          header(STAMP, letter, 1, num(0));
          write(STAMP, STAMP.sizeBytes());
        });
  }

  private void header(Buffer buffer, char letter, int batches, Operand number) {
    plan.add(new Op.Assign(NUMBER, num(letter)));
    plan.add(new Op.Store(NUMBER, buffer, 0, 4));
    plan.add(new Op.Assign(NUMBER, num(batches)));
    plan.add(new Op.Store(NUMBER, buffer, 4, 4));
    plan.add(new Op.Assign(NUMBER, number));
    plan.add(new Op.Store(NUMBER, buffer, 8, 8));
  }

  private void write(Buffer buffer, int sizeBytes) {
    plan.attempt(Syscall.WRITE, STDOUT, at(buffer), num(sizeBytes));
  }

  private void measure(Measurement measurement) {
    Work work = work(measurement);
    Label batch = plan.label("batch of " + measurement.letter());
    letter(
        measurement.letter(),
        work.purpose(),
        () -> {
          work.prepare();
          plan.add(new Op.Assign(PLACE, num(HEADER_BYTES)));
          plan.add(new Op.Assign(BATCH, num(0)));
          plan.mark(batch);
          work.beforeBatch();
          clock();
          repeat(measurement.operations(), work);
          work.endBatch();
          clock();
          work.afterBatch();
          count(BATCH, BATCHES, batch);
          work.finish();
          header(BLOCK, measurement.letter(), BATCHES, num(measurement.operations()));
          write(BLOCK, BLOCK_BYTES);
        });
    work.elsewhere();
  }

  private Work work(Measurement measurement) {
    return switch (measurement) {
      case PIPE -> new PipeWork(plan, broken, failed);
      case TCP -> TcpWork.roundTrips(plan, broken, failed);
      case BULK -> TcpWork.bulk(plan, broken, failed);
      case GETPPID,
          OPEN_CLOSE,
          STAT,
          FORK,
          EXEC,
          FAULT,
          COPY,
          INTEGER,
          LONG_INTEGER,
          WRITE,
          CREATE ->
          new AloneWork(plan, measurement);
    };
  }

  private void clock() {
    plan.call(Syscall.CLOCK_GETTIME, CLOCK_MONOTONIC, new Operand.BufferAt(BLOCK, PLACE));
    plan.add(new Op.Compute(PLACE, PLACE, Arithmetic.ADD, num(TIME_BYTES)));
  }

  private void repeat(int operations, Work work) {
    Label again = plan.label("again");
    plan.add(new Op.Assign(COUNT, num(0)));
    plan.mark(again);
    work.operate();
    count(COUNT, operations, again);
  }

  private void count(Slot slot, int times, Label again) {
    plan.add(new Op.Compute(slot, slot, Arithmetic.ADD, ONE));
    plan.branch(slot, Condition.LESS, times, again);
  }

  private void fileSystem() {
    letter(
        'd',
        "tell the file system",
        () -> {
          plan.call(Syscall.STATFS, Abi.text("."), at(STATFS));
          plan.load(GOT, STATFS, 0, 8);
          header(STAMP, 'd', 0, Abi.value(GOT));
          write(STAMP, HEADER_BYTES);
        });
  }

  private void idle() {
    Label again = plan.label("idle");
    letter(
        'n',
        "wait for the end of standard input",
        () -> {
          header(STAMP, 'n', 0, num(0));
          write(STAMP, HEADER_BYTES);
          plan.mark(again);
          plan.attempt(GOT, Syscall.READ, STDIN, at(BYTE), ONE);
          plan.branch(GOT, Condition.AT_LEAST, 1, again);
        });
  }

  private enum Hog {
    PROCESSOR('k', Measurement.INTEGER, 50_000),
    PROCESSES('y', Measurement.FORK, 20),
    MEMORY('q', Measurement.COPY, 1);

    private final char letter;
    private final Measurement measurement;
    private final int operations;

    Hog(char letter, Measurement measurement, int operations) {
      this.letter = letter;
      this.measurement = measurement;
      this.operations = operations;
    }
  }

  private void busy(Hog hog) {
    Work work = work(hog.measurement);
    Label again = plan.label("busy");
    Label over = plan.label("busy no more");
    letter(
        hog.letter,
        "be busy until standard input ends",
        () -> {
          work.prepare();
          header(STAMP, hog.letter, 0, num(0));
          write(STAMP, HEADER_BYTES);
          plan.mark(again);
          repeat(hog.operations, work);
          pollInput();
          plan.branch(GOT, Condition.EQUAL, 0, again);
          plan.attempt(GOT, Syscall.READ, STDIN, at(BYTE), ONE);
          plan.branch(GOT, Condition.LESS, 1, over);
          plan.jump(again);
          plan.mark(over);
          work.finish();
        });
    work.elsewhere();
  }

  /// Looks whether standard input has something to say, without waiting; ppoll(2).
  private void pollInput() {
    Operand.Struct input =
        new Operand.Struct(
            List.of(
                new Operand.Field("fd", 4, num(0)),
                new Operand.Field("events", 2, new Num(1, "POLLIN")),
                new Operand.Field("revents", 2, num(0))));
    Operand.Struct now =
        new Operand.Struct(
            List.of(
                new Operand.Field("tv_sec", 8, num(0)), new Operand.Field("tv_nsec", 8, num(0))));
    plan.attempt(GOT, Syscall.PPOLL, new Operand.Array(List.of(input)), ONE, now, Abi.NULL, num(8));
  }

  /// What a letter that fails comes to: a block `!` with the number of the call and the errno.
  private void failures() {
    plan.mark(broken);
    plan.because("tell what failed");
    plan.add(new Op.Assign(Plan.FAILED_STEP, num(0)));
    plan.add(new Op.Assign(Plan.FAILED_ERRNO, num(Errno.EPIPE.number())));
    plan.mark(failed);
    plan.add(new Op.Compute(GOT, Plan.FAILED_STEP, Arithmetic.SHIFT_LEFT, num(32)));
    plan.add(new Op.Compute(GOT, GOT, Arithmetic.OR, Abi.value(Plan.FAILED_ERRNO)));
    header(STAMP, '!', 0, Abi.value(GOT));
    write(STAMP, HEADER_BYTES);
    plan.because("leave no file");
    plan.attempt(Syscall.CLOSE, Abi.value(FD));
    plan.attempt(Syscall.UNLINKAT, AT_FDCWD, AloneWork.FILE, Abi.ZERO);
    plan.jump(next);
  }
}
