package dev.brig.cli.run;

import dev.brig.cgroups.CgroupPlan;
import dev.brig.cli.command.Context;
import dev.brig.compiler.CompileOptions;
import dev.brig.namespaces.ProcessRequest.Filter;
import dev.brig.plan.Plan;
import dev.brig.runtime.compile.Launch.Removal;
import dev.brig.runtime.container.ContainerPaths;
import dev.brig.runtime.container.ContainerRecord;
import dev.brig.runtime.container.LockedContainer;
import dev.brig.runtime.launch.ContainerLauncher;
import dev.brig.runtime.launch.StartRequest;
import dev.brig.runtime.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Starts containers: this process becomes the program that runs and supervises one.
final class ContainerStarter {
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
  record Start(
      Spec spec,
      CgroupPlan cgroups,
      Filter filter,
      Map<String, String> origins,
      Removal onFailure) {}

  /// Starts a container. Returns only by an exception, with the container as it was.
  RuntimeException become(LockedContainer container, Start start) {
    StartRequest request =
        request(container.record(), container.paths(), start, container.lockFd());
    Plan plan = launcher.plan(request);
    context.out().flush();
    container.start();
    return launcher.become(request, plan, List.of(), environment());
  }

  /// Returns the plan of a container that is not there.
  Plan plan(ContainerRecord record, ContainerPaths paths, Start start) {
    // The number that the lock's descriptor usually has, so that the plan reads as a real one does.
    int lockFd = 10;
    return launcher.plan(request(record, paths, start, lockFd));
  }

  private StartRequest request(
      ContainerRecord record, ContainerPaths paths, Start start, int lockFd) {
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
        CompileOptions.NO_TRACE);
  }

  private List<String> environment() {
    List<String> environment = new ArrayList<>();
    for (Map.Entry<String, String> variable : context.environment().entrySet()) {
      environment.add(variable.getKey() + "=" + variable.getValue());
    }
    return environment;
  }
}
