package dev.brig.cli.run;

import dev.brig.cli.command.CommandException;
import dev.brig.cli.command.Context;
import dev.brig.error.BrigException;
import dev.brig.error.Failure;
import dev.brig.plan.Plan;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.container.ContainerId;
import dev.brig.runtime.container.ContainerOption;
import dev.brig.runtime.container.ContainerPaths;
import dev.brig.runtime.container.ContainerRecord;
import dev.brig.runtime.container.ExitRecord;
import dev.brig.runtime.container.LockedContainer;
import dev.brig.runtime.container.Reason;
import dev.brig.runtime.launch.FailedStep;
import dev.brig.runtime.launch.LimitWords;
import dev.brig.runtime.spec.Spec;
import java.util.List;
import java.util.Optional;

/// What brig does for a program that has come to its end: words about limits, the diagnosis of a
/// failed step, and the removal of what the program could not remove.
final class Aftermath {
  private static final int MILLIS = 1000;

  private final Context context;

  Aftermath(Context context) {
    this.context = context;
  }

  /// What a program reports of a step that failed.
  ///
  /// @param step the call's number in the plan
  /// @param errno the number of the error
  /// @param text the reason and the call
  record Report(int step, int errno, String text) {}

  /// How a command ended, as waitid(2) says it.
  ///
  /// @param code `si_code`
  /// @param status `si_status`
  record End(int code, int status) {}

  /// Ends the life of a container whose command has ended.
  ///
  /// @return the command's exit status
  int finish(String id, int lockFd, End end) {
    ExitRecord exit =
        new ExitRecord(
            ExitRecord.Cause.of(end.code()), end.status(), System.currentTimeMillis() / MILLIS);
    Optional<LockedContainer> adopted =
        context.containersAsTheyAre().adopt(new ContainerId(id), lockFd);
    if (adopted.isEmpty()) {
      // The program had removed all but some files of it, which are gone now.
      return exit.exitCode();
    }
    try (LockedContainer container = adopted.get()) {
      recordIfMissing(container, exit);
      new TraceFiles(context.kernel(), container.paths()).print(context.err());
      tellLimits(container);
      container.finish();
      return exit.exitCode();
    }
  }

  private void tellLimits(LockedContainer container) {
    ContainerRecord record = container.record();
    try {
      List<String> sentences =
          new LimitWords(context.kernel())
              .say(context.containersAsTheyAre().spec(record.id()), record.cgroups());
      for (String sentence : sentences) {
        Reason.Kind kind = sentence.startsWith("killed") ? Reason.Kind.OOM : Reason.Kind.LIMIT;
        context.err().println("brig: " + record.name() + ": " + sentence);
        container.addReason(new Reason(kind, sentence));
      }
    } catch (BrigException e) {
      // The container is brought to its end all the same.
      context.warn(record.name() + ": " + e.failure().line());
    }
  }

  /// Records the end if the program could not; what can't be recorded is at least said.
  private void recordIfMissing(LockedContainer container, ExitRecord exit) {
    if (container.view().ended().isPresent()) {
      return;
    }
    try {
      container.recordExit(exit);
    } catch (BrigException e) {
      context.warn(
          container.record().name()
              + " ended with status "
              + exit.exitCode()
              + ", which could not be recorded: "
              + e.failure().line());
    }
  }

  /// Diagnoses a container that could not be started, and removes what is left of it.
  RuntimeException failed(String id, int lockFd, String onFailure, Report report) {
    FailedStep step = FailedStep.parse(report.step(), report.errno(), report.text());
    Optional<LockedContainer> adopted =
        context.containersAsTheyAre().adopt(new ContainerId(id), lockFd);
    if (adopted.isEmpty()) {
      return new CommandException("", step.failure(), step.exitStatus());
    }
    try (LockedContainer container = adopted.get()) {
      new TraceFiles(context.kernel(), container.paths()).print(context.err());
      Failure failure = diagnose(step, container.record(), container.paths());
      long now = System.currentTimeMillis() / MILLIS;
      container.recordExit(new ExitRecord(ExitRecord.Cause.EXITED, step.exitStatus(), now));
      container.addReason(new Reason(Reason.Kind.FAILED, failure.line()));
      container.finish();
      if (onFailure.equals("remove") && !container.record().has(ContainerOption.RM)) {
        container.remove();
      }
      return new CommandException(container.record().name(), failure, step.exitStatus());
    }
  }

  /// Diagnoses a process that could not join a container.
  RuntimeException execFailed(String id, Report report) {
    FailedStep step = FailedStep.parse(report.step(), report.errno(), report.text());
    Container container = context.containersAsTheyAre().find(id);
    Spec spec = context.containersAsTheyAre().spec(container.id());
    Failure failure =
        new Diagnosis(context).ofExec(step, container.record(), container.paths(), spec);
    return new CommandException(container.name(), failure, step.exitStatus());
  }

  private Failure diagnose(FailedStep step, ContainerRecord record, ContainerPaths paths) {
    Spec spec = context.containersAsTheyAre().spec(record.id());
    ContainerStarter starter = new ContainerStarter(context);
    try {
      Plan plan = starter.plan(record, paths, starter.again(record, paths, spec));
      return new Diagnosis(context).of(step, plan, record, paths, spec);
    } catch (BrigException _) {
      // What can't be planned again can't be diagnosed; ignored: the failure itself is told.
      return step.failure();
    }
  }
}
