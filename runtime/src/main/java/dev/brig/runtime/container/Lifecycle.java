package dev.brig.runtime.container;

import dev.brig.linux.Kernel;
import dev.brig.linux.Signal;
import dev.brig.runtime.container.ContainerException.Problem;
import java.time.Duration;
import java.util.Optional;

/// What is done to a container that lives or has ended: stop, kill, pause, unpause, remove.
///
/// Each operation looks at the container anew; the [Container] given says only which one is meant.
public final class Lifecycle {
  private static final Duration KILL_LIMIT = Duration.ofSeconds(10);

  private final Kernel kernel;
  private final ContainerStore store;
  private final CgroupControl cgroups;
  private final Waiter waiter;

  /// Whether a container that lives is removed.
  public enum Removal {
    /// A container that lives is refused.
    ENDED_ONLY,
    /// A container that lives is killed: `--force`.
    EVEN_IF_RUNNING
  }

  /// Whether volumes are removed with their container.
  public enum VolumeRemoval {
    /// They stay.
    NONE,
    /// Those without a name go: `--volumes`.
    OWN
  }

  /// How a container was stopped.
  public enum StopOutcome {
    /// It was not running.
    WAS_NOT_RUNNING,
    /// It ended in time.
    STOPPED,
    /// It did not end in time, and was killed.
    KILLED
  }

  /// Makes one for the containers of a store.
  public Lifecycle(Kernel kernel, ContainerStore store, CgroupControl cgroups) {
    this.kernel = kernel;
    this.store = store;
    this.cgroups = cgroups;
    this.waiter = new Waiter(kernel, store);
  }

  /// Asks a container to end, kills it when the time is over, and returns when its end is recorded.
  ///
  /// A paused container is asked first and then let go on. One that is not running stays as it is.
  ///
  /// @param policy how to ask and how long to wait: the record's, or what the user says
  public StopOutcome stop(Container which, StopPolicy policy) {
    Container container = store.find(which.id().text());
    if (!container.status().isAlive()) {
      return StopOutcome.WAS_NOT_RUNNING;
    }
    StopOutcome outcome = StopOutcome.STOPPED;
    Optional<InitProcess> init = InitProcess.of(kernel, container.processes());
    if (init.isPresent()) {
      try (InitProcess process = init.get()) {
        var _ = process.signal(policy.signal());
        thawIfPaused(container);
        if (!process.awaitEnd(Duration.ofSeconds(policy.timeoutSeconds()))) {
          outcome = StopOutcome.KILLED;
          kill(container, process);
        }
      }
    }
    awaitRecord(container);
    return outcome;
  }

  /// Sends a signal to a container's first process.
  ///
  /// @param signal the signal's number
  /// @throws ContainerException if the container is not running
  public void kill(Container which, int signal) {
    Container container = alive(which, "kill");
    Optional<InitProcess> init = InitProcess.of(kernel, container.processes());
    if (init.isEmpty()) {
      throw notAlive("kill", container, "about to start, or to end");
    }
    try (InitProcess process = init.get()) {
      var _ = process.signal(signal);
    }
    if (signal == Signal.SIGKILL.number()) {
      // On cgroup v1 a frozen process dies only when it is let go on.
      thawIfPaused(container);
    }
  }

  /// Freezes a container's processes.
  ///
  /// @throws ContainerException if the container is not running, or is paused
  /// @throws dev.brig.error.UnsupportedException if it has no cgroup that can be frozen
  public void pause(Container which) {
    Container container = alive(which, "pause");
    if (container.status() == ContainerStatus.PAUSED) {
      throw new ContainerException(
          Problem.WRONG_STATE,
          "pause " + container.name(),
          "container " + container.name() + " is already paused",
          "brig unpause " + container.name() + " lets it go on");
    }
    cgroups.freeze(container.record().cgroups());
  }

  /// Lets a container's processes go on.
  ///
  /// @throws ContainerException if the container is not paused
  public void unpause(Container which) {
    Container container = alive(which, "unpause");
    if (container.status() != ContainerStatus.PAUSED) {
      throw new ContainerException(
          Problem.WRONG_STATE,
          "unpause " + container.name(),
          "container " + container.name() + " is not paused",
          "");
    }
    cgroups.thaw(container.record().cgroups());
  }

