package dev.brig.diagnose;

import dev.brig.error.BrigException;
import dev.brig.error.Failure;
import dev.brig.linux.Host;
import dev.brig.linux.Kernel;
import java.util.List;
import java.util.Optional;

/// Finds the cause of a failed call.
public final class Diagnoser {
  private final List<Examination> examinations;

  /// Makes a diagnoser.
  ///
  /// @param kernel the way to what is looked at
  /// @param host the facts of the host
  public Diagnoser(Kernel kernel, Host host) {
    this(kernel, host, new ProcFiles(kernel, "/proc"));
  }

  /// Makes a diagnoser that takes another directory for /proc.
  Diagnoser(Kernel kernel, Host host, ProcFiles proc) {
    // The special before the general: the first that finds something is heard.
    this.examinations =
        List.of(
            new IdMapExamination(host, proc),
            new ExecExamination(kernel, host, ProgramExamination.Executor.HOST),
            new NamespaceExamination(host, proc),
            new LimitExamination(host),
            new CgroupExamination(kernel, proc),
            new OverlayExamination(kernel, host, proc),
            new MountExamination(host, proc),
            new CredentialExamination(host, proc),
            new BusyExamination(kernel, proc),
            new SpaceExamination(kernel, host),
            new PathExamination(kernel, host));
  }

  /// Returns the failure with what was found.
  ///
  /// The [Failure] has step, call and errno of the failed call; finding and hint are empty if
  /// nothing was found. Never fails itself.
  public Failure diagnose(FailedCall call, Surroundings surroundings) {
    for (Examination examination : examinations) {
      Optional<Finding> found = attempt(examination, call, surroundings);
      if (found.isPresent()) {
        return failure(call, found.get());
      }
    }
    return failure(call, new Finding("", ""));
  }

  /// Returns the failure of a call with what was found.
  static Failure failure(FailedCall call, Finding finding) {
    return new Failure(
        call.why(),
        CallTexts.withoutEnvironment(call.call()),
        call.errno().name() + " (" + call.errno().text() + ")",
        finding.text(),
        finding.hint());
  }

  /// Examines, and finds nothing where that fails.
  static Optional<Finding> attempt(
      Examination examination, FailedCall call, Surroundings surroundings) {
    try {
      return examination.examine(call, surroundings);
    } catch (BrigException _) {
      // What can't be looked at is not said; ignored: the failure itself is told in any case.
      return Optional.empty();
    }
  }
}
