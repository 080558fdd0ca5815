package dev.brig.cli.guest;

import dev.brig.error.UnsupportedException;
import dev.brig.linux.KernelText;
import dev.brig.runtime.container.Container;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A process that runs a machine.
///
/// @param pid its number
/// @param words what it was started with
record Emulator(int pid, List<String> words) {
  Emulator {
    words = List.copyOf(words);
  }

  /// Finds the one of a container that listens on a socket.
  ///
  /// @param socket one of [LiveMachine#SOCKETS]
  /// @throws UnsupportedException if it is not there
  static Emulator of(Container container, String socket) {
    return of(container, List.of(socket));
  }

  /// Finds one of a container.
  ///
  /// @throws UnsupportedException if there is none
  static Emulator of(Container container) {
    return of(container, LiveMachine.SOCKETS);
  }

  private static Emulator of(Container container, List<String> sockets) {
    List<String> wanted = sockets.stream().map(Qemu::qmp).toList();
    String step = "virtual machine " + container.name();
    String directory = container.paths().directory().toString();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        Optional<Emulator> found = read(process, directory, wanted);
        if (found.isPresent()) {
          return found.get();
        }
      }
    } catch (IOException e) {
      throw new UnsupportedException(step, "/proc can't be read: " + e, "");
    }
    throw new UnsupportedException(step, "its emulator is not among the processes", "");
  }

  private static Optional<Emulator> read(Path process, String directory, List<String> wanted) {
    try {
      String text = KernelText.decode(Files.readAllBytes(process.resolve("cmdline")));
      List<String> words = List.of(text.split("\0", -1));
      // The last of them is followed by a zero, too.
      words = words.subList(0, words.size() - 1);
      if (words.stream().anyMatch(wanted::contains)
          && Files.readSymbolicLink(process.resolve("cwd")).toString().equals(directory)) {
        return Optional.of(new Emulator(Integer.parseInt(process.getFileName().toString()), words));
      }
    } catch (IOException _) {
      // It has ended meanwhile, or is another user's; ignored.
    }
    return Optional.empty();
  }
}
