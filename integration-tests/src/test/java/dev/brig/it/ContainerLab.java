package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Containers of one image, `base`, whose files a test looks at.
///
/// @param folder the test's own; the state is in `brig`
/// @param brig the command with that state
record ContainerLab(Path folder, Brig brig) {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /// Makes a lab; touches nothing.
  static ContainerLab in(Path folder) {
    return new ContainerLab(folder, Brig.in(folder.resolve("brig")).within(LIMIT));
  }

  /// Imports the image, or skips the tests of an ordinary user.
  void prepare() throws IOException, InterruptedException {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    String _ = ok("import", Images.made("umoci"), "base");
  }

  /// Removes all, since JUnit would warn of each link in an image's root.
  void remove() throws IOException, InterruptedException {
    var _ = shell("rm -rf --one-file-system \"$1\"/*", folder.toString());
  }

  /// Runs a script with words as its parameters.
  static Brig.Ended shell(String script, String... words) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("sh", "-c", script, "-");
    builder.command().addAll(List.of(words));
    return Shell.ended(builder, LIMIT);
  }

  /// Runs a command that must succeed, and returns what it printed.
  String ok(String... words) throws IOException, InterruptedException {
    Brig.Ended ended = brig.run(words);
    assertThat(ended.status()).as("brig %s: %s", String.join(" ", words), ended.err()).isZero();
    return ended.out();
  }

  /// Makes a container as root in `/`, whatever the image says.
  ///
  /// @param words `run`, `create` and their options
  /// @param command what runs
  void made(List<String> words, String name, String... command)
      throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(words);
    line.addAll(List.of("--name", name, "-u", "0", "-w", "/", "--entrypoint", "", "base"));
    line.addAll(List.of(command));
    String _ = ok(line.toArray(String[]::new));
  }

  /// Makes a container that has run a script and ended.
  void ended(String name, String script) throws IOException, InterruptedException {
    made(List.of("run", "--cap-add", "MKNOD"), name, "sh", "-c", script);
  }

  /// Makes a container that runs.
  void running(String name) throws IOException, InterruptedException {
    running(name, "sleep", "1000");
  }

  /// Makes a container that runs this.
  void running(String name, String... command) throws IOException, InterruptedException {
    made(List.of("run", "-d"), name, command);
  }
}
