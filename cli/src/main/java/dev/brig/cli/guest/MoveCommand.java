package dev.brig.cli.guest;

import com.google.gson.JsonObject;
import dev.brig.cli.command.Command;
import dev.brig.cli.command.CommonOption;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.output.Json;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// `brig move`: a virtual machine goes on in another emulator, while it runs.
///
/// The second emulator is a process of the same container, with the first one's descriptors: what
/// the machine reads and writes stays where it was.
public final class MoveCommand implements Command<CommonOption> {
  private static final String SOCKET = "migration";
  // Of an emulator that has just been started.
  private static final int ATTEMPTS = 1000;

  private final Context context;

  /// Makes the command.
  public MoveCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<CommonOption> syntax() {
    return new Syntax<>(
        "move",
        "Move a running virtual machine to another emulator on this machine.",
        List.of(CommonOption.JSON),
        new Operands("CONTAINER", 1, 1, Operands.Order.MIXED),
        List.of(
            "",
            "The machine runs while its memory is copied, and stands still for the last moment,",
            "whose length is printed. Its streams, and who waits for it, stay.",
            "",
            "Example:",
            "  brig move $(brig run -d --isolation vm alpine sleep 1000)"));
  }

  @Override
  public int run(Reading.Arguments<CommonOption> arguments) {
    Container container = context.containers().find(arguments.operands().getFirst());
    try (LiveMachine machine = LiveMachine.of(context, container, "move")) {
      Emulator old = emulator(container, machine.socket());
      start(container, old, machine.nextSocket());
      JsonObject told;
      try (Qmp other = await(container, machine.nextSocket())) {
        told = move(machine, other);
      }
      print(container, old, told, arguments);
    }
    return ExitCodes.SUCCESS;
  }

  private static JsonObject move(LiveMachine machine, Qmp other) {
    try {
      var _ = other.execute("migrate-incoming", "uri", "unix:" + SOCKET);
      JsonObject told = machine.migrate("unix:" + SOCKET);
      while (!other.status().equals("running")) {
        LiveMachine.pause();
      }
      machine.qmp().quit();
      return told;
    } catch (UnsupportedException e) {
      // The machine runs on where it was.
      other.quit();
      throw e;
    }
  }

  private void print(
      Container container,
      Emulator old,
      JsonObject told,
      Reading.Arguments<CommonOption> arguments) {
    long downtime = told.get("downtime").getAsLong();
    long total = told.get("total-time").getAsLong();
    boolean emulated = Qemu.emulates(old.words());
    if (arguments.has(CommonOption.JSON)) {
      Json json =
          new Json()
              .beginObject()
              .property("name", container.name())
              .property("totalMillis", total)
              .property("downtimeMillis", downtime)
              .flag("emulated", emulated)
              .endObject();
      context.out().print(json.text());
      return;
    }
    context
        .out()
        .println(
            container.name()
                + ": moved in "
                + total
                + " ms, stood still for "
                + downtime
                + " ms"
                + (emulated ? " (software emulation, TCG)" : ""));
  }

  /// A process that runs a machine.
  ///
  /// @param pid its number
  /// @param words what it was started with
  private record Emulator(int pid, List<String> words) {}

  private static Emulator emulator(Container container, String socket) {
    String directory = container.paths().directory().toString();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        Optional<Emulator> found = emulator(process, directory, Qemu.qmp(socket));
        if (found.isPresent()) {
          return found.get();
        }
      }
    } catch (IOException e) {
      throw new UnsupportedException("move " + container.name(), "/proc can't be read: " + e, "");
    }
    throw new UnsupportedException(
        "move " + container.name(), "its emulator is not among the processes", "");
  }

  private static Optional<Emulator> emulator(Path process, String directory, String qmp) {
    try {
      String text = Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
      List<String> words = List.of(text.split("\0", -1));
      // The last of them is followed by a zero, too.
      words = words.subList(0, words.size() - 1);
      if (words.contains(qmp)
          && Files.readSymbolicLink(process.resolve("cwd")).toString().equals(directory)) {
        return Optional.of(new Emulator(Integer.parseInt(process.getFileName().toString()), words));
      }
    } catch (IOException _) {
      // It has ended meanwhile, or is another user's; ignored.
    }
    return Optional.empty();
  }

  private void start(Container container, Emulator old, String socket) {
    Path migration = container.paths().directory().resolve(SOCKET);
    Spec spec = context.containersAsTheyAre().spec(container.id());
    Process first = Objects.requireNonNull(spec.process());
    Process process = first.toBuilder().terminal(false).args(waiting(old.words(), socket)).build();
    Map<Integer, Fd> descriptors = new HashMap<>();
    try (InitProcess init =
        InitProcess.of(context.kernel(), container.processes())
            .orElseThrow(() -> ended(container))) {
      Files.deleteIfExists(migration);
      take(old, container, descriptors);
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

  private static UnsupportedException ended(Container container) {
    return new UnsupportedException("move " + container.name(), "it has just ended", "");
  }

  private void take(Emulator old, Container container, Map<Integer, Fd> descriptors) {
    try (Fd pidfd =
        context.kernel().processes().pidfdOpen(old.pid()).orElseThrow(() -> ended(container))) {
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

  private Qmp await(Container container, String socket) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
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
