package dev.brig.it;

import dev.brig.it.Conformance.Block;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Where the scripts of the conformance suite are run, each in a mount namespace of its own: a root
/// of busybox, the bundle that they change, and a runtime with a state directory of its own.
///
/// @param folder where all that is
/// @param runtime the runtime's path
/// @param numbers what makes ids of containers unlike each other
record ConformanceLab(Path folder, String runtime, AtomicInteger numbers) {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /// Makes a lab in an empty folder.
  ///
  /// @param runtime the runtime's path
  static ConformanceLab make(Path folder, String runtime) throws IOException, InterruptedException {
    new OciLab(folder).prepare();
    for (String file : List.of("base.json", "console.py", "agent.py")) {
      Files.copy(Conformance.folder().resolve(file), folder.resolve(file));
    }
    return new ConformanceLab(folder, runtime, new AtomicInteger());
  }

  /// Removes all, with what a runtime has left of a container that it failed to make.
  void remove() throws IOException, InterruptedException {
    var _ = shell("", "for id in $($RT list -q); do $RT delete --force \"$id\"; done");
    new OciLab(folder).remove();
  }

  /// Tells whether the machine has what a block needs.
  boolean hasWhatIsNeeded(Block block) throws IOException, InterruptedException {
    return block.said("needs").isEmpty() || shell("", block.said("needs")).status() == 0;
  }

  /// Runs a block's script.
  Brig.Ended run(Block block) throws IOException, InterruptedException {
    String prelude = Files.readString(Conformance.folder().resolve("prelude.sh"));
    return shell(
        "brig-it-" + folder.getFileName() + "-" + numbers.incrementAndGet(),
        prelude + block.script());
  }

  private Brig.Ended shell(String name, String script) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>();
    words.addAll(List.of("unshare", "-m", "--propagation", "private", "timeout", "50"));
    words.addAll(List.of("sh", "-c", script));
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().put("LAB", folder.toString());
    builder.environment().put("RT", runtime + " --root " + folder.resolve("state"));
    builder.environment().put("NAME", name);
    builder.redirectInput(Path.of("/dev/null").toFile());
    return Shell.ended(builder, LIMIT);
  }
}
