package dev.brig.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Lets calls of one shape's plan fail, one run for each, and looks at what brig says and leaves.
final class FaultRunner implements AutoCloseable {
  private static final String USER = "brigtest";
  private static final Duration LIMIT = Duration.ofSeconds(40);
  private static final int HUNG_UP = 129;

  private final Shape shape;
  private final Brig plain;
  private final Traces traces;
  private final List<String> words;
  private List<String> before = List.of();

  private FaultRunner(Shape shape, List<String> words, Brig plain, Traces traces) {
    this.shape = shape;
    this.words = List.copyOf(words);
    this.plain = plain;
    this.traces = traces;
  }

  /// Prepares what the shape needs, so that its plan can be made.
  ///
  /// @param folder an empty directory that the shape's user owns
  static FaultRunner planning(Shape shape, Path folder) throws IOException, InterruptedException {
    Path root = folder.resolve("brig");
    Brig plain = Brig.in(root).within(LIMIT);
    Traces traces = Traces.of(by(shape, plain), root);
    FaultRunner runner = new FaultRunner(shape, shape.words(image(shape, folder)), plain, traces);
    if (shape == Shape.STARTED) {
      runner.succeed("create", "--name", "c", "host", "true");
      runner.succeed("start", "c");
      runner.succeed("wait", "c");
    } else if (shape.isExec()) {
      runner.succeed("run", "-d", "--name", "c", "host", "sleep", "1000000");
    }
    return runner;
  }

  /// Prepares what the shape needs, and runs it once without a fault.
  ///
  /// @param folder an empty directory that the shape's user owns
  static FaultRunner of(Shape shape, Path folder) throws IOException, InterruptedException {
    FaultRunner runner = planning(shape, folder);
    List<String> still = runner.traces.look();
    Brig.Ended ended = runner.run(runner.brig(), runner.words);
    if (ended.status() != 0) {
      throw new AssertionError(shape + " without a fault: " + ended);
    }
    // But for the compiled filter, which is kept for the next container.
    List<String> left = runner.traces.since(still);
    left.removeIf(line -> line.contains("/cache"));
    if (!left.isEmpty()) {
      throw new AssertionError(shape + " without a fault leaves " + left);
    }
    runner.before = runner.traces.look();
    return runner;
  }

  private static Brig by(Shape shape, Brig brig) {
    return shape == Shape.ROOTLESS ? brig.as(USER) : brig;
  }

  private Brig brig() {
    return by(shape, plain);
  }

  /// The kernel lays no overlay over this machine's own root in a user namespace.
  private static String image(Shape shape, Path folder) throws IOException {
    if (shape != Shape.USER_NAMESPACE) {
      return "host";
    }
    Path bin = Files.createDirectories(folder.resolve("image/bin"));
    Files.copy(Path.of("/bin/busybox"), bin.resolve("true"), StandardCopyOption.COPY_ATTRIBUTES);
    return folder.resolve("image").toString();
  }

  private void succeed(String... words) throws IOException, InterruptedException {
    Brig.Ended ended = brig().run(words);
    if (ended.status() != 0) {
      throw new AssertionError(String.join(" ", words) + ": " + ended);
    }
  }

  private Brig.Ended run(Brig how, List<String> words) throws IOException, InterruptedException {
    String[] arguments = words.toArray(String[]::new);
    return shape.isOnTerminal() ? how.runOnTerminal(arguments) : how.run(arguments);
  }

  /// Returns the plan's calls.
  List<PlannedCall> calls() throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("explain", "--json"));
    words.addAll(this.words);
    Brig.Ended ended = run(brig(), words);
    if (ended.status() != 0) {
      throw new AssertionError(ended.toString());
    }
    return PlannedCall.all(ended.out());
  }

  /// A run with a fault.
  ///
  /// @param ended how it ended
  record Run(Brig.Ended ended) {
    /// Returns all that was written, without identifiers.
    String text() {
      return PlannedCall.plain(ended.out() + ended.err());
    }
  }

  /// Runs the shape with faults.
  ///
  /// @param faults as `BRIG_FAULT` has them
  Run with(String faults) throws IOException, InterruptedException {
    return new Run(run(by(shape, plain.with("BRIG_FAULT", faults)), words));
  }

  /// Runs any other brig command, which clears up, and returns what is left nevertheless.
  List<String> leftAfterNextCommand() throws IOException, InterruptedException {
    succeed("ps", "-a");
    return traces.since(before);
  }

  /// Lets one call fail.
  ///
  /// @param mayBeUnreached whether a container that does well makes no such call
  /// @return what is wrong with what brig said and left
  Optional<String> complaint(PlannedCall call, String errno, boolean mayBeUnreached)
      throws IOException, InterruptedException {
    Run run = with(call.number() + ":" + errno);
    String said = complaint(call, errno, mayBeUnreached, run);
    // What could not be cleared up stays until then: nothing is to be had by waiting.
    List<String> left =
        call.action().equals("ignore") ? leftAfterNextCommand() : traces.since(before);
    if (said.isEmpty() && left.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        "%s %s of call %d (%s: %s): %s: status %d: %s; left %s"
            .formatted(
                shape,
                errno,
                call.number(),
                call.why(),
                call.text(),
                said,
                run.ended().status(),
                run.text().strip(),
                left));
  }

  private static String complaint(PlannedCall call, String errno, boolean mayBeUnreached, Run run) {
    String text = run.text();
    if (text.contains("the terminal is not as before")) {
      return "the terminal is changed";
    }
    int status = run.ended().status();
    if (status == 0) {
      boolean quiet = run.ended().err().isEmpty() && !text.contains("brig: ");
      boolean right = call.passesOver(errno) || mayBeUnreached;
      return right && quiet ? "" : right ? "complains of nothing" : "says nothing";
    }
    if (call.isIdMapper()) {
      // A helper's process can't say why it could not be executed; its end counts as a refusal.
      return status == 125 && text.contains(call.why()) && text.contains("EPERM")
          ? ""
          : "does not name step and call";
    }
    if (call.action().equals("ignore")) {
      // Output that nobody takes hangs the terminal up, and what runs there ends by SIGHUP.
      return call.name().equals("write") && status == HUNG_UP ? "" : "the command's status is lost";
    }
    if (call.passesOver(errno)) {
      return text.contains("brig: ") ? "" : "says nothing";
    }
    boolean told =
        text.contains("brig: ")
            && text.contains(PlannedCall.plain(call.why()))
            && text.contains(call.name() + "(")
            && text.contains(errno);
    if (!told) {
      return "does not name step, call and error";
    }
    return status == call.status(errno) ? "" : "has another status than " + call.status(errno);
  }

  @Override
  public void close() throws IOException {
    try {
      var _ = brig().run("rm", "-f", "c");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      traces.close();
    }
  }
}
