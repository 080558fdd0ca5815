package dev.brig.diagnose;

import dev.brig.diagnose.Lookup.Found;
import dev.brig.diagnose.ProgramExamination.Executor;
import dev.brig.diagnose.ProgramExamination.Obstacle;
import dev.brig.error.BrigException;
import dev.brig.error.Failure;
import dev.brig.linux.Errno;
import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.FileType;
import dev.brig.linux.Host;
import dev.brig.linux.Kernel;
import dev.brig.linux.Links;
import java.util.Optional;
import java.util.Set;

/// What execve(2) will say in a root that gVisor is to serve, by looking at the files before it
/// does: its runtime ends with the same status whatever was in the way.
///
/// Only what is certain is foretold; whatever can't be looked at from here is left to gVisor.
public final class ExecForecast {
  private final Kernel kernel;
  private final Host host;
  private final Surroundings surroundings;
  private final Set<String> empty;

  /// Makes a forecast.
  ///
  /// @param surroundings the root, and who executes
  /// @param empty targets of mounts that begin with nothing on them, and have no mount below them
  public ExecForecast(Kernel kernel, Host host, Surroundings surroundings, Set<String> empty) {
    this.kernel = kernel;
    this.host = host;
    this.surroundings = surroundings;
    this.empty = Set.copyOf(empty);
  }

  /// Returns the error with which a file can't be executed, or empty if nothing speaks against it.
  ///
  /// @param path absolute, or relative to the working directory
  public Optional<Errno> refusal(String path) {
    RootView root = new RootView(kernel, surroundings);
    try {
      return isSeen()
          ? switch (root.walk(path)) {
            case Lookup.Missing _ -> Optional.of(Errno.ENOENT);
            case Lookup.Blocked _ -> Optional.of(Errno.ENOTDIR);
            case Lookup.Loop _ -> Optional.of(Errno.ELOOP);
            case Lookup.Hidden hidden ->
                empty.contains(hidden.path()) ? Optional.of(Errno.ENOENT) : Optional.empty();
            case Found found -> refusal(root, path, found);
          }
          : Optional.empty();
    } catch (BrigException _) {
      // What can't be looked at is not foretold: ignored.
      return Optional.empty();
    }
  }

  private Optional<Errno> refusal(RootView root, String path, Found found) {
    if (path.endsWith("/") && found.status().type() == FileType.REGULAR) {
      return Optional.of(Errno.ENOTDIR);
    }
    return new ProgramExamination(kernel, host, root, surroundings.credentials(), Executor.GVISOR)
        .examine(path, found)
        .map(Obstacle::errno);
  }

  /// A layer that is still an image hides all below it.
  private boolean isSeen() {
    for (String layer : surroundings.layers()) {
      Optional<FileStatus> status = kernel.attributes().statIfPresent(Fd.CWD, layer, Links.FOLLOW);
      if (status.isEmpty() || !status.get().isDirectory()) {
        return false;
      }
    }
    return true;
  }

  /// Returns the failure of a call that was foretold, with its cause.
  public Failure failure(FailedCall call) {
    Examination examination = new ExecExamination(kernel, host, Executor.GVISOR);
    Finding finding =
        Diagnoser.attempt(examination, call, surroundings).orElse(new Finding("", ""));
    return Diagnoser.failure(call, finding);
  }
}
