package dev.brig.diagnose;

import dev.brig.diagnose.FailedCall.Side;
import dev.brig.diagnose.Surroundings.Credentials;
import dev.brig.linux.Capability;
import dev.brig.linux.Errno;
import dev.brig.linux.Host;
import dev.brig.linux.Identity;
import dev.brig.linux.Kernel;
import dev.brig.linux.Syscall;
import java.util.List;
import java.util.Optional;

/// Which part of a path made any call fail: a name that is missing, a file where a directory has to
/// be, a circle of links, a directory that may not be passed.
final class PathExamination implements Examination {
  private final Kernel kernel;
  private final Host host;

  PathExamination(Kernel kernel, Host host) {
    this.kernel = kernel;
    this.host = host;
  }

  @Override
  public Optional<Finding> examine(FailedCall call, Surroundings surroundings) {
    Surroundings seen =
        call.subject().side() == Side.HOST ? Surroundings.host(caller()) : surroundings;
    String where = call.subject().side() == Side.HOST ? "the host" : "this root";
    RootView root = new RootView(kernel, seen);
    for (String text : call.subject().texts()) {
      boolean inside = call.syscall() == Syscall.OPENAT2 && call.subject().side() == Side.CONTAINER;
      if (text.startsWith("/") || inside) {
        Optional<Finding> found =
            new PathExplanation(seen.credentials())
                .explain(root.walk(inside ? "/" + text : text), call.errno(), where);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    if (call.errno() == Errno.EINVAL && call.syscall() == Syscall.WRITE) {
      return setting(call.mentioned("/proc/sys/"), call.text());
    }
    return leading(call);
  }

  private static Optional<Finding> setting(String file, String value) {
    return file.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Finding(
                "the kernel does not take " + value + " for " + file,
                "cat " + file + " shows a value that it takes"));
  }

  private Credentials caller() {
    Identity identity = host.identity();
    boolean overrides = identity.effective().contains(Capability.CAP_DAC_OVERRIDE);
    return new Credentials(
        Integer.toUnsignedLong(identity.euid()),
        Integer.toUnsignedLong(identity.egid()),
        List.of(),
        overrides ? Credentials.Access.OVERRIDES : Credentials.Access.OBEYS);
  }

  private static Optional<Finding> leading(FailedCall call) {
    String path = call.text();
    if (call.errno() == Errno.EXDEV && call.subject().side() == Side.CONTAINER) {
      return Optional.of(
          new Finding(
              "\"" + path + "\" leads out of the directory that it has to stay in",
              "a symbolic link of the image, or a mount on the way, is to blame"));
    }
    if (call.errno() == Errno.ENAMETOOLONG) {
      return Optional.of(
          new Finding("a path has at most 4095 bytes, and each name in it at most 255", ""));
    }
    return Optional.empty();
  }
}
