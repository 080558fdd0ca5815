package dev.brig.cli.run;

import dev.brig.cli.bundle.GroupFile;
import dev.brig.cli.bundle.PasswdFile;
import dev.brig.cli.bundle.UserLookup;
import dev.brig.cli.command.Command;
import dev.brig.cli.command.Context;
import dev.brig.cli.guest.GuestExec;
import dev.brig.cli.guest.MachineExec;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.cli.value.Pairs;
import dev.brig.cli.value.Paths;
import dev.brig.linux.Capability;
import dev.brig.plan.Plan;
import dev.brig.runtime.compile.Execution;
import dev.brig.runtime.compile.Streams;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.container.ContainerException;
import dev.brig.runtime.container.ContainerException.Problem;
import dev.brig.runtime.container.ContainerStatus;
import dev.brig.runtime.container.Degree;
import dev.brig.runtime.container.InitProcess;
import dev.brig.runtime.launch.ContainerLauncher;
import dev.brig.runtime.launch.ExecLauncher;
import dev.brig.runtime.spec.LinuxCapabilities;
import dev.brig.runtime.spec.Process;
import dev.brig.runtime.spec.Spec;
import dev.brig.runtime.spec.User;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `brig exec`: a further command in a running container.
public final class ExecCommand implements Command<ExecOption> {
  private final Context context;

  /// Makes the command.
  public ExecCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<ExecOption> syntax() {
    return new Syntax<>(
        "exec",
        "Run a further command in a running container.",
        List.of(ExecOption.values()),
        Operands.lastFrom(2, "CONTAINER COMMAND [ARG...]"),
        List.of(
            "",
            "The command gets the container's namespaces, limits, filter and capabilities.",
            "The exit status is the command's, as with brig run.",
            "",
            "Examples:",
            "  brig exec web ps ax",
            "  brig exec -it -u www-data web sh"));
  }

  @Override
  public int run(Reading.Arguments<ExecOption> arguments) {
    Container container = context.containers().find(arguments.operands().getFirst());
    refuseUnlessRunning(container);
    ContainerStarter starter = new ContainerStarter(context);
    if (container.record().degree() == Degree.VM) {
      throw new MachineExec(context, container)
          .become(
              inside(arguments, container),
              streams(arguments),
              starter.faults(),
              starter.environment());
    }
    ExecLauncher.ExecRequest request = request(container, arguments);
    context.out().flush();
    throw launcher().become(request, starter.faults(), starter.environment());
  }

  /// Returns the plan of the command; nothing is changed.
  Plan plan(Reading.Arguments<ExecOption> arguments) {
    Container container = context.containersAsTheyAre().find(arguments.operands().getFirst());
    refuseUnlessRunning(container);
    return container.record().degree() == Degree.VM
        ? new MachineExec(context, container).plan(inside(arguments, container), streams(arguments))
        : launcher().plan(request(container, arguments));
  }

  private ExecLauncher launcher() {
    return new ExecLauncher(context.kernel(), context.host(), context.self());
  }

  private ExecLauncher.ExecRequest request(
      Container container, Reading.Arguments<ExecOption> arguments) {
    Spec spec = context.containersAsTheyAre().spec(container.id());
    Process process =
        container.record().degree().hasOwnKernel()
            ? new GuestExec(context).through(container, spec, inside(arguments, container))
            : process(arguments, container, spec);
    InitProcess init =
        InitProcess.of(context.kernel(), container.processes())
            .orElseThrow(() -> notRunning(container, "it has just ended"));
    return new ExecLauncher.ExecRequest(
        container.record(),
        spec,
        process,
        new ContainerStarter(context).filter(container.paths(), spec),
        init.pidfd(),
        container.processes().initPid(),
        streams(arguments));
  }

  private Process inside(Reading.Arguments<ExecOption> arguments, Container container) {
    return process(arguments, container, GuestExec.inside(container));
  }

  private static void refuseUnlessRunning(Container container) {
    if (container.status() == ContainerStatus.PAUSED) {
      throw new ContainerException(
          Problem.WRONG_STATE,
          "exec in " + container.name(),
          "container " + container.name() + " is paused",
          "brig unpause " + container.name());
    }
    if (container.status() != ContainerStatus.RUNNING) {
      throw notRunning(container, "it is " + container.status().text());
    }
  }

  private static ContainerException notRunning(Container container, String state) {
    return new ContainerException(
        Problem.WRONG_STATE,
        "exec in " + container.name(),
        "container " + container.name() + " is not running: " + state,
        "brig start " + container.name() + " runs it");
  }

