package dev.brig.cli;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.oci.OciTraining;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Option;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.linux.Errno;
import dev.brig.linux.Kernel;
import dev.brig.linux.Syscall;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// `brig internal-train`: goes the ways that commands go, of `brig` or of `brig-oci`, for the
/// archive of classes that the build makes of whatever was loaded. The JVM takes all of an archive
/// at its start, so that each has its own. No container is started: the last call of `run` is not
/// made.
///
/// All state must be below BRIG_ROOT, a directory that its caller removes.
final class TrainCommand implements Command<Option> {
  private static final long ORDINARY_USER = 1000;

  /// What people type most, and one failure of each kind. Not `wait`: the container of the training
  /// never runs, so that it would wait for ever.
  private static final List<List<String>> COMMAND_LINES =
      List.of(
          List.of("--version"),
          List.of("--help"),
          List.of("run", "--help"),
          List.of("run", "--rm", "host", "true"),
          List.of(
              "run",
              "-d",
              "--name=training",
              "--memory=64m",
              "--cpus=1.5",
              "--pids-limit=100",
              "-e",
              "A=B",
              "-v",
              "/usr:/mnt:ro",
              "--tmpfs=/tmp",
              "--user=0:0",
              "-w",
              "/",
              "host",
              "sh",
              "-c",
              "true"),
          List.of("create", "--name=training", "host", "true"),
          List.of("start", "training"),
          List.of("ps"),
          List.of("ps", "-a"),
          List.of("inspect", "training"),
          List.of("logs", "training"),
          List.of("exec", "training", "true"),
          List.of("stop", "training"),
          List.of("rm", "training"),
          List.of("images"),
          List.of("explain", "run", "host", "true"),
          List.of("run", "--no-such-option", "host"),
          List.of("run", "--pull=never", "no-such-image"));

  private final Context context;

  TrainCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<Option> syntax() {
    return new Syntax<>(
        "internal-train",
        "Called by the build.",
        List.of(),
        Operands.exactly(1, "brig|oci"),
        List.of());
  }

  @Override
  public int run(Reading.Arguments<Option> arguments) {
    if (arguments.operands().getFirst().equals("oci")) {
      trainRuntime();
    } else {
      train();
    }
    return ExitCodes.SUCCESS;
  }

  private void trainRuntime() {
    long refused = -Errno.ENOSYS.number();
    Map<Syscall, Long> unheard =
        Map.of(Syscall.EXECVE, refused, Syscall.EXECVEAT, refused, Syscall.PIDFD_SEND_SIGNAL, 0L);
    new OciTraining(context.environment(), context.kernel().answering(unheard))
        .run(context.paths().root());
  }

  private void train() {
    Kernel kernel = context.kernel();
    long refused = -Errno.ENOSYS.number();
    Map<Syscall, Long> here = Map.of(Syscall.EXECVE, refused, Syscall.EXECVEAT, refused);
    Map<Syscall, Long> rootless =
        Map.of(
            Syscall.EXECVE,
            refused,
            Syscall.EXECVEAT,
            refused,
            Syscall.GETEUID,
            ORDINARY_USER,
            Syscall.GETEGID,
            ORDINARY_USER);
    for (List<String> words : COMMAND_LINES) {
      walk(words, kernel.answering(here));
    }
    walk(List.of("run", "--rm", "host", "true"), kernel.answering(rootless));
  }

  /// How a command ends is no matter here: what it loads on the way is.
  private void walk(List<String> words, Kernel kernel) {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    var _ = new Main(context.environment(), nowhere, nowhere, kernel).run(words);
  }
}
