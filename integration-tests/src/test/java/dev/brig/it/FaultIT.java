package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Whichever call of a plan fails, with whichever error: the message names the step, the call and
/// the error, the status is the field's, and nothing is left.
///
/// Of the full plan one call of each kind fails, in each of its halves. The thorough test has every
/// call of it with each of its likely errors; in the other shapes every call that the full plan
/// lacks fails once, and of those that it has one in six, by a seed; `-Dbrig.faults=all` takes them
/// all.
class FaultIT {
  private static final long SEED = 20261125;
  private static final int ONE_IN = 6;
  private static final int AT_ONCE = 2;

  /// What a supervisor in the background does when its caller has gone; the container's end says
  /// that it failed.
  private static final Set<String> LATE =
      Set.of(
          "serve the running container",
          "wait for signals and output",
          "log the container's output",
          "pass signals on",
          "see whether the container has ended");

  private final List<Path> folders = new ArrayList<>();

  @BeforeEach
  void needsRoot() {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
  }

  /// Which calls are made to fail.
  private enum Draw {
    /// The first of each system call.
    ONE_OF_A_KIND,
    /// All of them.
    ALL;

    private boolean takes(PlannedCall call, Set<String> seen) {
      return seen.add(call.name()) || this == ALL;
    }
  }

  /// A call and the error that it meets.
  private record Task(PlannedCall call, String errno) {}

  @Test
  void namesTheStepOfEachKindOfCallAndLeavesNothing()
      throws IOException, InterruptedException, ExecutionException {
    List<Task> tasks = new ArrayList<>();
    Map<String, List<String>> errnos = ErrorLists.errnos();
    Set<String> kinds = new HashSet<>();
    String half = "supervisor";
    for (PlannedCall call : calls(Shape.FULL)) {
      half = call.place().equals("container") ? "container" : half;
      List<String> likely = errnos.getOrDefault(call.name(), List.of());
      String kind = half + " " + call.name() + " " + call.action();
      if (!call.action().equals("ignore") && !likely.isEmpty() && kinds.add(kind)) {
        tasks.add(new Task(call, harmful(call, likely)));
      }
    }
    assertThat(tasks).hasSizeGreaterThan(50);

    fail(Shape.FULL, tasks);
  }

  @ParameterizedTest
  @EnumSource(Shape.class)
  @Tag("thorough")
  void namesTheStepAndLeavesNothing(Shape shape)
      throws IOException, InterruptedException, ExecutionException {
    if (shape == Shape.ROOTLESS) {
      needsAnOrdinaryUser();
    }
    fail(shape, tasks(shape));
  }

  private void fail(Shape shape, List<Task> each)
      throws IOException, InterruptedException, ExecutionException {
    List<Path> places = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      places.add(folder(shape));
    }
    Queue<Task> tasks = new ConcurrentLinkedQueue<>(each);

    List<String> wrong = new ArrayList<>();
    try (ExecutorService workers = Executors.newFixedThreadPool(AT_ONCE)) {
      List<Future<List<String>>> results = new ArrayList<>();
      for (Path place : places) {
        Callable<List<String>> worker = () -> work(shape, place, tasks);
        results.add(workers.submit(worker));
      }
      for (Future<List<String>> result : results) {
        wrong.addAll(result.get());
      }
    } finally {
      remove();
    }

