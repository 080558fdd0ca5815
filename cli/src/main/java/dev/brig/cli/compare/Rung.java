package dev.brig.cli.compare;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A way to run the probe.
sealed interface Rung {

  /// Returns its name: `bare`, `container`, `runc`.
  String id();

  /// Returns what it is, in a few words.
  String label();

  /// Returns what must be said wherever its figures are shown, or the empty string.
  String caveat();

  /// Returns the command for the probe with these letters.
  ///
  /// @param letters what the probe is to do
  /// @param instance a number that no other instance has
  List<String> command(String letters, int instance);

  /// Returns where the command runs.
  Path directory();

  /// Returns why it cannot run here, or the empty string.
  default String reason() {
    return "";
  }

  /// A command whose last word is the letters.
  ///
  /// @param words the words before
  record Command(String id, String label, String caveat, List<String> words, Path directory)
      implements Rung {
    public Command {
      words = List.copyOf(words);
    }

    @Override
    public List<String> command(String letters, int instance) {
      List<String> command = new ArrayList<>(words);
      command.add(letters);
      return command;
    }
  }

  /// A runtime that takes bundles of the OCI's.
  ///
  /// @param words the runtime with its options
  /// @param bundles makes the bundle for letters
  record OciRuntime(String id, String label, List<String> words, Bundles bundles, Path directory)
      implements Rung {
    public OciRuntime {
      words = List.copyOf(words);
    }

    @Override
    public String caveat() {
      return "";
    }

    @Override
    public List<String> command(String letters, int instance) {
      List<String> command = new ArrayList<>(words);
      command.addAll(List.of("run", "--bundle", bundles.of(letters).toString()));
      command.add("brig-compare-" + ProcessHandle.current().pid() + "-" + id + "-" + instance);
      return command;
    }
  }

  /// One that cannot run here.
  ///
  /// @param reason why
  record Missing(String id, String label, String reason) implements Rung {
    @Override
    public String caveat() {
      return "";
    }

    @Override
    public List<String> command(String letters, int instance) {
      throw new IllegalStateException(id + ": " + reason);
    }

    @Override
    public Path directory() {
      throw new IllegalStateException(id + ": " + reason);
    }
  }
}
