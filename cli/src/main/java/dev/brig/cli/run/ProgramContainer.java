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
import dev.brig.runtime.container.AppliedLimit;
import dev.brig.runtime.container.Degree;
import dev.brig.runtime.spec.Mount;
import dev.brig.runtime.spec.Process;
import dev.brig.runtime.spec.Spec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A program of brig's own, run in a container that is otherwise as its user wants it.
///
/// The program is a file in the container's directory on the host and is mounted read-only on
/// [#PROGRAM], as /etc/hosts is: nothing else differs from `brig run` with the same options.
public final class ProgramContainer implements AutoCloseable {
  /// Where the program is inside.
  public static final String PROGRAM = "/.brig-attack";

  private static final String FILE = "program";
  private static final int EXECUTABLE = 0755;

  private final Context context;
  private final StepContainer container;
  private final List<AppliedLimit> limits;

  private ProgramContainer(Context context, StepContainer container, List<AppliedLimit> limits) {
    this.context = context;
    this.container = container;
    this.limits = limits;
  }

  /// Makes the container; it does not run yet.
  ///
  /// @param arguments options as of `brig run`, and an image
  /// @throws dev.brig.error.BrigException if there can be no such container here
  public static ProgramContainer make(Context context, Reading.Arguments<RunOption> arguments) {
    refuse(arguments);
    List<Reading.Setting<RunOption>> settings = new ArrayList<>(arguments.settings());
    settings.add(new Reading.Setting<>(RunOption.ENTRYPOINT, ""));
    List<String> operands = List.of(arguments.operands().getFirst(), PROGRAM);
    RunOptions options =
        RunOptionsReader.read(new Reading.Arguments<>(settings, operands), context.environment());
    try (ImageStore images =
        context.images(context.imagesDirectory(), Preparation.layers(context, options))) {
      Image image = ImageRequest.of(arguments).resolve(context, images);
      Prepared prepared = new Preparation(context, context.containers()).prepare(image, options);
      return new ProgramContainer(
          context,
          StepContainer.make(context, holding(context, prepared)),
          prepared.record().limits());
    }
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
    Bundle bundle = prepared.bundle();
    Process process = bundle.spec().process();
    if (prepared.record().degree() == Degree.BARE && process != null) {
      // It stays among the host's files, where the program is.
      Spec spec =
          bundle.spec().toBuilder()
              .process(process.toBuilder().args(List.of(program)).build())
              .build();
      bundle = new Bundle(spec, spec, bundle.files(), bundle.volumes());
    } else {
      bundle = bundle.with(new Mount(PROGRAM, "bind", program, List.of("bind", "ro", "nosuid")));
    }
    return new Prepared(prepared.record(), bundle, prepared.cgroups(), prepared.filter());
  }

  private void write(byte[] program) {
    String path = container.paths().directory().resolve(FILE).toString();
    OpenFlag[] flags = {OpenFlag.O_WRONLY, OpenFlag.O_CREAT};
    try (Fd file = context.kernel().files().openat(Fd.CWD, path, EXECUTABLE, flags)) {
      context.kernel().files().writeAll(file, program);
      context.kernel().attributes().chmod(file, EXECUTABLE);
    }
  }

  /// Returns the limits that hold for the program, asked for or not.
  public List<AppliedLimit> limits() {
    return limits;
  }

  /// Runs a program to its end.
  ///
  /// @param program the bytes of an executable
  public StepContainer.Ended run(byte[] program) {
    write(program);
    return container.run();
  }

  @Override
  public void close() {
    container.close();
  }
}
