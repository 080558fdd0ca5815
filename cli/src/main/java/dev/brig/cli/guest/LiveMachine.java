package dev.brig.cli.guest;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.brig.cli.command.Context;
import dev.brig.error.BrigException;
import dev.brig.error.UnsupportedException;
import dev.brig.error.UsageException;
import dev.brig.linux.Fd;
import dev.brig.linux.Lock;
import dev.brig.linux.OpenFlag;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.container.ContainerException;
import dev.brig.runtime.container.ContainerException.Problem;
import dev.brig.runtime.container.ContainerStatus;
import dev.brig.runtime.container.Degree;
import dev.brig.runtime.launch.GuestShares;
import dev.brig.runtime.spec.Spec;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A container's virtual machine that runs, with the emulator that it runs in by now.
///
/// @param qmp the conversation with the emulator
/// @param socket the name of its socket in the container's directory
/// @param lock held by whoever saves, moves or changes it
record LiveMachine(Qmp qmp, String socket, Fd lock) implements AutoCloseable {
  /// The names of the sockets of emulators: a machine that has moved is heard on the next one.
  static final List<String> SOCKETS = List.of("qmp", "qmp-moved");

  /// How often it is looked whether an emulator that was started listens, with a [#pause] between.
  static final int ATTEMPTS = 1000;

  private static final Duration PERIOD = Duration.ofMillis(10);
  private static final Duration START_LIMIT = Duration.ofMinutes(3);

  /// Finds a container's machine, and ends what a move that was killed has left beside it.
  ///
  /// @param action what is to be done with it, for messages
  /// @throws UsageException if the container is none
  /// @throws ContainerException if it does not run
  /// @throws UnsupportedException if another brig changes it just now
  static LiveMachine of(Context context, Container container, String action) {
    if (!isMachine(container)) {
      throw notMachine(action, container);
    }
    if (container.status() != ContainerStatus.RUNNING) {
      throw new ContainerException(
          Problem.WRONG_STATE,
          action + " " + container.name(),
          "it is " + container.status().text(),
          container.status() == ContainerStatus.PAUSED
              ? "brig unpause " + container.name()
              : "brig start " + container.name() + " runs it");
    }
    OpenFlag[] flags = {OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY};
    String directory = container.paths().directory().toString();
    Fd lock = context.kernel().files().openat(Fd.CWD, directory, flags);
    try {
      lock(context, lock, action + " " + container.name());
      return await(context, container, lock, action);
    } catch (BrigException e) {
      lock.close();
      throw e;
    }
  }

