package dev.brig.cli.guest;

import com.google.gson.JsonObject;
import dev.brig.cli.command.Context;
import dev.brig.error.UnsupportedException;
import dev.brig.linux.Fd;
import dev.brig.linux.WaitStatus;
import dev.brig.namespaces.ProcessRequest.Filter;
import dev.brig.runtime.compile.Execution;
import dev.brig.runtime.compile.Keeper;
import dev.brig.runtime.compile.Streams;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.container.InitProcess;
import dev.brig.runtime.launch.ExecLauncher;
import dev.brig.runtime.spec.Process;
import dev.brig.runtime.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Has a virtual machine go on in another emulator, while it runs.
///
/// The second emulator is a process of the same container, with the first one's descriptors: what
/// the machine reads and writes stays where it was.
final class MachineMove {
  private static final String SOCKET = "migration";

  private final Context context;
  private final Container container;

  MachineMove(Context context, Container container) {
    this.context = context;
    this.container = container;
  }

  /// How a move went.
  ///
  /// @param totalMillis how long it took
  /// @param downtimeMillis how long the machine stood still
  /// @param isEmulated whether the processor does not help it
  record Moved(long totalMillis, long downtimeMillis, boolean isEmulated) {}

  /// Moves the machine.
  ///
  /// @throws UnsupportedException if it can't be moved; it runs on where it was
  Moved move() {
    try (LiveMachine machine = LiveMachine.alone(context, container, "move")) {
      Emulator old = Emulator.of(container, machine.socket());
      start(old, machine.nextSocket());
      JsonObject told;
      try (Qmp other = await(machine.nextSocket())) {
        told = copy(machine, other);
        awaitRunning(machine, other);
      }
      machine.qmp().quit();
      return new Moved(
          told.get("total-time").getAsLong(),
          told.get("downtime").getAsLong(),
          Qemu.emulates(old.words()));
    }
  }

  private static JsonObject copy(LiveMachine machine, Qmp other) {
    try {
      var _ = other.execute("migrate-incoming", "uri", "unix:" + SOCKET);
      return machine.migrate("unix:" + SOCKET, LiveMachine.Taker.EMULATOR);
    } catch (UnsupportedException e) {
      other.quit();
      throw e;
    }
  }

  /// The first emulator has all of it still, if the second ends before it runs.
  private static void awaitRunning(LiveMachine machine, Qmp other) {
    try {
      while (!other.status().equals("running")) {
        LiveMachine.pause();
      }
    } catch (UnsupportedException e) {
      other.quit();
      var _ = machine.qmp().execute("cont");
      throw e;
    }
  }

  private void start(Emulator old, String socket) {
    Path migration = container.paths().directory().resolve(SOCKET);
    Spec spec = context.containersAsTheyAre().spec(container.id());
    Process first = Objects.requireNonNull(spec.process());
    Process process = first.toBuilder().terminal(false).args(waiting(old.words(), socket)).build();
    Map<Integer, Fd> descriptors = new HashMap<>();
    try (InitProcess init =
        InitProcess.of(context.kernel(), container.processes()).orElseThrow(() -> ended())) {
      Files.deleteIfExists(migration);
      take(old, descriptors);
      ExecLauncher.ExecRequest request =
          new ExecLauncher.ExecRequest(
              container.record(),
              spec,
              process,
              new Filter(new byte[0], 0, ""),
              init.pidfd(),
              container.processes().initPid(),
              new Execution.ExecStreams(
                  new Streams.Inherited(Streams.Input.PASSED),
                  Execution.Waiting.ELSEWHERE,
                  "",
                  Keeper.ERRORS_FD - 2));
      int child =
          new ExecLauncher(context.kernel(), context.host(), context.self())
              .spawn(request, List.of(), descriptors);
      WaitStatus status = context.kernel().processes().waitFor(child);
      if (status.shellStatus() != 0) {
        throw new UnsupportedException(
            "move " + container.name(), "no second emulator can be started", "");
      }
    } catch (IOException e) {
      throw new UnsupportedException(
          "move " + container.name(), migration + " can't be removed: " + e.getMessage(), "");
    } finally {
      descriptors.values().forEach(Fd::close);
    }
  }

  private UnsupportedException ended() {
    return new UnsupportedException("move " + container.name(), "it has just ended", "");
  }

  private void take(Emulator old, Map<Integer, Fd> descriptors) {
    try (Fd pidfd = context.kernel().processes().pidfdOpen(old.pid()).orElseThrow(() -> ended())) {
      for (int number = 0; number <= Keeper.ERRORS_FD; number++) {
        if (number <= 2 || number >= Keeper.Machine.SIGNALS_FD) {
          int place = number;
          context
              .kernel()
              .processes()
              .pidfdGetfd(pidfd, number)
              .ifPresent(fd -> descriptors.put(place, fd));
        }
      }
    }
  }

  /// Returns the words that start an emulator for a machine that comes from another one.
  private static List<String> waiting(List<String> words, String socket) {
    List<String> waiting = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals("-incoming")) {
        i++;
      } else if (word.equals("-qmp")) {
        i++;
        waiting.addAll(List.of("-qmp", Qemu.qmp(socket)));
      } else {
        waiting.add(word);
      }
    }
    waiting.addAll(List.of("-incoming", "defer"));
    return waiting;
  }

  private Qmp await(String socket) {
    for (int attempt = 0; attempt < LiveMachine.ATTEMPTS; attempt++) {
      try {
        return Qmp.open(context, container.paths().directory(), socket);
      } catch (IOException _) {
        // Not there yet.
        LiveMachine.pause();
      }
    }
    throw new UnsupportedException(
        "move " + container.name(), "the second emulator does not listen", "see brig logs");
  }
}
