package dev.brig.cli.run;

import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Syntax;
import java.util.List;

/// The command lines that make containers.
public final class RunSyntax {
  private static final Operands IMAGE = Operands.lastFrom(1, "IMAGE [COMMAND [ARG...]]");

  private RunSyntax() {}

  /// Returns the command line of `run`.
  public static Syntax<RunOption> run() {
    return new Syntax<>(
        "run",
        "Make a container from an image and run a command in it.",
        List.of(RunOption.values()),
        IMAGE,
        List.of(
            "",
            "IMAGE is host (this machine's root below a private layer), the name of an image,",
            "which is got from its registry if it is not here, or a path beginning with / or",
            "./: a directory, a root file system's tar, an OCI layout, a docker-archive.",
            "Sizes take the suffixes b, k, m, g. The exit status is the command's: 125 brig",
            "failed, 126 not executable, 127 not found, 128+n signal.",
            "",
            "Examples:",
            "  brig run --rm host cat /etc/os-release",
            "  brig run --rm -it --memory 64m --pids-limit 20 debian bash",
            "  brig run -d --name web -v ./site:/srv:ro --read-only ./rootfs.tar httpd -f",
            "  brig explain run --rm host true       each system call, and why"));
  }

  /// Returns the command line of `create`.
  public static Syntax<RunOption> create() {
    return new Syntax<>(
        "create",
        "Make a container from an image without starting it; print its id.",
        List.of(RunOption.values()),
        IMAGE,
        List.of(
            "",
            "brig run --help says what IMAGE can be.",
            "",
            "Example:",
            "  brig start -a $(brig create host date)"));
  }
}