  private static void lock(Context context, Fd lock, String step) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (context.kernel().files().tryLock(lock, Lock.EXCLUSIVE)) {
        return;
      }
      pause();
    }
    throw new UnsupportedException(step, "another brig saves or moves it", "wait for its end");
  }

  /// Finds a container's machine, and has nobody else talk to it: its devices are those that it was
  /// started with, as another emulator's are.
  ///
  /// @param action what is to be done with it, for messages
  /// @throws UsageException if the container is none
  /// @throws ContainerException if it does not run
  /// @throws UnsupportedException if somebody does
  static LiveMachine alone(Context context, Container container, String action) {
    LiveMachine machine = of(context, container, action);
    try {
      Spec spec = context.containersAsTheyAre().spec(container.id());
      if (spec.annotations().containsKey(GuestShares.SERVER)) {
        throw new UnsupportedException(
            action + " " + container.name(),
            "directories of this machine are shared with it, and their server keeps no state",
            "take an image, and no --volume");
      }
      machine.awaitStart(action + " " + container.name());
      new ExecPorts(context, container).remove(machine.qmp, action);
      return machine;
    } catch (BrigException e) {
      machine.close();
      throw e;
    }
  }

  /// Waits until the machine's first process has opened the port on which it tells how its command
  /// ends. Before that its kernel looks for devices, and one that is interrupted by a move does not
  /// always go on with that in the other emulator.
  private void awaitStart(String step) {
    long end = System.nanoTime() + START_LIMIT.toNanos();
    while (!isStarted()) {
      if (System.nanoTime() > end) {
        throw new UnsupportedException(
            step,
            "the machine has not come up in " + START_LIMIT.toMinutes() + " minutes",
            "brig logs shows what it said");
      }
      pause();
    }
  }

  private boolean isStarted() {
    for (JsonElement channel : qmp.execute("query-chardev").getAsJsonArray("return")) {
      JsonObject object = channel.getAsJsonObject();
      if (object.get("label").getAsString().equals(Qemu.STATUS)) {
        return object.get("frontend-open").getAsBoolean();
      }
    }
    return false;
  }

  /// Tells whether a container is a virtual machine.
  static boolean isMachine(Container container) {
    return container.record().degree() == Degree.VM;
  }

  /// Returns what is said about a container that is none.
  static UsageException notMachine(String action, Container container) {
    return new UsageException(
        action + " " + container.name(),
        "it is no virtual machine",
        "brig run --isolation vm makes one");
  }

  /// The emulator of a container that was started just now may have to begin yet.
  private static LiveMachine await(Context context, Container container, Fd lock, String action) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Optional<LiveMachine> machine = emulator(context, container, lock);
      if (machine.isPresent()) {
        return machine.get();
      }
      pause();
    }
    throw new UnsupportedException(
        action + " " + container.name(),
        "its emulator does not listen",
        "brig ps -a shows whether it runs, brig logs what it said");
  }

  private static Optional<LiveMachine> emulator(Context context, Container container, Fd lock) {
    LiveMachine found = null;
    LiveMachine stopped = null;
    for (String socket : SOCKETS) {
      try {
        Qmp qmp = Qmp.open(context, container.paths().directory(), socket);
        switch (qmp.status()) {
          case "inmigrate" -> qmp.quit();
          case "postmigrate" -> stopped = new LiveMachine(qmp, socket, lock);
          default -> found = new LiveMachine(qmp, socket, lock);
        }
      } catch (IOException _) {
        // Nobody listens on it: ignored, one is enough.
      }
    }
    if (stopped == null) {
      return Optional.ofNullable(found);
    }
    if (found != null) {
      stopped.qmp.quit();
      return Optional.of(found);
    }
    // Whoever saved it was killed before it went on.
    var _ = stopped.qmp.execute("cont");
    return Optional.of(stopped);
  }

  /// Returns the name for the socket of the emulator that it moves to.
  String nextSocket() {
    return SOCKETS.get(1 - SOCKETS.indexOf(socket));
  }

  /// Who takes a machine's state.
  enum Taker {
    /// A program that keeps it: it says nothing.
    FILE,
    /// An emulator, which says whether it has understood it all.
    EMULATOR
  }

  /// Has its state written somewhere, and waits for the end of that. It runs on until then, and
  /// stands still afterwards.
  ///
  /// @param where a migration's URI
  /// @param taker who is there
  /// @return what QEMU says about it
  /// @throws UnsupportedException if it failed; the machine runs on
  JsonObject migrate(String where, Taker taker) {
    JsonObject answers = new JsonObject();
    answers.addProperty("capability", "return-path");
    answers.addProperty("state", taker == Taker.EMULATOR);
    JsonArray capabilities = new JsonArray();
    capabilities.add(answers);
    JsonObject wanted = new JsonObject();
    wanted.add("capabilities", capabilities);
    var _ = qmp.execute("migrate-set-capabilities", wanted);
    JsonObject parameters = new JsonObject();
    // Nobody else needs the wire.
    parameters.addProperty("max-bandwidth", 1L << 40);
    var _ = qmp.execute("migrate-set-parameters", parameters);
    var _ = qmp.execute("migrate", "uri", where);
    while (true) {
      JsonObject state = qmp.execute("query-migrate");
      String status = state.has("status") ? state.get("status").getAsString() : "";
      if (status.equals("completed")) {
        return state;
      }
      if (status.equals("failed") || status.equals("cancelled")) {
        String reason = state.has("error-desc") ? state.get("error-desc").getAsString() : status;
        throw new UnsupportedException("virtual machine", "its state was not saved: " + reason, "");
      }
      pause();
    }
  }

  /// Waits a little, where nothing tells when to look again.
  static void pause() {
    try {
      Thread.sleep(PERIOD);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnsupportedException("virtual machine", "interrupted", "");
    }
  }

  @Override
  public void close() {
    qmp.close();
    lock.close();
  }
}
