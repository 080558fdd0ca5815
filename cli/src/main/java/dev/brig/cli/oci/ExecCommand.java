package dev.brig.cli.oci;

import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.linux.Kernel;
import dev.brig.namespaces.ProcessRequest.Filter;
import dev.brig.plan.Plan;
import dev.brig.runtime.compile.Execution;
import dev.brig.runtime.compile.SeccompListener;
import dev.brig.runtime.compile.Streams;
import dev.brig.runtime.container.InitProcess;
import dev.brig.runtime.launch.BundleLauncher;
import dev.brig.runtime.oci.BundleContainer;
import dev.brig.runtime.oci.BundleException;
import dev.brig.runtime.oci.BundleStatus;
import dev.brig.runtime.spec.Process;
import dev.brig.runtime.spec.Spec;
import java.util.ArrayList;
import java.util.List;

/// `exec`: this process becomes the program that makes the other.
final class ExecCommand implements OciCommand<ExecOption> {
  private static final int FAILURE = 255;

  private final OciContext context;

  ExecCommand(OciContext context) {
    this.context = context;
  }

  @Override
  public int failureStatus() {
    return FAILURE;
  }

  @Override
  public Syntax<ExecOption> syntax() {
    return new Syntax<>(
        "brig-oci exec",
        "Run a further process in a running container.",
        List.of(ExecOption.values()),
        Operands.lastFrom(1, "ID [COMMAND [ARG...]]"),
        List.of());
  }

  @Override
  public int run(Reading.Arguments<ExecOption> arguments) {
    Kernel kernel = context.kernel();
    BundleContainer container = context.store().container(arguments.operands().getFirst());
    check(container, arguments);
    Spec spec = container.spec();
    Process process = Grants.of(context, spec).apply(ExecProcess.of(kernel, spec, arguments));
    boolean detached = arguments.has(ExecOption.DETACH);
    Streams streams =
        CreateCommand.streams(
            context,
            process,
            arguments.value(ExecOption.CONSOLE_SOCKET, ""),
            detached ? CreateCommand.Waiting.ELSEWHERE : CreateCommand.Waiting.HERE);
    int passed =
        new PassedFds(kernel)
            .count(arguments.value(ExecOption.PRESERVE_FDS, ""), context.environment());
    String file = arguments.value(ExecOption.PID_FILE, "");
    Execution.ExecStreams all =
        new Execution.ExecStreams(
            streams,
            detached ? Execution.Waiting.ELSEWHERE : Execution.Waiting.FOREGROUND,
            file.isEmpty() ? "" : OciContext.path("--pid-file", file).toString(),
            passed);
    List<String> groups = values(arguments, ExecOption.CGROUP);
    InitProcess init =
        container.init().orElseThrow(() -> new BundleException("container not running"));
    try (init) {
      throw become(container, init, process, all, groups);
    }
  }

  private RuntimeException become(
      BundleContainer container,
      InitProcess init,
      Process process,
      Execution.ExecStreams streams,
      List<String> groups) {
    Kernel kernel = context.kernel();
    Spec spec = container.spec();
    String id = container.record().id();
    String passwd = Bundle.passwd(kernel, "/proc/" + container.pid() + "/root");
    List<String> variables =
        PassedFds.variables(
            Bundle.withHome(process.env(), passwd, process.user().uid()), context.environment());
    kernel.files().keepOnExec(init.pidfd());
    Filter filter = BundleFilter.of(context, spec);
    SeccompListener listener =
        BundleFilter.asks(filter)
            ? HookStates.listener(id, container.record().bundle(), spec, container.status().text())
            : SeccompListener.NONE;
    BundleLauncher launcher = context.launcher();
    Plan plan =
        launcher.plan(
            new BundleLauncher.ExecRequest(
                id,
                spec,
                process.toBuilder().env(variables).build(),
                filter,
                listener,
                init.pidfd().number(),
                container.pid(),
                new ExecCgroups(kernel).of(container.record().cgroups(), groups),
                streams));
    return launcher.become(plan, "brig-oci: exec " + id, context.variables());
  }

  private static void check(BundleContainer container, Reading.Arguments<ExecOption> arguments) {
    BundleStatus status = container.status();
    switch (status) {
      case STOPPED -> throw new BundleException("cannot exec in a stopped container");
      case CREATING -> throw new BundleException("cannot exec in a container being created");
      case PAUSED -> {
        if (!arguments.has(ExecOption.IGNORE_PAUSED)) {
          throw new BundleException(
              "cannot exec in a paused container", "use --ignore-paused to override");
        }
      }
      case CREATED, RUNNING -> {}
    }
  }

  private static List<String> values(Reading.Arguments<ExecOption> arguments, ExecOption option) {
    List<String> values = new ArrayList<>();
    for (Reading.Setting<ExecOption> setting : arguments.settings()) {
      if (setting.option() == option) {
        values.add(setting.value());
      }
    }
    return values;
  }
}
