package dev.brig.cli.oci;

import dev.brig.cli.syntax.Reading;
import dev.brig.error.BrigException;
import dev.brig.linux.Fd;
import dev.brig.linux.OpenFlag;
import dev.brig.linux.Spawner;
import dev.brig.runtime.container.InitProcess;
import dev.brig.runtime.oci.BundleContainer;
import dev.brig.runtime.oci.BundleException;
import dev.brig.runtime.oci.NotifySocket;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `create` and `run` for a caller that waits until the container's command is ready:
/// NOTIFY_SOCKET.
///
/// In the foreground, the program of `run` has its hands full: a process beside it listens. In the
/// background, `run` is over when the command is ready, and is `create` and `start` for that.
final class NotifiedCreation {
  private static final String SHELL = "/bin/sh";
  private static final Duration PERIOD = Duration.ofMillis(10);

  private final OciContext context;
  private final String id;
  private final String caller;

  NotifiedCreation(OciContext context, String id) {
    this.context = context;
    this.id = id;
    this.caller = context.environment().getOrDefault("NOTIFY_SOCKET", "");
  }

  /// Tells whether the caller waits.
  boolean isWanted() {
    return !caller.isEmpty();
  }

  /// Returns the bundle of a container that is being created, with what the caller's wait needs.
  Bundle shownIn(Bundle bundle) {
    if (!isWanted()) {
      return bundle;
    }
    NotifySocket notify = context.store().notifySocket(id);
    notify.make();
    return bundle.with(notify.shownIn(bundle.spec()));
  }

  /// Creates and starts the container.
  ///
  /// @return the exit status of `create`, which has said what failed
  int createAndStart(Reading.Arguments<CreateOption> arguments) {
    List<String> words = new ArrayList<>(List.of("sh", "-c", "exec \"$@\"", "-"));
    words.addAll(context.again());
    words.add("create");
    for (Reading.Setting<CreateOption> setting : arguments.settings()) {
      switch (setting.option()) {
        case DETACH, KEEP, NO_SUBREAPER -> {}
        case NO_PIVOT, NO_NEW_KEYRING -> words.add(setting.option().longestName());
        case BUNDLE, PID_FILE, CONSOLE_SOCKET, PRESERVE_FDS ->
            words.addAll(List.of(setting.option().longestName(), setting.value()));
      }
    }
    words.add(id);
    // The caller's descriptors go on, which those that Java starts would not have.
    try (Fd shell = context.kernel().files().openat(Fd.CWD, SHELL, OpenFlag.O_RDONLY)) {
      int child = new Spawner().spawn(shell, words, context.variables(), Map.of());
      int status = context.kernel().processes().waitFor(child).shellStatus();
      if (status != 0) {
        return status;
      }
    }
    BundleContainer container = context.store().container(id);
    try {
      new StartCommand(context).start(container);
    } catch (BrigException e) {
      new Destroyer(context).destroy(container);
      throw e;
    }
    return 0;
  }

  /// Starts a process that listens, and returns when it does.
  void listen() {
    List<String> words = new ArrayList<>(context.self());
    words.addAll(List.of("internal", "notify", id));
    try {
      Process process =
          new ProcessBuilder(words)
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      if (process.getInputStream().read() < 0) {
        throw new BundleException("NOTIFY_SOCKET: the process that is to listen has ended");
      }
    } catch (IOException e) {
      throw new BundleException("NOTIFY_SOCKET: " + e.getMessage());
    }
  }

  /// Listens, and tells the caller.
  ///
  /// @return the exit status
  int tell() {
    NotifySocket notify = context.store().notifySocket(id);
    try (Fd socket = notify.open()) {
      context.out().println();
      context.out().flush();
      Optional<BundleContainer> container = started(notify);
      Optional<InitProcess> init = container.flatMap(BundleContainer::init);
      if (init.isPresent()) {
        try (InitProcess process = init.get()) {
          notify.await(socket, process, container.orElseThrow().pid(), caller);
        }
      }
    }
    return 0;
  }

  // What is waited for is a file, and nobody tells of one that is never made: not a `run` that was
  // killed.
  private Optional<BundleContainer> started(NotifySocket notify) {
    Optional<ProcessHandle> run = ProcessHandle.current().parent();
    while (notify.isMade() && run.isPresent() && run.get().isAlive()) {
      Optional<BundleContainer> container = context.store().find(id);
      if (container.isPresent() && container.get().pid() != 0) {
        return container;
      }
      try {
        Thread.sleep(PERIOD);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Optional.empty();
      }
    }
    return Optional.empty();
  }
}
