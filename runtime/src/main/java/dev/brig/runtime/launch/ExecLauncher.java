package dev.brig.runtime.launch;

import dev.brig.compiler.CompileOptions;
import dev.brig.compiler.Fault;
import dev.brig.linux.Fd;
import dev.brig.linux.Host;
import dev.brig.linux.Kernel;
import dev.brig.namespaces.ProcessRequest.Filter;
import dev.brig.namespaces.ProcessRequest.Role;
import dev.brig.plan.Plan;
import dev.brig.runtime.compile.ExecPlanner;
import dev.brig.runtime.compile.Execution;
import dev.brig.runtime.compile.MachineExecPlanner;
import dev.brig.runtime.compile.MachineExecPlanner.MachineExecution;
import dev.brig.runtime.compile.SeccompListener;
import dev.brig.runtime.compile.SpecCompiler;
import dev.brig.runtime.compile.SpecFacts;
import dev.brig.runtime.container.ContainerRecord;
import dev.brig.runtime.spec.Process;
import dev.brig.runtime.spec.Spec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Runs further processes in running containers.
public final class ExecLauncher {
  private final Kernel kernel;
  private final Host host;
  private final List<String> brig;

  /// Makes a launcher.
  ///
  /// @param kernel the way to the machine
  /// @param host the facts of the machine
  /// @param brig the command that runs brig, for the program to call if it fails
  public ExecLauncher(Kernel kernel, Host host, List<String> brig) {
    this.kernel = kernel;
    this.host = host;
    this.brig = List.copyOf(brig);
  }

  /// A process that is wanted.
  ///
  /// @param record what brig keeps of the container
  /// @param spec the container's configuration
  /// @param process the process, in the configuration's words
  /// @param filter the container's compiled seccomp filter
  /// @param init a descriptor of the container's first process
  /// @param initPid its number
  /// @param streams its standard streams, and who waits
  public record ExecRequest(
      ContainerRecord record,
      Spec spec,
      Process process,
      Filter filter,
      Fd init,
      int initPid,
      Execution.ExecStreams streams) {
    ExecRequest withInit(Fd other) {
      return new ExecRequest(record, spec, process, filter, other, initPid, streams);
    }
  }

  /// Returns the plan of the process's life; changes nothing.
  public Plan plan(ExecRequest request) {
    SpecFacts facts =
        new FactsReader(kernel, host, Path.of("/"))
            .read(request.spec(), request.filter(), Map.of());
    List<String> joins = new ArrayList<>();
    String target = "";
    for (Path cgroup : request.record().cgroups()) {
      if (kernel.attributes().exists(cgroup + "/tasks")) {
        joins.add(cgroup + "/tasks");
      } else {
        target = cgroup.toString();
      }
    }
    return ExecPlanner.plan(
        new Execution(
            request.record().id().text(),
            brig,
            request.init().number(),
            request.initPid(),
            -1,
            new ContainerLauncher(kernel, host, brig).ignoredSignals(),
            SpecCompiler.namespaces(request.spec()),
            host.identity().place(),
            new Execution.Cgroups(joins, target),
            request.streams(),
            SpecCompiler.process(request.spec(), request.process(), facts, Role.FIRST),
            SpecCompiler.settings(request.spec(), request.process(), "", SeccompListener.NONE)));
  }

  /// Runs the process: replaces this one by its program. Returns only by an exception.
  ///
  /// @param request what is wanted
  /// @param faults calls that are to fail instead of being made, for tests
  /// @param environment the caller's environment, `NAME=VALUE` each
  /// @throws dev.brig.linux.KernelException if the kernel refuses the program
  public RuntimeException become(
      ExecRequest request, List<Fault> faults, List<String> environment) {
    Plan plan = plan(request);
    kernel.files().keepOnExec(request.init());
    CompileOptions options = new CompileOptions(kernel.machine(), -1, faults);
    String title = "brig: exec " + request.record().name();
    return new ProgramRunner(kernel).become(plan, options, title, environment);
  }

  /// Runs a process in a virtual machine: replaces this one by the program of the host's half.
  /// Returns only by an exception.
  ///
  /// @param execution what is wanted
  /// @param lock the descriptor that keeps its slot
  /// @param name the container's name
  /// @param faults calls that are to fail instead of being made, for tests
  /// @param environment the caller's environment, `NAME=VALUE` each
  /// @throws dev.brig.linux.KernelException if the kernel refuses the program
  public RuntimeException become(
      MachineExecution execution,
      Fd lock,
      String name,
      List<Fault> faults,
      List<String> environment) {
    Plan plan = MachineExecPlanner.plan(execution);
    kernel.files().keepOnExec(lock);
    CompileOptions options = new CompileOptions(kernel.machine(), -1, faults);
    return new ProgramRunner(kernel).become(plan, options, "brig: exec " + name, environment);
  }

  /// Runs the process below a child of this one.
  ///
  /// @param request what is wanted
  /// @param environment the caller's environment, `NAME=VALUE` each
  /// @param descriptors what the process has at which numbers, its standard streams among them
  /// @return the number of the child, to be waited for: it ends with 0 when the process runs
  /// @throws dev.brig.linux.KernelException if the kernel refuses the program
  public int spawn(ExecRequest request, List<String> environment, Map<Integer, Fd> descriptors) {
    CompileOptions options =
        new CompileOptions(kernel.machine(), CompileOptions.NO_TRACE, List.of());
    String title = "brig: exec " + request.record().name();
    try (Fd init = kernel.files().duplicate(request.init(), ProgramRunner.DESCRIPTOR_MIN)) {
      // The program passes on all below the last number that it is given.
      kernel.files().closeOnExecFrom(3);
      kernel.files().keepOnExec(init);
      return new ProgramRunner(kernel)
          .spawn(plan(request.withInit(init)), options, title, environment, descriptors);
    }
  }
}