  /// Gives a container, whether it runs or not, another name.
  ///
  /// @throws ContainerException if the name is taken or can't be one, or the container is being
  ///   removed
  public void rename(Container which, String name) {
    Renaming renaming = new Renaming(kernel, store.paths());
    Container container = store.find(which.id().text());
    if (!container.status().isAlive()) {
      try (LockedContainer locked = store.lock(container, "rename")) {
        renaming.rename(locked.view(), name);
      }
    } else if (container.record().has(ContainerOption.RM)) {
      throw new ContainerException(
          Problem.WRONG_STATE,
          "rename " + container.name(),
          "container " + container.name() + " runs, and is removed by its name when it ends: --rm",
          "brig stop " + container.name());
    } else {
      renaming.rename(container, name);
    }
  }

  /// Removes a container with all its files; its volumes stay.
  ///
  /// @throws ContainerException if it is running and `removal` does not say to kill it
  public void remove(Container which, Removal removal) {
    remove(which, removal, VolumeRemoval.NONE);
  }

  /// Removes a container with all its files.
  ///
  /// @param volumes whether those that are the container's alone go too
  /// @throws ContainerException if it is running and `removal` does not say to kill it
  public void remove(Container which, Removal removal, VolumeRemoval volumes) {
    Container container = store.find(which.id().text());
    if (container.status().isAlive()) {
      switch (removal) {
        case ENDED_ONLY ->
            throw new ContainerException(
                Problem.WRONG_STATE,
                "rm " + container.name(),
                "container "
                    + container.name()
                    + " is "
                    + container.status().text()
                    + ": stop it first or use --force",
                "brig stop " + container.name());
        case EVEN_IF_RUNNING -> end(container);
      }
    }
    try (LockedContainer locked = store.lock(container, "rm")) {
      if (volumes == VolumeRemoval.OWN) {
        locked.removeVolumes();
      }
      locked.remove();
    } catch (ContainerException e) {
      // A container that removes itself at its end was faster, ignored: it is gone.
      if (e.problem() != Problem.NO_SUCH_CONTAINER) {
        throw e;
      }
    }
  }

  private void end(Container container) {
    Optional<InitProcess> init = InitProcess.of(kernel, container.processes());
    if (init.isPresent()) {
      try (InitProcess process = init.get()) {
        kill(container, process);
      }
    }
    awaitRecord(container);
  }

  private void kill(Container container, InitProcess process) {
    var _ = process.signal(Signal.SIGKILL.number());
    thawIfPaused(container);
    if (!process.awaitEnd(KILL_LIMIT)) {
      throw new ContainerException(
          Problem.BUSY,
          "kill " + container.name(),
          "its first process does not end: the kernel waits for something on its behalf",
          "see /proc/" + container.processes().initPid() + "/stack");
    }
  }

  /// Waits until the supervising program has recorded the end and let the lock go.
  private void awaitRecord(Container container) {
    boolean ended;
    try {
      ended = waiter.await(container, KILL_LIMIT).isPresent();
    } catch (ContainerException e) {
      if (e.problem() != Problem.NO_SUCH_CONTAINER) {
        throw e;
      }
      // It has removed itself already: --rm.
      ended = true;
    }
    if (!ended) {
      throw new ContainerException(
          Problem.BUSY,
          "stop " + container.name(),
          "its processes are gone, but the program that supervises it does not end",
          "see process " + container.processes().supervisorPid());
    }
  }

  private void thawIfPaused(Container container) {
    if (container.status() == ContainerStatus.PAUSED) {
      cgroups.thaw(container.record().cgroups());
    }
  }

  private Container alive(Container which, String operation) {
    Container container = store.find(which.id().text());
    if (!container.status().isAlive()) {
      throw notAlive(operation, container, container.status().text());
    }
    return container;
  }

  private static ContainerException notAlive(String operation, Container container, String is) {
    return new ContainerException(
        Problem.WRONG_STATE,
        operation + " " + container.name(),
        "container " + container.name() + " is not running: it is " + is,
        "brig ps -a shows how it stands with all containers");
  }
}
