package dev.brig.cli.run;

import dev.brig.cgroups.CgroupPlan;
import dev.brig.cli.bundle.Bundle;
import dev.brig.cli.command.CommandException;
import dev.brig.cli.command.Context;
import dev.brig.cli.guest.Guests;
import dev.brig.compiler.CompileOptions;
import dev.brig.compiler.Fault;
import dev.brig.error.UsageException;
import dev.brig.linux.Errno;
import dev.brig.linux.Fd;
import dev.brig.namespaces.ProcessRequest.Filter;
import dev.brig.plan.Plan;
import dev.brig.runtime.compile.Launch.Removal;
import dev.brig.runtime.container.ContainerPaths;
import dev.brig.runtime.container.ContainerRecord;
import dev.brig.runtime.container.Degree;
import dev.brig.runtime.container.ExitRecord;
import dev.brig.runtime.container.LockedContainer;
import dev.brig.runtime.container.Reason;
import dev.brig.runtime.launch.ContainerLauncher;
import dev.brig.runtime.launch.StartRequest;
import dev.brig.runtime.spec.Spec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Starts containers: this process becomes the program that runs and supervises one.
final class ContainerStarter {
  /// Names calls of the plan, by their numbers, and the errors that they are to fail with.
  private static final String FAULT_VARIABLE = "BRIG_FAULT";

  private static final int PROFILE_BYTES_MAX = 4 << 20;
  private static final int MILLIS = 1000;

  private final Context context;
  private final ContainerLauncher launcher;

  ContainerStarter(Context context) {
    this.context = context;
    this.launcher = new ContainerLauncher(context.kernel(), context.host(), context.self());
  }

  /// What a start needs beside the container itself.
  ///
  /// @param spec the container's configuration
  /// @param cgroups its cgroups
  /// @param filter its filter of system calls
  /// @param origins who asked for what
  /// @param onFailure whether the container is removed if it can't be started
  /// @param tracing whether each call is told with its time
  /// @param greeting what is said when it runs in the background, a line
  record Start(
      Spec spec,
      CgroupPlan cgroups,
      Filter filter,
      Map<String, String> origins,
      Removal onFailure,
      Tracing tracing,
      String greeting) {}

  /// Whether each call is told with its time.
  enum Tracing {
    /// No.
    OFF,
    /// Yes: `--trace`.
    ON
  }

  /// Starts a container. Returns only by an exception, with the container as it was.
  RuntimeException become(LockedContainer container, Start start) {
    TraceFiles trace = new TraceFiles(context.kernel(), container.paths());
    int traceFd = start.tracing() == Tracing.ON ? trace.open().number() : CompileOptions.NO_TRACE;
    StartRequest request =
        request(container.record(), container.paths(), start, container.lockFd(), traceFd);
    Plan plan = launcher.plan(request);
    if (start.tracing() == Tracing.ON) {
      trace.describe(plan);
    }
    context.out().flush();
    prepareGuest(container, start.onFailure());
    container.start();
    return launcher.become(request, plan, faults(), environment());
  }

  /// Starts a container as a child of this process.
  ///
  /// @param output what becomes its standard output and standard error
  /// @return the number of the supervising process
  int spawn(LockedContainer container, Start start, Fd output) {
    StartRequest request =
        request(
            container.record(),
            container.paths(),
            start,
            container.lockFd(),
            CompileOptions.NO_TRACE);
    Plan plan = launcher.plan(request);
    context.err().flush();
    prepareGuest(container, start.onFailure());
    container.start();
    return launcher.spawn(request, plan, environment(), output);
  }

  private void prepareGuest(LockedContainer container, Removal onFailure) {
    Degree degree = container.record().degree();
    if (degree == Degree.GVISOR) {
      Optional<CommandException> refusal =
          new CommandForecast(context).refusal(container.record(), container.paths());
      if (refusal.isPresent()) {
        if (onFailure == Removal.KEEP) {
          end(container, refusal.get());
        }
        throw refusal.get();
      }
    }
    if (degree.hasOwnKernel()) {
      new Guests(context).prepare(container.record(), container.paths());
    }
  }

  /// Records what the program of another container would leave: one that could not be started.
  private static void end(LockedContainer container, CommandException refusal) {
    long now = System.currentTimeMillis() / MILLIS;
    container.start();
    container.recordExit(new ExitRecord(ExitRecord.Cause.EXITED, refusal.exitStatus(), now));
    container.addReason(new Reason(Reason.Kind.FAILED, refusal.failure().line()));
    container.finish();
  }

  /// Returns what a container that is on record is started with, as far as its plan depends on it.
  Start again(ContainerRecord record, ContainerPaths paths, Spec spec) {
    return new Start(
        spec,
        launcher.cgroups(spec, record.degree()),
        filter(paths, spec),
        Map.of(),
        Removal.KEEP,
        Tracing.OFF,
        paths.id().text());
  }

  /// Returns the filter of system calls of a container that is on record.
  Filter filter(ContainerPaths paths, Spec spec) {
    String file = paths.directory().resolve(Bundle.SECCOMP_PROFILE).toString();
    String profile =
        context
            .kernel()
            .files()
            .readIfPresent(Fd.CWD, file, PROFILE_BYTES_MAX)
            .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
            .orElse("");
    return new FilterSource(context).filter(spec, profile);
  }

  /// Returns the calls that are to fail instead of being made, `BRIG_FAULT=17:EPERM,230:EIO`: for
  /// tests of what a failure leaves behind.
  List<Fault> faults() {
    String wish = context.environment().getOrDefault(FAULT_VARIABLE, "");
    if (wish.isEmpty()) {
      return List.of();
    }
    List<Fault> faults = new ArrayList<>();
    for (String fault : wish.split(",", -1)) {
      int colon = fault.indexOf(':');
      try {
        int call = Integer.parseInt(fault.substring(0, Math.max(0, colon)));
        faults.add(new Fault(call, Errno.valueOf(fault.substring(colon + 1))));
      } catch (IllegalArgumentException _) {
        throw new UsageException(
            FAULT_VARIABLE + "=" + wish,
            "names no calls of a plan with errors",
            "17:EPERM,230:EIO");
      }
    }
    return faults;
  }

  /// Returns the plan of a container that is not there.
  Plan plan(ContainerRecord record, ContainerPaths paths, Start start) {
    // The number that the lock's descriptor usually has, so that the plan reads as a real one does.
    int lockFd = 5;
    return launcher.plan(request(record, paths, start, lockFd, CompileOptions.NO_TRACE));
  }

  private StartRequest request(
      ContainerRecord record, ContainerPaths paths, Start start, int lockFd, int traceFd) {
    return new StartRequest(
        record,
        paths,
        context.paths().names().resolve(record.name()),
        start.spec(),
        start.cgroups(),
        start.filter(),
        start.origins(),
        start.onFailure(),
        lockFd,
        traceFd,
        start.greeting());
  }

  List<String> environment() {
    List<String> environment = new ArrayList<>();
    for (Map.Entry<String, String> variable : context.environment().entrySet()) {
      environment.add(variable.getKey() + "=" + variable.getValue());
    }
    return environment;
  }
}
