package dev.brig.cli.run;

import dev.brig.cli.bundle.Bundle;
import dev.brig.cli.bundle.RunOptions;
import dev.brig.cli.command.Context;
import dev.brig.cli.run.Preparation.Prepared;
import dev.brig.cli.syntax.Reading;
import dev.brig.error.UsageException;
import dev.brig.image.Image;
import dev.brig.image.store.ImageStore;
import dev.brig.linux.Fd;
import dev.brig.linux.OpenFlag;
import dev.brig.runtime.container.ContainerPaths;
import dev.brig.runtime.container.Degree;
import dev.brig.runtime.spec.Mount;
import dev.brig.runtime.spec.Process;
import dev.brig.runtime.spec.Spec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A program of brig's own, run in a container that is otherwise as its user wants it.
///
/// The program is a file in the container's directory on the host and is mounted read-only on
/// [#PROGRAM], as /etc/hosts is: nothing else differs from `brig run` with the same options.
public final class Trial implements AutoCloseable {
  /// Where the program is inside.
  public static final String PROGRAM = "/.brig-attack";

  private static final String FILE = "program";
  private static final int OUTPUT_BYTES_MAX = 1 << 20;
  private static final int EXECUTABLE = 0755;

  private final Context context;
  private final StepContainer container;

  private Trial(Context context, StepContainer container) {
    this.context = context;
    this.container = container;
  }

  /// How a program ended.
  ///
  /// @param status its exit status as a shell has it; 125 to 127 if it was not started
  /// @param output what it wrote, or why it was not started
  public record Ended(int status, String output) {}

  /// Makes the container; it does not run yet.
  ///
  /// @param arguments options as of `brig run`, and an image
  /// @param program the bytes of an executable
  /// @throws dev.brig.error.BrigException if there can be no such container here
  public static Trial make(
      Context context, Reading.Arguments<RunOption> arguments, byte[] program) {
    refuse(arguments);
    List<Reading.Setting<RunOption>> settings = new ArrayList<>(arguments.settings());
    settings.add(new Reading.Setting<>(RunOption.ENTRYPOINT, ""));
    List<String> operands = List.of(arguments.operands().getFirst(), PROGRAM);
    RunOptions options =
        RunOptionsReader.read(new Reading.Arguments<>(settings, operands), context.environment());
    Degree degree = options.isolation().degree();
    if (degree.hasOwnKernel()) {
      throw new UsageException(
          "--isolation " + degree.text(),
          "has a kernel of its own, and the attacks are aimed at this machine's",
          "brig attack --isolation container IMAGE, or a degree below it");
    }
    StepContainer container;
    try (ImageStore images =
        context.images(context.imagesDirectory(), Preparation.layers(context, options))) {
      Image image = ImageRequest.of(arguments).resolve(context, images);
      Prepared prepared = new Preparation(context, context.containers()).prepare(image, options);
      container = StepContainer.make(context, holding(context, prepared));
    }
    Trial trial = new Trial(context, container);
    try {
      trial.write(program);
    } catch (RuntimeException e) {
      container.close();
      throw e;
    }
    return trial;
  }

  /// Refuses what makes no sense for a command that is not the user's.
  private static void refuse(Reading.Arguments<RunOption> arguments) {
    for (Reading.Setting<RunOption> setting : arguments.settings()) {
      switch (setting.option()) {
        case DETACH, TTY, INTERACTIVE, TRACE, REPLACE, ENTRYPOINT, CIDFILE, PIDFILE -> {
          if (!setting.value().equals("false")) {
            throw new UsageException(
                setting.option().longestName(),
                "is about a command of yours, and here brig runs its own",
                "leave it out");
          }
        }
        default -> {}
      }
    }
  }

  /// Returns the container with the program in it, in one way or the other.
  private static Prepared holding(Context context, Prepared prepared) {
    Path directory = context.paths().of(prepared.record().id()).directory();
    String program = directory.resolve(FILE).toString();
    Spec spec = prepared.bundle().spec();
    Spec.Builder builder = spec.toBuilder();
    Process process = spec.process();
    if (prepared.record().degree() == Degree.BARE && process != null) {
      // It stays among the host's files, where the program is.
      builder.process(process.toBuilder().args(List.of(program)).build());
    } else {
      List<Mount> mounts = new ArrayList<>(spec.mounts());
      mounts.add(new Mount(PROGRAM, "bind", program, List.of("bind", "ro", "nosuid")));
      builder.mounts(mounts);
    }
    return new Prepared(
        prepared.record(),
        new Bundle(
            builder.build(),
            builder.build(),
            prepared.bundle().files(),
            prepared.bundle().volumes()),
        prepared.cgroups(),
        prepared.filter());
  }

  private void write(byte[] program) {
    String path = paths().directory().resolve(FILE).toString();
    OpenFlag[] flags = {OpenFlag.O_WRONLY, OpenFlag.O_CREAT};
    try (Fd file = context.kernel().files().openat(Fd.CWD, path, EXECUTABLE, flags)) {
      context.kernel().files().writeAll(file, program);
      context.kernel().attributes().chmod(file, EXECUTABLE);
    }
  }

  private ContainerPaths paths() {
    return container.paths();
  }

  /// Runs the program to its end.
  public Ended run() {
    String log = paths().log().toString();
    OpenFlag[] flags = {OpenFlag.O_RDWR, OpenFlag.O_CREAT, OpenFlag.O_APPEND};
    try (Fd output = context.kernel().files().openat(Fd.CWD, log, 0600, flags)) {
      int status = container.run(output);
      context.kernel().files().seek(output, 0);
      byte[] bytes = context.kernel().files().readAll(output, OUTPUT_BYTES_MAX);
      return new Ended(status, new String(bytes, StandardCharsets.UTF_8));
    }
  }

  @Override
  public void close() {
    container.close();
  }
}