    assertThat(wrong).as("seed %d", SEED).isEmpty();
  }

  private static List<String> work(Shape shape, Path place, Queue<Task> tasks)
      throws IOException, InterruptedException {
    Map<String, String> unreached = ErrorLists.unreached();
    List<String> wrong = new ArrayList<>();
    try (FaultRunner runner = FaultRunner.of(shape, place)) {
      for (Task task = tasks.poll(); task != null; task = tasks.poll()) {
        PlannedCall call = task.call();
        boolean mayBeUnreached =
            unreached.containsKey(call.place())
                || (shape.isBackground() && LATE.contains(call.why()));
        runner.complaint(call, task.errno(), mayBeUnreached).ifPresent(wrong::add);
      }
    }
    return wrong;
  }

  private List<Task> tasks(Shape shape) throws IOException, InterruptedException {
    Map<String, List<String>> errnos = ErrorLists.errnos();
    Random random = new Random(SEED);
    boolean all = shape == Shape.FULL || "all".equals(System.getProperty("brig.faults"));
    Set<String> known = all ? Set.of() : kinds(calls(Shape.FULL));
    List<Task> tasks = new ArrayList<>();
    for (PlannedCall call : calls(shape)) {
      assertThat(errnos).as("errnos.txt").containsKey(call.name());
      List<String> likely = errnos.getOrDefault(call.name(), List.of());
      if (shape == Shape.FULL && !call.action().equals("ignore")) {
        likely.forEach(errno -> tasks.add(new Task(call, errno)));
      } else if (!likely.isEmpty()
          && (all || !known.contains(call.kind()) || random.nextInt(ONE_IN) == 0)) {
        tasks.add(new Task(call, harmful(call, likely)));
      }
    }
    return tasks;
  }

  /// Returns an error that the plan does not pass over, if there is one.
  private static String harmful(PlannedCall call, List<String> likely) {
    for (String errno : likely) {
      if (!call.passesOver(errno)) {
        return errno;
      }
    }
    return likely.getFirst();
  }

  private static Set<String> kinds(List<PlannedCall> calls) {
    Set<String> kinds = new HashSet<>();
    calls.forEach(call -> kinds.add(call.kind()));
    return kinds;
  }

  private List<PlannedCall> calls(Shape shape) throws IOException, InterruptedException {
    try (FaultRunner runner = FaultRunner.planning(shape, folder(shape))) {
      return runner.calls();
    }
  }

  @ParameterizedTest
  @EnumSource(Shape.class)
  void ignoresOnlyWhatIsIgnoredByDesign(Shape shape) throws IOException, InterruptedException {
    if (shape == Shape.ROOTLESS) {
      needsAnOrdinaryUser();
    }
    Map<String, String> reasons = ErrorLists.ignored();
    List<String> without = new ArrayList<>();

    for (PlannedCall call : calls(shape)) {
      // The kernel does not return from an exit.
      boolean returns = !call.name().equals("exit_group");
      if (returns && call.action().equals("ignore") && !reasons.containsKey(step(call))) {
        without.add(step(call) + ": " + call.text());
      }
    }
    remove();

    assertThat(without).as("ignored.txt").isEmpty();
  }

  private static String step(PlannedCall call) {
    return call.why().startsWith("remove the cgroup ")
        ? "remove the cgroup"
        : call.isIdMapper() ? "map ids" : call.why();
  }

  @Test
  void tellsTheFirstFailureThoughClearingUpFailsToo() throws IOException, InterruptedException {
    tellsTheFirstFailure(Draw.ONE_OF_A_KIND);
  }

  @Test
  @Tag("thorough")
  void tellsTheFirstFailureWhateverElseFails() throws IOException, InterruptedException {
    tellsTheFirstFailure(Draw.ALL);
  }

  private void tellsTheFirstFailure(Draw draw) throws IOException, InterruptedException {
    Set<String> seen = new HashSet<>();
    Map<String, List<String>> errnos = ErrorLists.errnos();
    List<String> wrong = new ArrayList<>();
    int tried = 0;
    try (FaultRunner runner = FaultRunner.of(Shape.FULL, folder(Shape.FULL))) {
      List<PlannedCall> calls = runner.calls();
      int first = number(calls, "pivot_root");
      boolean failing = false;
      for (PlannedCall call : calls) {
        failing = call.number() < first && (failing || call.why().equals("report the failure"));
        if (!failing || !call.action().equals("ignore") || call.name().equals("exit_group")) {
          continue;
        }
        if (!draw.takes(call, seen)) {
          continue;
        }
        tried++;
        String second =
            call.number() + ":" + errnos.getOrDefault(call.name(), List.of()).getFirst();
        FaultRunner.Run run = runner.with(first + ":EPERM," + second);
        List<String> left = runner.leftAfterNextCommand();
        boolean told = run.text().contains("pivot_root(") && run.text().contains("EPERM");
        if (run.ended().status() != 125 || !told || !left.isEmpty()) {
          wrong.add(second + " of " + call.text() + ": " + run + ", then " + left);
        }
      }
    }
    remove();

    assertThat(wrong).isEmpty();
    assertThat(tried).isGreaterThan(draw == Draw.ALL ? 5 : 2);
  }

  private static int number(List<PlannedCall> calls, String name) {
    for (PlannedCall call : calls) {
      if (call.name().equals(name)) {
        return call.number();
      }
    }
    throw new AssertionError("no call of " + name);
  }

  @Test
  void losesNoStatusWhenACallAfterTheEndFails() throws IOException, InterruptedException {
    losesNoStatus(Draw.ONE_OF_A_KIND);
  }

  @Test
  @Tag("thorough")
  void losesNoStatusWhateverFailsAfterTheEnd() throws IOException, InterruptedException {
    losesNoStatus(Draw.ALL);
  }

  private void losesNoStatus(Draw draw) throws IOException, InterruptedException {
    Set<String> seen = new HashSet<>();
    String[] words = {"run", "-d", "--name", "w", "--memory", "64m", "host", "sh", "-c", "exit 3"};
    Map<String, List<String>> errnos = ErrorLists.errnos();
    Path root = folder(Shape.DETACHED).resolve("brig");
    Brig brig = Brig.in(root);
    List<String> wrong = new ArrayList<>();
    int tried = 0;
    try (Traces traces = Traces.of(brig, root)) {
      var _ = brig.run("run", "--rm", "host", "true");
      List<String> before = traces.look();
      List<String> explain = new ArrayList<>(List.of("explain", "--json"));
      explain.addAll(List.of(words));
      boolean ending = false;
      for (PlannedCall call : PlannedCall.all(brig.run(explain.toArray(String[]::new)).out())) {
        ending = !call.why().equals("report the failure") && (ending || isEnd(call));
        if (!ending || call.name().equals("exit_group") || !draw.takes(call, seen)) {
          continue;
        }
        tried++;
        String fault = call.number() + ":" + errnos.getOrDefault(call.name(), List.of()).getFirst();
        Brig.Ended started = brig.with("BRIG_FAULT", fault).run(words);
        Brig.Ended waited = brig.run("wait", "w");
        Brig.Ended removed = brig.run("rm", "w");
        List<String> left = traces.since(before);
        if (started.status() != 0
            || !waited.out().strip().equals("3")
            || removed.status() != 0
            || !left.isEmpty()) {
          wrong.add(call + ": " + started + waited + removed + left);
        }
      }
    }
    remove();

    assertThat(wrong).isEmpty();
    assertThat(tried).isGreaterThan(draw == Draw.ALL ? 10 : 4);
  }

  @Test
  void keepsAContainerWhoseSupervisorFails() throws IOException, InterruptedException {
    String[] words = {"run", "-d", "--name", "w", "host", "sleep", "1000000"};
    Path root = folder(Shape.DETACHED).resolve("brig");
    Brig brig = Brig.in(root);
    try (Traces traces = Traces.of(brig, root)) {
      var _ = brig.run("run", "--rm", "host", "true");
      List<String> before = traces.look();
      List<String> explain = new ArrayList<>(List.of("explain", "--json"));
      explain.addAll(List.of(words));
      List<PlannedCall> calls = PlannedCall.all(brig.run(explain.toArray(String[]::new)).out());

      Brig.Ended started = brig.with("BRIG_FAULT", number(calls, "ppoll") + ":ENOMEM").run(words);
      Brig.Ended waited = brig.run("wait", "w");
      Brig.Ended inspected = brig.run("inspect", "w");
      Brig.Ended removed = brig.run("rm", "w");

      assertThat(started.status()).isZero();
      assertThat(waited.out()).isEqualTo("125\n");
      assertThat(inspected.out()).contains("wait for signals and output: ppoll(", "ENOMEM");
      assertThat(removed.status()).isZero();
      assertThat(traces.since(before)).isEmpty();
    }
    remove();
  }

  private static boolean isEnd(PlannedCall call) {
    return call.why().equals("record the exit status");
  }

  private Path folder(Shape shape) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory(Path.of("/var/tmp"), "brig-fault");
    folders.add(folder);
    if (shape == Shape.ROOTLESS) {
      var _ = Shell.ended(new ProcessBuilder("chown", "brigtest", folder.toString()));
    }
    return folder;
  }

  private void remove() throws IOException, InterruptedException {
    for (Path folder : folders) {
      var _ = Shell.ended(new ProcessBuilder("rm", "-rf", "--one-file-system", folder.toString()));
    }
  }

  private static void needsAnOrdinaryUser() throws IOException, InterruptedException {
    String brig = Checkout.root().resolve("brig").toString();
    int readable =
        Shell.ended(
                new ProcessBuilder(
                    "setpriv",
                    "--reuid=brigtest",
                    "--regid=brigtest",
                    "--init-groups",
                    "test",
                    "-r",
                    brig))
            .status();
    assumeTrue(readable == 0, "there is no user brigtest who can read the checkout");
  }
}
