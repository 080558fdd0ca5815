package dev.brig.cli.guest;

import dev.brig.cli.bundle.Monitor.Gvisor;
import dev.brig.cli.command.Context;
import dev.brig.error.UnsupportedException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Finds gVisor's runtime and which of its platforms works here: by trying, since neither a device
/// file nor a version says. The answer is kept.
///
/// @see <a href="https://gvisor.dev/docs/architecture_guide/platforms/">gVisor's platforms</a>
final class GvisorProbe {
  private static final String DEGREE = "--isolation gvisor";
  // The fastest first; which of them there are depends on the version.
  private static final List<String> PLATFORMS = List.of("systrap", "kvm", "ptrace");
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final Context context;

  GvisorProbe(Context context) {
    this.context = context;
  }

  /// Returns the runtime with a platform that works.
  ///
  /// @throws UnsupportedException if there is none
  Gvisor gvisor() {
    String program = program();
    Verdicts verdicts = new Verdicts(context, "gvisor");
    String subject = Verdicts.version(program) + " " + context.host().release();
    Optional<String> known = verdicts.find(subject);
    if (known.isPresent()) {
      return new Gvisor(program, known.get());
    }
    for (String platform : PLATFORMS) {
      if (works(program, platform)) {
        verdicts.keep(subject, platform);
        return new Gvisor(program, platform);
      }
    }
    throw new UnsupportedException(
        DEGREE, "none of runsc's platforms works here: " + PLATFORMS, "see runsc --debug do true");
  }

  private String program() {
    return context
        .program("runsc")
        .orElseThrow(() ->
            new UnsupportedException(
                DEGREE, "runsc is not installed", "apt-get install runsc, or see gvisor.dev"));
  }

  /// In namespaces of its own, so that all of it ends with the time.
  private static boolean works(String program, String platform) {
    List<String> command =
        List.of(
            "unshare",
            "--mount",
            "--pid",
            "--fork",
            "--kill-child",
            "--mount-proc",
            "sh",
            "-c",
            "cd / && mount -t tmpfs runsc /tmp && exec \"$@\"",
            "sh",
            program,
            "--root",
            "/tmp",
            "--ignore-cgroups",
            "--network",
            "none",
            "--platform",
            platform,
            "do",
            "true");
    return new Trial(command).succeedsWithin(LIMIT);
  }
}
