package dev.brig.cli.run;

import dev.brig.cli.bundle.RunOptions;
import dev.brig.cli.command.Context;
import dev.brig.cli.run.ContainerMaker.Made;
import dev.brig.cli.run.Preparation.Prepared;
import dev.brig.cli.syntax.Reading;
import dev.brig.image.Image;
import dev.brig.linux.Fd;
import dev.brig.linux.FileCalls;
import dev.brig.linux.OpenFlag;
import dev.brig.linux.Signal;
import dev.brig.runtime.compile.Launch.Removal;
import dev.brig.runtime.container.ContainerOption;
import dev.brig.runtime.container.ContainerPaths;
import dev.brig.runtime.container.LockedContainer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A container that runs one command while this process waits, and whose files this process then
/// reads. It goes away when this is closed, and if this process is killed, with the next brig.
public final class StepContainer implements AutoCloseable {
  private static final int OUTPUT_BYTES_MAX = 1 << 20;
  private static final int PRIVATE = 0600;

  private final Context context;
  private final Made made;
  private volatile int supervisor;
  private volatile boolean ended;

  private StepContainer(Context context, Made made) {
    this.context = context;
    this.made = made;
  }

  /// How a command ended.
  ///
  /// @param status its exit status as a shell has it; 125 to 127 if it was not started
  /// @param output what it wrote, or why it was not started
  public record Ended(int status, String output) {}

  /// Makes a container; it does not run yet.
  ///
  /// @param context the machine and brig's state
  /// @param image what it is made from; nobody may remove it meanwhile
  /// @param settings options as of `brig run`
  /// @param command the words of the command
  /// @throws dev.brig.error.BrigException if there can be no such container here
  public static StepContainer make(
      Context context,
      Image image,
      List<Reading.Setting<RunOption>> settings,
      List<String> command) {
    List<String> operands = new ArrayList<>();
    operands.add(image.name());
    operands.addAll(command);
    RunOptions options =
        RunOptionsReader.read(new Reading.Arguments<>(settings, operands), context.environment());
    return make(context, new Preparation(context, context.containers()).prepare(image, options));
  }

  /// Makes a container that was worked out; it does not run yet.
  static StepContainer make(Context context, Prepared prepared) {
    Set<ContainerOption> marks = EnumSet.of(ContainerOption.STEP);
    marks.addAll(prepared.record().options());
    Prepared marked =
        new Prepared(
            prepared.record().toBuilder().options(marks).build(),
            prepared.bundle(),
            prepared.cgroups(),
            prepared.filter());
    return new StepContainer(context, new ContainerMaker(context).make(marked, ""));
  }

  /// Returns the container's files.
  public ContainerPaths paths() {
    return made.container().paths();
  }

  /// Runs the command to its end.
  ///
  /// @param output what becomes its standard output and standard error
  /// @return the status as a shell has it
  public int run(Fd output) {
    ContainerStarter.Start start =
        new ContainerStarter.Start(
            made.prepared().bundle().spec(),
            made.prepared().cgroups(),
            made.prepared().filter(),
            Map.of(),
            Removal.KEEP,
            ContainerStarter.Tracing.OFF,
            "");
    int pid = new ContainerStarter(context).spawn(made.container(), start, output);
    supervisor = pid;
    if (ended) {
      kill();
    }
    int status = context.kernel().processes().waitFor(pid).shellStatus();
    supervisor = 0;
    return status;
  }

  /// Runs the command to its end, with its output kept in the container's log.
  public Ended run() {
    OpenFlag[] flags = {OpenFlag.O_RDWR, OpenFlag.O_CREAT, OpenFlag.O_APPEND};
    FileCalls files = context.kernel().files();
    try (Fd log = files.openat(Fd.CWD, paths().log().toString(), PRIVATE, flags)) {
      int status = run(log);
      files.seek(log, 0);
      byte[] bytes = files.readAll(log, OUTPUT_BYTES_MAX);
      return new Ended(status, new String(bytes, StandardCharsets.UTF_8));
    }
  }

  /// Ends the command from another thread; [#run] then returns.
  public void kill() {
    ended = true;
    int pid = supervisor;
    if (pid > 0) {
      var _ = context.kernel().processes().kill(pid, Signal.SIGKILL.number());
    }
  }

  @Override
  public void close() {
    try (LockedContainer container = made.container()) {
      container.finish();
      container.remove();
    }
  }
}