  private Execution.ExecStreams streams(Reading.Arguments<ExecOption> arguments) {
    boolean background = arguments.has(ExecOption.DETACH);
    Execution.Waiting waiting =
        background ? Execution.Waiting.BACKGROUND : Execution.Waiting.FOREGROUND;
    if (arguments.has(ExecOption.TTY) && !background) {
      Streams terminal =
          new ContainerLauncher(context.kernel(), context.host(), context.self())
              .terminal(
                  arguments.has(ExecOption.INTERACTIVE)
                      ? Streams.Input.PASSED
                      : Streams.Input.EMPTY);
      return new Execution.ExecStreams(terminal, waiting);
    }
    boolean passed = arguments.has(ExecOption.INTERACTIVE) && !background;
    return new Execution.ExecStreams(
        new Streams.Inherited(passed ? Streams.Input.PASSED : Streams.Input.EMPTY), waiting);
  }

  private Process process(Reading.Arguments<ExecOption> arguments, Container container, Spec spec) {
    Process first = spec.process();
    Process base = first == null ? Process.builder().build() : first;
    List<String> words = arguments.operands().subList(1, arguments.operands().size());
    String workdir = arguments.value(ExecOption.WORKDIR, "");
    boolean terminal = arguments.has(ExecOption.TTY) && !arguments.has(ExecOption.DETACH);
    Process.Builder process = base.toBuilder().args(words).terminal(terminal);
    if (!workdir.isEmpty()) {
      process.cwd(Paths.inside("--workdir", workdir, workdir));
    }
    Map<String, String> env = new LinkedHashMap<>();
    for (String variable : base.env()) {
      put(env, variable);
    }
    if (terminal) {
      put(env, "TERM=xterm");
    }
    String user = arguments.value(ExecOption.USER, "");
    if (!user.isEmpty()) {
      UserLookup.Identity identity = users(container).resolve(user, List.of());
      process.user(new User(identity.uid(), identity.gid(), null, identity.groups()));
      process.capabilities(capabilities(base, identity.uid()));
      put(env, "HOME=" + identity.home());
    }
    if (arguments.has(ExecOption.PRIVILEGED)) {
      process.capabilities(everything());
    }
    setVariables(arguments, env);
    return process.env(List.copyOf(env.values())).build();
  }

  private LinuxCapabilities everything() {
    List<String> names = new ArrayList<>();
    for (Capability capability : Capability.values()) {
      if (context.isRootless() || context.host().identity().effective().contains(capability)) {
        names.add(capability.name());
      }
    }
    return new LinuxCapabilities(names, names, List.of(), names, List.of());
  }

  private void setVariables(Reading.Arguments<ExecOption> arguments, Map<String, String> env) {
    for (Reading.Setting<ExecOption> setting : arguments.settings()) {
      if (setting.option() == ExecOption.ENV_FILE) {
        String file = setting.value();
        List<String> lines = TextFile.lines("--env-file", file);
        for (String variable : Pairs.environmentFile(file, lines, context.environment())) {
          put(env, variable);
        }
      }
    }
    for (Reading.Setting<ExecOption> setting : arguments.settings()) {
      if (setting.option() == ExecOption.ENV) {
        for (String variable : Pairs.environment("--env", setting.value(), context.environment())) {
          put(env, variable);
        }
      }
    }
  }

  private static void put(Map<String, String> variables, String variable) {
    int equals = variable.indexOf('=');
    variables.put(equals < 0 ? variable : variable.substring(0, equals), variable);
  }

  /// User 0 may do what the container may at most; another user nothing beyond its own.
  private static LinuxCapabilities capabilities(Process base, long uid) {
    LinuxCapabilities sets = base.capabilities();
    List<String> most = sets == null ? List.of() : sets.bounding();
    return uid == 0
        ? new LinuxCapabilities(most, most, List.of(), most, List.of())
        : new LinuxCapabilities(most, List.of(), List.of(), List.of(), List.of());
  }

  private UserLookup users(Container container) {
    List<Path> layers = new ArrayList<>();
    layers.add(container.paths().upper());
    layers.addAll(container.record().image().layers().reversed());
    ImageTree tree = new ImageTree(context.kernel(), layers);
    return new UserLookup(
        PasswdFile.parse(tree.text("etc/passwd")), GroupFile.parse(tree.text("etc/group")));
  }
}
