package dev.brig.it;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// `./brig` as a user types it, with a state directory of its own.
///
/// Values are immutable: the `with` methods return changed copies. What this is not: a way to reach
/// into brig; everything goes through the command line.
record Brig(List<String> before, Map<String, String> environment, String input, Duration limit) {
  Brig {
    before = List.copyOf(before);
    environment = Map.copyOf(environment);
  }

  /// How a command ended: status as a shell sees it, and all that it wrote.
  record Ended(int status, String out, String err) {}

  /// brig that keeps everything below `root`.
  static Brig in(Path root) {
    return new Brig(List.of(), Map.of("BRIG_ROOT", root.toString()), "", Duration.ofSeconds(60));
  }

  /// The same, as an ordinary user: `setpriv`, with an environment of that user's.
  ///
  /// The user must be able to read the checkout.
  Brig as(String user) {
    List<String> words = new ArrayList<>(before);
    words.addAll(
        List.of("setpriv", "--reuid=" + user, "--regid=" + user, "--init-groups", "--reset-env"));
    List<String> keep = new ArrayList<>();
    environment.forEach((name, value) -> keep.add(name + "=" + value));
    words.add("env");
    words.addAll(keep);
    return new Brig(words, environment, input, limit);
  }

  /// The same with words before `brig`: `strace -f`, `unshare -m`, `sh -c 'ulimit …; exec "$@"' -`.
  Brig under(String... words) {
    List<String> all = new ArrayList<>(before);
    all.addAll(List.of(words));
    return new Brig(all, environment, input, limit);
  }

  Brig with(String name, String value) {
    Map<String, String> changed = new HashMap<>(environment);
    changed.put(name, value);
    return new Brig(before, changed, input, limit);
  }

  Brig reading(String text) {
    return new Brig(before, environment, text, limit);
  }

  Brig within(Duration most) {
    return new Brig(before, environment, input, most);
  }

  /// Runs one command to its end; beyond the limit it is killed and the test fails.
  Ended run(String... arguments) throws IOException, InterruptedException {
    Path in = Files.createTempFile("brig-it", ".in");
    try {
      Files.writeString(in, input);
      return Shell.ended(builder(arguments).redirectInput(in.toFile()), limit);
    } finally {
      Files.delete(in);
    }
  }

  /// Runs one command on a pseudo-terminal of its own, with all that it writes as the output. A
  /// line says so if it leaves the terminal other than it found it.
  Ended runOnTerminal(String... arguments) throws IOException, InterruptedException {
    return Shell.ended(terminal(arguments), limit);
  }

  /// Starts a command on a pseudo-terminal of its own: see [#runOnTerminal].
  ProcessBuilder terminal(String... arguments) {
    StringBuilder line = new StringBuilder("before=$(stty -g);");
    for (String word : builder(arguments).command()) {
      line.append(" '").append(word.replace("'", "'\\''")).append('\'');
    }
    // Of a brig that was killed another process restores it, a moment later.
    line.append("; status=$?; i=0; while [ \"$before\" != \"$(stty -g)\" ] && [ $i -lt 100 ]; do");
    line.append(" sleep 0.05; i=$((i+1)); done; [ \"$before\" = \"$(stty -g)\" ]");
    line.append(" || echo the terminal is not as before; exit $status");
    ProcessBuilder script =
        new ProcessBuilder("script", "-qec", line.toString(), "/dev/null")
            .redirectInput(new File("/dev/null"));
    script.environment().putAll(environment);
    return script;
  }

  /// Starts a command whose streams the test wants to hold itself.
  ProcessBuilder builder(String... arguments) {
    List<String> words = new ArrayList<>(before);
    words.add(Checkout.root().resolve("brig").toString());
    words.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().putAll(environment);
    builder.redirectInput(new File("/dev/null"));
    return builder;
  }
}
