package dev.brig.cli.oci;

import dev.brig.error.BrigException;
import dev.brig.linux.Signal;
import dev.brig.runtime.compile.HookCalls;
import dev.brig.runtime.container.InitProcess;
import dev.brig.runtime.oci.BundleContainer;
import dev.brig.runtime.oci.BundleException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Ends containers and removes what is kept of them.
final class Destroyer {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final OciContext context;

  Destroyer(OciContext context) {
    this.context = context;
  }

  /// Kills what runs of a container, removes its cgroups and what is kept of it, and runs its last
  /// hooks. It may be in any state, half made too.
  ///
  /// @throws BrigException if a process can't be killed; then all is kept
  void destroy(BundleContainer container) {
    Optional<InitProcess> creator = container.creator();
    // This process itself, if the program that it became has failed and become brig again.
    boolean self = container.record().creator().pid() == context.kernel().processes().pid();
    if (creator.isPresent() && !self) {
      kill(creator.get(), "the process that creates it");
    }
    Optional<InitProcess> init = container.init();
    if (init.isPresent()) {
      if (container.cgroup().isFrozen()) {
        container.cgroup().kill();
      }
      kill(init.get(), "its first process");
    }
    if (!container.cgroup().pids().isEmpty()) {
      // Without a pid namespace of the container's own its other processes go on.
      container.cgroup().kill();
    }
    container.cgroup().remove(PATIENCE.toMillis());
    HookCalls calls =
        HookStates.of(container.record().id(), container.record().bundle(), container.spec());
    context.store().remove(container.record().id());
    poststop(calls);
  }

  /// runtime.md#lifecycle: a hook that fails is told of, and the others run all the same.
  private void poststop(HookCalls calls) {
    calls
        .hooks()
        .poststop()
        .forEach(hook -> {
          try {
            new HookRunner(calls).run("poststop", List.of(hook), "stopped", 0);
          } catch (BrigException e) {
            context.warn(e.failure().line());
          }
        });
  }

  private static void kill(InitProcess process, String what) {
    try (process) {
      if (process.signal(Signal.SIGKILL.number()) && !process.awaitEnd(PATIENCE)) {
        throw new BundleException(
            what + " was killed and has not ended after " + PATIENCE.toSeconds() + " s",
            "it may be waiting for a device or a file server; see its state D in ps");
      }
    }
  }
}
