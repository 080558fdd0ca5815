package dev.brig.cli.run;

import dev.brig.cli.command.Context;
import dev.brig.diagnose.Diagnoser;
import dev.brig.diagnose.FailedCall;
import dev.brig.diagnose.Surroundings;
import dev.brig.diagnose.Surroundings.Credentials;
import dev.brig.diagnose.Surroundings.Credentials.Access;
import dev.brig.diagnose.Surroundings.Execution;
import dev.brig.diagnose.Surroundings.Mounted;
import dev.brig.error.Failure;
import dev.brig.linux.Capability;
import dev.brig.plan.Op;
import dev.brig.plan.Plan;
import dev.brig.plan.PlanText;
import dev.brig.plan.Step;
import dev.brig.runtime.container.ContainerPaths;
import dev.brig.runtime.container.ContainerRecord;
import dev.brig.runtime.launch.FailedStep;
import dev.brig.runtime.spec.LinuxCapabilities;
import dev.brig.runtime.spec.Mount;
import dev.brig.runtime.spec.Process;
import dev.brig.runtime.spec.Spec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Looks for the cause of a failed step in the container's files and on the host.
final class Diagnosis {
  private final Context context;

  Diagnosis(Context context) {
    this.context = context;
  }

  /// Returns the failure with what was found.
  ///
  /// @param step what the program reported
  /// @param plan the plan of the program, made again
  /// @param record the container
  /// @param paths its files
  /// @param spec its configuration
  Failure of(FailedStep step, Plan plan, ContainerRecord record, ContainerPaths paths, Spec spec) {
    int index = find(plan, step);
    if (index < 0) {
      return step.failure();
    }
    FailedCall call = FailedCall.of(plan, index, step.errno());
    try (LayerMounts mounts = new LayerMounts(context.kernel())) {
      return new Diagnoser(context.kernel(), context.host())
          .diagnose(call, surroundings(record, paths, spec, mounts));
    }
  }

  /// Returns the failure of a further process, with what was found.
  ///
  /// @param step what the program reported
  /// @param record the container that it should join
  /// @param paths the container's files
  /// @param spec the container's configuration
  Failure ofExec(FailedStep step, ContainerRecord record, ContainerPaths paths, Spec spec) {
    try (LayerMounts mounts = new LayerMounts(context.kernel())) {
      return ofExec(step, surroundings(record, paths, spec, mounts));
    }
  }

  private Failure ofExec(FailedStep step, Surroundings first) {
    String program = step.step().substring(step.step().lastIndexOf('/') + 1);
    Surroundings.Command command =
        new Surroundings.Command(
            List.of(program), first.command().searchPath(), first.command().workingDirectory());
    Surroundings surroundings =
        new Surroundings(
            first.layers(), first.work(), first.mounts(), command, first.credentials());
    try {
      FailedCall call = FailedCall.parse(step.step(), step.call(), step.errno());
      return new Diagnoser(context.kernel(), context.host()).diagnose(call, surroundings);
    } catch (IllegalArgumentException _) {
      // A call that brig does not know by name, ignored: the failure itself is told.
      return step.failure();
    }
  }

  /// Returns the position of the step in the plan, or -1. Its number can differ by what is there
  /// now and was not before, such as a cgroup's parent; its text can't.
  private static int find(Plan plan, FailedStep step) {
    List<Step> steps = plan.steps();
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i).op() instanceof Op.Call call
          && steps.get(i).why().equals(step.step())
          && PlanText.text(call).equals(step.call())) {
        return i;
      }
    }
    return -1;
  }

  /// Returns what is known of a container's root from outside.
  ///
  /// @param mounts where its layers are seen, as long as it is open
  static Surroundings surroundings(
      ContainerRecord record, ContainerPaths paths, Spec spec, LayerMounts mounts) {
    List<String> layers = new ArrayList<>();
    layers.add(paths.upper().toString());
    for (Path layer : record.image().layers().reversed()) {
      layers.add(mounts.path(layer.toString()));
    }
    Process process = spec.process();
    List<String> argv = process == null ? List.of() : process.args();
    List<String> env = process == null ? List.of() : process.env();
    String directory = process == null ? "/" : process.cwd();
    return new Surroundings(
        layers,
        paths.work().toString(),
        mounts(spec),
        new Surroundings.Command(argv, searchPath(env), directory),
        credentials(process));
  }

  private static List<Mounted> mounts(Spec spec) {
    List<Mounted> mounts = new ArrayList<>();
    for (Mount mount : spec.mounts()) {
      boolean noexec = mount.options().contains("noexec") || mount.options().contains("rnoexec");
      boolean copied = mount.options().contains("tmpcopyup");
      String own = copied ? Mounted.COPIED : "";
      String source = mount.source().startsWith("/") ? mount.source() : own;
      mounts.add(
          new Mounted(
              mount.destination(), source, noexec ? Execution.FORBIDDEN : Execution.ALLOWED));
    }
    return mounts;
  }

  private static List<String> searchPath(List<String> env) {
    for (String variable : env) {
      if (variable.startsWith("PATH=")) {
        return List.of(variable.substring("PATH=".length()).split(":"));
      }
    }
    return List.of();
  }

  private static Credentials credentials(@Nullable Process process) {
    if (process == null) {
      return new Credentials(0, 0, List.of(), Access.OVERRIDES);
    }
    LinuxCapabilities sets = process.capabilities();
    boolean overrides =
        sets != null && sets.effective().contains(Capability.CAP_DAC_OVERRIDE.name());
    return new Credentials(
        process.user().uid(),
        process.user().gid(),
        process.user().additionalGids(),
        overrides ? Access.OVERRIDES : Access.OBEYS);
  }
}
