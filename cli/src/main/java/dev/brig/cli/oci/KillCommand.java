package dev.brig.cli.oci;

import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.linux.Signal;
import dev.brig.runtime.container.InitProcess;
import dev.brig.runtime.oci.BundleContainer;
import dev.brig.runtime.oci.BundleException;
import dev.brig.runtime.oci.BundleStatus;
import java.util.List;
import java.util.Optional;

/// `kill`.
final class KillCommand implements OciCommand<SharedOption> {
  private static final long THAW_MILLIS_MAX = 10_000;

  private final OciContext context;

  KillCommand(OciContext context) {
    this.context = context;
  }

  @Override
  public Syntax<SharedOption> syntax() {
    return new Syntax<>(
        "brig-oci kill",
        "Send a signal to the first process of a container, SIGTERM if none is named.",
        List.of(SharedOption.ALL),
        new Operands("ID [SIGNAL]", 1, 2, Operands.Order.MIXED),
        List.of());
  }

  @Override
  public int run(Reading.Arguments<SharedOption> arguments) {
    BundleContainer container = context.store().container(arguments.operands().getFirst());
    int signal =
        arguments.operands().size() < 2
            ? Signal.SIGTERM.number()
            : Signal.parse(arguments.operands().get(1));
    // Without cgroups nobody knows of more than the first process, whose end is the others'.
    if (arguments.has(SharedOption.ALL) && !container.record().cgroups().isEmpty()) {
      killAll(container, signal);
      return 0;
    }
    Optional<InitProcess> init = container.init();
    if (init.isEmpty()) {
      throw new BundleException("container not running");
    }
    try (InitProcess process = init.get()) {
      if (!process.signal(signal)) {
        throw new BundleException("container not running");
      }
    }
    thawForDeath(container, signal);
    return 0;
  }

  private void killAll(BundleContainer container, int signal) {
    if (signal == Signal.SIGKILL.number()) {
      container.cgroup().kill();
    } else {
      for (int pid : container.cgroup().pids()) {
        var _ = context.kernel().processes().kill(pid, signal);
      }
    }
    thawForDeath(container, signal);
  }

  /// A frozen process of cgroup v1 takes a signal only when it goes on.
  private static void thawForDeath(BundleContainer container, int signal) {
    if (signal == Signal.SIGKILL.number() && container.status() == BundleStatus.PAUSED) {
      container.cgroup().thaw(THAW_MILLIS_MAX);
    }
  }
}
