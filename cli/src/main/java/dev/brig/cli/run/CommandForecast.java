package dev.brig.cli.run;

import dev.brig.cli.bundle.Monitor;
import dev.brig.cli.command.CommandException;
import dev.brig.cli.command.Context;
import dev.brig.diagnose.ExecForecast;
import dev.brig.diagnose.FailedCall;
import dev.brig.diagnose.Surroundings;
import dev.brig.diagnose.Surroundings.Mounted;
import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import dev.brig.namespaces.ProcessPlanner;
import dev.brig.plan.OnError;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.PlanText;
import dev.brig.plan.Step;
import dev.brig.runtime.container.ContainerPaths;
import dev.brig.runtime.container.ContainerRecord;
import dev.brig.runtime.launch.FailedStep;
import dev.brig.runtime.spec.Mount;
import dev.brig.runtime.spec.Process;
import dev.brig.runtime.spec.Spec;
import dev.brig.runtime.spec.SpecReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Says before gVisor is started whether it can execute the command: runsc ends with 128 whatever
/// is wrong, and its own words. The calls are those by which any other container would try.
final class CommandForecast {
  private final Context context;

  CommandForecast(Context context) {
    this.context = context;
  }

  /// Returns the failure that is sure, or empty.
  ///
  /// @param record a container of gVisor's
  /// @param paths its files
  Optional<CommandException> refusal(ContainerRecord record, ContainerPaths paths) {
    Spec inside = SpecReader.read(paths.directory().resolve(Monitor.GUEST));
    Process process = inside.process();
    if (process == null) {
      return Optional.empty();
    }
    try (LayerMounts mounts = new LayerMounts(context.kernel())) {
      Surroundings seen = seen(Diagnosis.surroundings(record, paths, inside, mounts));
      ExecForecast forecast =
          new ExecForecast(context.kernel(), context.host(), seen, empty(inside.mounts()));
      for (Step step : calls(process, seen)) {
        Op.Call call = (Op.Call) step.op();
        Optional<Errno> errno =
            forecast.refusal(((Operand.Text) call.arguments().getFirst()).value());
        if (errno.isEmpty()) {
          return Optional.empty();
        }
        if (call.onError() instanceof OnError.Divert(Set<Errno> passed, var _)
            && passed.contains(errno.get())) {
          continue;
        }
        String text = PlanText.text(call);
        FailedCall failed = FailedCall.parse(step.why(), text, errno.get());
        int status = new FailedStep(0, step.why(), text, errno.get()).exitStatus();
        return Optional.of(new CommandException(record.name(), forecast.failure(failed), status));
      }
    }
    return Optional.empty();
  }

  private static List<Step> calls(Process process, Surroundings seen) {
    PlanBuilder plan = new PlanBuilder();
    ProcessPlanner.execute(plan, process.args(), process.env(), seen.command().searchPath());
    List<Step> calls = new ArrayList<>();
    for (Step step : plan.build().steps()) {
      if (step.op() instanceof Op.Call call && call.syscall() == Syscall.EXECVE) {
        calls.add(step);
      }
    }
    return calls;
  }

  /// gVisor copies nothing into a new filesystem.
  private static Surroundings seen(Surroundings surroundings) {
    List<Mounted> mounts = new ArrayList<>();
    for (Mounted mount : surroundings.mounts()) {
      boolean own = mount.source().equals(Mounted.COPIED);
      mounts.add(own ? new Mounted(mount.target(), "", mount.execution()) : mount);
    }
    return new Surroundings(
        surroundings.layers(),
        surroundings.work(),
        mounts,
        surroundings.command(),
        surroundings.credentials());
  }

  private static Set<String> empty(List<Mount> mounts) {
    Set<String> empty = new HashSet<>();
    for (Mount mount : mounts) {
      if (mount.type().equals("tmpfs")) {
        empty.add(mount.destination());
      }
    }
    for (Mount mount : mounts) {
      empty.removeIf(target -> mount.destination().startsWith(target + "/"));
    }
    return empty;
  }
}
