package dev.brig.cli.compare;

import dev.brig.cli.compare.result.Metric;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// A way to run the probe.
sealed interface Rung {

  /// Returns its name: `bare`, `container`, `runc`.
  String id();

  /// Returns what it is, in a few words.
  String label();

  /// Returns what must be said wherever its figures are shown, or the empty string.
  default String caveat() {
    return "";
  }

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

  /// Returns the same command, telling of each step on standard error; empty if it can't.
  default List<String> traced(String letters, int instance) {
    return List.of();
  }

  /// Tells whether it needs [Rungs#IMAGE].
  default boolean hasImage() {
    return false;
  }

  /// Tells whether it is far slower here than where it is at home.
  default boolean isEmulated() {
    return false;
  }

  /// Returns the metrics that mean something else in it, or take too long.
  default Set<Metric> without() {
    return Set.of();
  }

  /// A command whose last word is the letters.
  ///
  /// @param words the words before
  record Command(String id, String label, List<String> words, Path directory) implements Rung {
    public Command {
      words = List.copyOf(words);
    }

    @Override
    public List<String> command(String letters, int instance) {
      List<String> command = new ArrayList<>(words);
      command.add(letters);
      return command;
    }

    @Override
    public List<String> traced(String letters, int instance) {
      List<String> command = new ArrayList<>();
      if (hasImage()) {
        command.addAll(command(letters, instance));
        command.add(command.indexOf("run") + 1, "--trace");
      }
      return command;
    }

    @Override
    public boolean hasImage() {
      return words.contains(Rungs.IMAGE);
    }
  }

  /// A virtual machine, whose files are all its own.
  ///
  /// @param run what runs it
  /// @param isEmulated whether the processor does not help
  record VirtualMachine(Command run, boolean isEmulated) implements Rung {
    @Override
    public String id() {
      return run.id();
    }

    @Override
    public String label() {
      return run.label();
    }

    @Override
    public String caveat() {
      return isEmulated
          ? "software emulation (TCG), not hardware virtualization: don't quote its figures as"
              + " those of virtual machines"
          : "";
    }

    @Override
    public List<String> command(String letters, int instance) {
      return run.command(letters, instance);
    }

    @Override
    public Path directory() {
      return run.directory();
    }

    @Override
    public boolean hasImage() {
      return true;
    }

    @Override
    public Set<Metric> without() {
      // A busy emulator is another's neighbour, not what runs in it.
      return isEmulated
          ? Set.of(Metric.WRITE, Metric.CREATE, Metric.NEIGHBOUR)
          : Set.of(Metric.WRITE, Metric.CREATE);
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
    public List<String> command(String letters, int instance) {
      throw new IllegalStateException(id + ": " + reason);
    }

    @Override
    public Path directory() {
      throw new IllegalStateException(id + ": " + reason);
    }
  }
}
