package dev.brig.compiler;

import dev.brig.linux.Errno;
import dev.brig.linux.Machine;
import dev.brig.linux.Syscall;
import dev.brig.plan.Arithmetic;
import dev.brig.plan.Label;
import dev.brig.plan.OnError;
import dev.brig.plan.Op;
import dev.brig.plan.Plan;
import dev.brig.plan.PlanText;
import dev.brig.plan.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Turns a plan into an executable.
///
/// The program depends on nothing: it is static, uses no library, and ignores its arguments. It
/// needs no more of the stack than formatting a number does. Compiling is a pure function; the same
/// plan and options give the same bytes.
public final class Compiler {
  private final List<Step> steps;
  private final Machine machine;
  private final int[] faults;
  private final Assembly assembly = new Assembly();
  private final Memory memory = new Memory(assembly);
  private final Emitter emitter;
  private final Operands operands;
  private final Trace trace;
  private final Map<String, Integer> labels = new HashMap<>();
  private final List<Handler> handlers = new ArrayList<>();
  private final int environment;
  private int calls;

  /// Where a guard's aborting calls go.
  ///
  /// @param stub the label of the code that notes the failure
  /// @param target the label of the plan's handler
  private record Handler(int stub, int target) {}

  private Compiler(Plan plan, CompileOptions options) {
    steps = plan.steps();
    machine = options.machine();
    int count = 0;
    for (Step step : steps) {
      count += PlanText.isCall(step.op()) ? 1 : 0;
    }
    faults = faults(options.faults(), count);
    emitter =
        machine == Machine.X86_64 ? new X86_64Emitter(assembly) : new Aarch64Emitter(assembly);
    // The most used variables come first, where the shortest code reaches them.
    memory.slot(Plan.FAILED_STEP);
    memory.slot(Plan.FAILED_ERRNO);
    environment = assembly.reserveSlot();
    Tables tables = new Tables(assembly, memory, steps, count);
    operands = new Operands(emitter, assembly, memory, tables, environment);
    trace = new Trace(emitter, assembly, options);
  }

  /// Compiles a plan.
  ///
  /// @throws IllegalArgumentException if a call that can abort comes before any guard, if a number
  ///   does not fit its field, if an access lies outside its buffer, or if a fault is for a call
  ///   that the plan does not have or that cannot fail
  public static Program compile(Plan plan, CompileOptions options) {
    return new Compiler(plan, options).program();
  }

  private static int[] faults(List<Fault> faults, int calls) {
    int[] errnos = new int[calls + 1];
    for (Fault fault : faults) {
      if (fault.call() < 1 || fault.call() > calls) {
        throw new IllegalArgumentException("a fault for call " + fault.call() + " of " + calls);
      }
      errnos[fault.call()] = fault.errno().number();
    }
    return errnos;
  }

  private Program program() {
    emitter.start();
    emitter.saveEnvironment(environment);
    trace.begin();
    for (Step step : steps) {
      compile(step.op());
    }
    emitter.finish();
    for (Handler handler : handlers) {
      assembly.mark(handler.stub);
      emitter.negateResult();
      emitter.storeSlot(Emitter.RESULT, memory.slot(Plan.FAILED_ERRNO));
      emitter.storeSlot(Emitter.STEP, memory.slot(Plan.FAILED_STEP));
      emitter.jump(handler.target);
    }
    trace.end();
    return new Program(ElfImage.write(assembly, machine), calls);
  }

  @SuppressWarnings("IfChainToSwitch") // slow to start: see Operands
  private void compile(Op op) {
    if (op instanceof Op.Call call) {
      call(call);
    } else if (op instanceof Op.Mark mark) {
      assembly.mark(label(mark.label()));
    } else if (op instanceof Op.Branch branch) {
      emitter.loadSlot(Emitter.LEFT, memory.slot(branch.slot()));
      emitter.branch(branch.condition(), branch.number(), label(branch.label()));
    } else if (op instanceof Op.Jump jump) {
      emitter.jump(label(jump.label()));
    } else if (op instanceof Op.Guard guard) {
      handlers.add(new Handler(assembly.label(), label(guard.handler())));
    } else if (op instanceof Op.Assign assign) {
      operands.load(Emitter.LEFT, assign.value());
      emitter.storeSlot(Emitter.LEFT, memory.slot(assign.target()));
    } else if (op instanceof Op.Compute compute) {
      emitter.loadSlot(Emitter.LEFT, memory.slot(compute.left()));
      operands.load(Emitter.RIGHT, compute.right());
      emitter.compute(compute.arithmetic());
      emitter.storeSlot(Emitter.LEFT, memory.slot(compute.target()));
    } else {
      access(op);
    }
  }

