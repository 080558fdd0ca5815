package dev.brig.cli.oci;

import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.linux.Fd;
import dev.brig.linux.Signal;
import dev.brig.runtime.compile.HookCalls;
import dev.brig.runtime.container.InitProcess;
import dev.brig.runtime.launch.FailedStep.StepException;
import dev.brig.runtime.oci.BundleContainer;
import dev.brig.runtime.oci.BundleException;
import dev.brig.runtime.oci.GateReport;
import dev.brig.runtime.oci.NotifySocket;
import java.util.List;
import java.util.Optional;

/// `start`.
final class StartCommand implements OciCommand<SharedOption> {
  private final OciContext context;

  StartCommand(OciContext context) {
    this.context = context;
  }

  @Override
  public Syntax<SharedOption> syntax() {
    return new Syntax<>(
        "brig-oci start",
        "Run the command of a container that was created.",
        List.of(),
        Operands.exactly(1, "ID"),
        List.of());
  }

  @Override
  public int run(Reading.Arguments<SharedOption> arguments) {
    start(context.store().container(arguments.operands().getFirst()));
    return 0;
  }

  /// Starts a container; for a caller that waits for its readiness, waits for that, too.
  void start(BundleContainer container) {
    switch (container.status()) {
      case CREATED -> {}
      case STOPPED -> throw new BundleException("cannot start a container that has stopped");
      case CREATING -> throw new BundleException("cannot start a container that is being created");
      case RUNNING, PAUSED ->
          throw new BundleException("cannot start an already running container");
    }
    String caller = context.environment().getOrDefault("NOTIFY_SOCKET", "");
    NotifySocket notify = context.store().notifySocket(container.record().id());
    if (caller.isEmpty()) {
      pass(container);
    } else if (notify.isMade()) {
      passAndAwait(container, notify, caller);
    } else {
      context.warn(
          "NOTIFY_SOCKET: the container was created without it, and can't say that it is ready");
      pass(container);
    }
  }

  private static void passAndAwait(BundleContainer container, NotifySocket notify, String caller) {
    int pid = container.pid();
    Optional<InitProcess> init = container.init();
    if (init.isEmpty()) {
      throw new BundleException("cannot start a container that has stopped");
    }
    try (InitProcess process = init.get();
        Fd socket = notify.open()) {
      pass(container);
      notify.await(socket, process, pid, caller);
    }
  }

  private static void pass(BundleContainer container) {
    int pid = container.pid();
    Optional<GateReport> failed = container.passGate();
    if (failed.isPresent()) {
      GateReport report = failed.get();
      throw OciFailures.of(report.step(), report.errno(), report.text());
    }
    runHooks(container, pid);
  }

  private static void runHooks(BundleContainer container, int pid) {
    HookCalls calls =
        HookStates.of(container.record().id(), container.record().bundle(), container.spec());
    if (calls.hooks().poststart().isEmpty()) {
      return;
    }
    try {
      new HookRunner(calls).run("poststart", calls.hooks().poststart(), "running", pid);
    } catch (StepException e) {
      Optional<InitProcess> init = container.init();
      if (init.isPresent()) {
        try (InitProcess process = init.get()) {
          var _ = process.signal(Signal.SIGKILL.number());
        }
      }
      throw e;
    }
  }
}
