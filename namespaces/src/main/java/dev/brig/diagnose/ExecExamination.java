package dev.brig.diagnose;

import dev.brig.diagnose.Lookup.Found;
import dev.brig.diagnose.ProgramExamination.Executor;
import dev.brig.linux.Host;
import dev.brig.linux.Kernel;
import dev.brig.linux.Syscall;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Why a program could not be executed.
///
/// @see <a href="https://man7.org/linux/man-pages/man2/execve.2.html">execve(2)</a>
final class ExecExamination implements Examination {
  private final Kernel kernel;
  private final Host host;

  private final Executor executor;

  ExecExamination(Kernel kernel, Host host, Executor executor) {
    this.kernel = kernel;
    this.host = host;
    this.executor = executor;
  }

  @Override
  public Optional<Finding> examine(FailedCall call, Surroundings surroundings) {
    if (call.syscall() != Syscall.EXECVE && call.syscall() != Syscall.EXECVEAT) {
      return Optional.empty();
    }
    Surroundings seen =
        call.subject().side() == FailedCall.Side.CONTAINER
            ? surroundings
            : Surroundings.host(surroundings.credentials());
    RootView root = new RootView(kernel, seen);
    return switch (call.errno()) {
      case ENOENT, ENOTDIR, EACCES, ENOEXEC, ELOOP, EPERM, EINVAL, ELIBBAD ->
          explain(call, seen, root);
      case E2BIG ->
          Optional.of(
              new Finding(
                  "arguments and environment together are larger than the kernel takes, or one of"
                      + " them than 128 KiB",
                  "pass less: a file, or standard input; a quarter of the stack limit (--ulimit"
                      + " stack=…) is the kernel's bound"));
      case ETXTBSY ->
          Optional.of(
              new Finding(
                  call.text() + " is open for writing, so it can't be executed",
                  "close it where it is written"));
      default -> Optional.empty();
    };
  }

  private Optional<Finding> explain(FailedCall call, Surroundings surroundings, RootView root) {
    List<String> argv = surroundings.command().argv();
    String wanted = argv.isEmpty() ? call.text() : argv.getFirst();
    if (wanted.isEmpty()) {
      return Optional.of(
          new Finding("the command is an empty word", "name a program after the image"));
    }
    List<String> inPath = candidates(surroundings, wanted);
    // An init or a hook is executed by its path, whatever the command is.
    boolean searched = !wanted.contains("/") && inPath.contains(call.text());
    List<String> candidates = searched ? inPath : List.of(call.text());
    ProgramExamination program =
        new ProgramExamination(kernel, host, root, surroundings.credentials(), executor);
    for (String candidate : candidates) {
      // execve(2) was tried for each, and the search went on where nothing could be executed; the
      // first file
      // that is there is what the user means.
      if (root.walk(candidate) instanceof Found found) {
        return program.examine(candidate, found).map(ProgramExamination.Obstacle::finding);
      }
    }
    if (searched) {
      return Optional.of(notInPath(surroundings, wanted, root));
    }
    return new PathExplanation(surroundings.credentials())
        .explain(root.walk(call.text()), call.errno(), "this root");
  }

  private static List<String> candidates(Surroundings surroundings, String name) {
    List<String> candidates = new ArrayList<>();
    for (String directory : surroundings.command().searchPath()) {
      candidates.add(RootView.join(directory, name));
    }
    return candidates;
  }

  private static Finding notInPath(Surroundings surroundings, String name, RootView root) {
    List<String> path = surroundings.command().searchPath();
    String text =
        path.isEmpty()
            ? "there is no PATH in which to look for \"" + name + "\""
            : "\"" + name + "\" is in none of the directories of PATH: " + String.join(":", path);
    String[] usual = {
      "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/games"
    };
    for (String directory : usual) {
      if (root.walk(RootView.join(directory, name)) instanceof Found) {
        return new Finding(
            text, "it is in " + directory + ": name it with its directory, or set PATH with -e");
      }
    }
    if (root.walk(name) instanceof Found) {
      return new Finding(text, "it is in the working directory: write ./" + name);
    }
    boolean shell = root.walk("/bin/sh") instanceof Found;
    return new Finding(
        text,
        shell
            ? "the image does not have this program; a shell in it: /bin/sh"
            : "the image does not have this program, nor a /bin/sh");
  }
}