  @SuppressWarnings("IfChainToSwitch") // slow to start: see Operands
  private void access(Op op) {
    if (op instanceof Op.Load load) {
      checkAccess(load.buffer().sizeBytes(), load.offsetBytes(), load.widthBytes());
      int offset = memory.buffer(load.buffer()) + load.offsetBytes();
      emitter.load(Section.BUFFERS, offset, load.widthBytes());
      emitter.storeSlot(Emitter.LEFT, memory.slot(load.target()));
    } else if (op instanceof Op.LoadAt load) {
      checkAccess(load.buffer().sizeBytes(), 0, load.widthBytes());
      emitter.loadSlot(Emitter.LEFT, memory.slot(load.offsetBytes()));
      emitter.addAddress(Emitter.LEFT, Section.BUFFERS, memory.buffer(load.buffer()));
      emitter.loadAt(load.widthBytes());
      emitter.storeSlot(Emitter.LEFT, memory.slot(load.target()));
    } else if (op instanceof Op.Store store) {
      checkAccess(store.buffer().sizeBytes(), store.offsetBytes(), store.widthBytes());
      emitter.loadSlot(Emitter.LEFT, memory.slot(store.source()));
      int offset = memory.buffer(store.buffer()) + store.offsetBytes();
      emitter.store(Section.BUFFERS, offset, store.widthBytes());
    } else {
      memory(op);
    }
  }

  /// Compiles what goes by an address that is known only when the program runs.
  private void memory(Op op) {
    if (op instanceof Op.Peek peek) {
      Operands.checkWidth(peek.widthBytes());
      emitter.loadSlot(Emitter.LEFT, memory.slot(peek.address()));
      if (peek.offsetBytes() != 0) {
        emitter.number(Emitter.RIGHT, peek.offsetBytes());
        emitter.compute(Arithmetic.ADD);
      }
      emitter.loadAt(peek.widthBytes());
      emitter.storeSlot(Emitter.LEFT, memory.slot(peek.target()));
    } else if (op instanceof Op.Poke poke) {
      Operands.checkWidth(poke.widthBytes());
      emitter.loadSlot(Emitter.LEFT, memory.slot(poke.source()));
      emitter.loadSlot(Emitter.RIGHT, memory.slot(poke.address()));
      emitter.storeAt(poke.widthBytes());
    } else if (op instanceof Op.Copy copy) {
      emitter.loadSlot(0, memory.slot(copy.target()));
      emitter.loadSlot(1, memory.slot(copy.source()));
      emitter.number(2, copy.sizeBytes());
      emitter.copyMemory();
    } else {
      throw new AssertionError(op);
    }
  }

  private static void checkAccess(int sizeBytes, int offsetBytes, int widthBytes) {
    Operands.checkWidth(widthBytes);
    if (offsetBytes < 0 || offsetBytes > sizeBytes - widthBytes) {
      throw new IllegalArgumentException(
          "access to bytes "
              + offsetBytes
              + " to "
              + (offsetBytes + widthBytes)
              + " of "
              + sizeBytes);
    }
  }

  private void call(Op.Call call) {
    calls++;
    operands.prepare(call);
    OnError onError = call.onError();
    if (!(onError instanceof OnError.Ignore) || trace.isOn()) {
      emitter.number(Emitter.STEP, calls);
    }
    if (faults[calls] == 0) {
      operands.load(call);
      emitter.systemCall(call.syscall().number(machine));
    } else if (call.syscall() == Syscall.EXIT || call.syscall() == Syscall.EXIT_GROUP) {
      throw new IllegalArgumentException("call " + calls + " cannot fail: it ends the process");
    } else {
      emitter.number(Emitter.RESULT, -faults[calls]);
    }
    trace.call();
    emitter.storeSlot(Emitter.RESULT, memory.slot(call.result()));
    if (!(onError instanceof OnError.Ignore)) {
      onError(onError);
    }
  }

  private void onError(OnError onError) {
    int over = assembly.label();
    if (onError instanceof OnError.Tolerate tolerate) {
      branchIfAny(tolerate.errnos(), over);
    } else if (onError instanceof OnError.Divert divert) {
      branchIfAny(divert.errnos(), label(divert.label()));
    }
    if (handlers.isEmpty()) {
      throw new IllegalArgumentException(
          "call " + calls + " can abort, but no guard comes before it");
    }
    emitter.branchIfError(handlers.getLast().stub);
    assembly.mark(over);
  }

  /// The order of a set of the JDK differs from run to run; that of the program must not.
  private void branchIfAny(Set<Errno> errnos, int label) {
    Errno[] sorted = errnos.toArray(new Errno[0]);
    Arrays.sort(sorted);
    for (Errno errno : sorted) {
      emitter.branchIfErrno(errno.number(), label);
    }
  }

  private int label(Label label) {
    Integer known = labels.get(label.name());
    if (known != null) {
      return known;
    }
    int number = assembly.label();
    labels.put(label.name(), number);
    return number;
  }
}
