package dev.brig.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.linux.Kernel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class LifecycleTest {
  private static final String OBEDIENT =
      "trap 'exit 5' TERM; echo trapped; while :; do sleep 0.05; done";
  private static final String DEAF = "trap '' TERM; echo trapped; while :; do sleep 0.05; done";

  @TempDir Path directory;

  private World world;
  private Lifecycle lifecycle;
  private Waiter waiter;

  @BeforeEach
  void prepare() {
    world = new World(directory);
    world.sweep();
    lifecycle = new Lifecycle(world.kernel, world.store, world.cgroups);
    waiter = new Waiter(world.kernel, world.store);
  }

  private FakeSupervisor run(String name, List<ContainerOption> options, String... init)
      throws IOException {
    ContainerRecord record =
        world
            .record(name, options.toArray(ContainerOption[]::new))
            .cgroups(List.of(Path.of("/sys/fs/cgroup/freezer/brig/none")))
            .build();
    world.store.create(record, World.SPEC).close();
    return FakeSupervisor.run(world, name, init);
  }

  private Container find(String name) {
    return world.store.find(name);
  }

  @Test
  void stopsAContainerThatObeys() throws IOException {
    try (FakeSupervisor _ = run("web", List.of(), "bash", "-c", OBEDIENT)) {
      assertThat(find("web").status()).isEqualTo(ContainerStatus.RUNNING);

      Lifecycle.StopOutcome outcome = lifecycle.stop(find("web"), new StopPolicy(15, 30));

      assertThat(outcome).isEqualTo(Lifecycle.StopOutcome.STOPPED);
      assertThat(find("web").ended().orElseThrow().exitCode()).isEqualTo(5);
      awaitGone(find("web").paths().run());
    }
  }

  /// The supervisor records the end first and clears up after.
  private static void awaitGone(Path path) {
    long limit = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (Files.exists(path) && System.nanoTime() < limit) {
      Thread.onSpinWait();
    }
    assertThat(path).doesNotExist();
  }

  @Test
  void stopsAContainerThatRemovesItselfAtOnce() throws IOException {
    try (FakeSupervisor _ = run("web", List.of(ContainerOption.RM), "bash", "-c", OBEDIENT)) {
      Path all = find("web").paths().directory();
      // Its first process has ended, and this goes on only when all is gone.
      Kernel late =
          world.kernel.tracedTo(call -> {
            if (call.startsWith("ppoll(")) {
              awaitGone(all);
            }
          });
      Lifecycle slow = new Lifecycle(late, world.store, world.cgroups);

      assertThat(slow.stop(find("web"), new StopPolicy(15, 30)))
          .isEqualTo(Lifecycle.StopOutcome.STOPPED);
    }
  }

  @Test
  void killsAContainerThatDoesNotObey() throws IOException {
    try (FakeSupervisor _ = run("web", List.of(), "bash", "-c", DEAF)) {
      Lifecycle.StopOutcome outcome = lifecycle.stop(find("web"), new StopPolicy(15, 0));

      assertThat(outcome).isEqualTo(Lifecycle.StopOutcome.KILLED);
      assertThat(find("web").ended().orElseThrow().exitCode()).isEqualTo(137);
    }
  }

  @Test
  void leavesAContainerThatIsNotRunning() {
    world.created("web");

    assertThat(lifecycle.stop(find("web"), StopPolicy.DEFAULT))
        .isEqualTo(Lifecycle.StopOutcome.WAS_NOT_RUNNING);
  }

  @Test
  void sendsTheSignalThatWasAskedFor() throws IOException {
    try (FakeSupervisor _ =
        run(
            "web",
            List.of(),
            "bash",
            "-c",
            "trap 'exit 9' USR1; echo trapped; while :; do sleep 0.05; done")) {
      lifecycle.kill(find("web"), 10);

      assertThat(waiter.await(find("web")).exitCode()).isEqualTo(9);
    }
  }

  @Test
  void refusesToSignalWhatIsNotRunning() {
    world.created("web");

    assertThatThrownBy(() -> lifecycle.kill(find("web"), 15))
        .hasMessage("kill web: container web is not running: it is created");
  }

  @Test
  void pausesAndLetsGoOn() throws IOException {
    try (FakeSupervisor _ = run("web", List.of(), "bash", "-c", OBEDIENT)) {
      lifecycle.pause(find("web"));
      assertThat(find("web").status()).isEqualTo(ContainerStatus.PAUSED);
      assertThatThrownBy(() -> lifecycle.pause(find("web")))
          .hasMessage("pause web: container web is already paused");

      lifecycle.unpause(find("web"));
      assertThat(find("web").status()).isEqualTo(ContainerStatus.RUNNING);
      assertThatThrownBy(() -> lifecycle.unpause(find("web")))
          .hasMessage("unpause web: container web is not paused");
    }
  }

  @Test
  void stopsAPausedContainerByLettingItGoOn() throws IOException {
    try (FakeSupervisor _ = run("web", List.of(), "bash", "-c", OBEDIENT)) {
      lifecycle.pause(find("web"));

      assertThat(lifecycle.stop(find("web"), new StopPolicy(15, 30)))
          .isEqualTo(Lifecycle.StopOutcome.STOPPED);

      assertThat(world.cgroups.calls).anyMatch(call -> call.startsWith("thaw"));
    }
  }

  @Test
  void removesARunningContainerByForceOnly() throws IOException {
    try (FakeSupervisor _ = run("web", List.of(), "bash", "-c", DEAF)) {
      assertThatThrownBy(() -> lifecycle.remove(find("web"), Lifecycle.Removal.ENDED_ONLY))
          .hasMessage("rm web: container web is running: stop it first or use --force");

      lifecycle.remove(find("web"), Lifecycle.Removal.EVEN_IF_RUNNING);

      assertThat(world.remains()).isEmpty();
    }
  }

  @Test
  void doesNotMindAContainerThatRemovesItself() throws IOException {
    try (FakeSupervisor _ = run("web", List.of(ContainerOption.RM), "bash", "-c", DEAF)) {
      assertThat(find("web").status()).isEqualTo(ContainerStatus.RUNNING);

      lifecycle.remove(find("web"), Lifecycle.Removal.EVEN_IF_RUNNING);
    }

    world.sweep();
    assertThat(world.store.list(new ArrayList<>())).isEmpty();
  }

  @Test
  void waitsForTheStatusOfAContainerThatIsRemovedAtItsEnd() throws IOException {
    try (FakeSupervisor _ =
        run("web", List.of(ContainerOption.RM), "bash", "-c", "sleep 0.2; exit 42")) {
      Container container = find("web");

      assertThat(waiter.await(container).exitCode()).isEqualTo(42);
      awaitGone(container.paths().directory());
    }
  }

  @Test
  void givesUpWaitingWhenTheTimeIsOver() throws IOException {
    try (FakeSupervisor _ = run("web", List.of(), "sleep", "60")) {
      assertThat(waiter.await(find("web"), Duration.ofMillis(100))).isEmpty();
      assertThat(find("web").status()).isEqualTo(ContainerStatus.RUNNING);
    }
  }

  @Test
  void tellsTheEndOfAContainerThatEndedLongAgo() throws IOException {
    try (FakeSupervisor _ = run("web", List.of(), "false")) {
      assertThat(waiter.await(find("web")).exitCode()).isEqualTo(1);
      assertThat(waiter.await(find("web")).exitCode()).isEqualTo(1);
    }
  }

  @Test
  void waitsForTheStartFirst() throws ExecutionException, IOException, InterruptedException {
    world.created("web");
    Container created = find("web");
    CompletableFuture<Optional<ExitRecord>> waiting =
        CompletableFuture.supplyAsync(() -> waiter.await(created, Duration.ofSeconds(30)));

    try (FakeSupervisor _ = FakeSupervisor.run(world, "web", "sh", "-c", "exit 3")) {
      assertThat(waiting.get().orElseThrow().exitCode()).isEqualTo(3);
    }
  }

  @Test
  void saysThatAContainerIsGoneThatWasNeverStarted()
      throws ExecutionException, IOException, InterruptedException {
    world.created("web");
    Container created = find("web");
    CompletableFuture<Optional<ExitRecord>> waiting =
        CompletableFuture.supplyAsync(() -> waiter.await(created, Duration.ofSeconds(30)));

    lifecycle.remove(created, Lifecycle.Removal.ENDED_ONLY);

    assertThatThrownBy(waiting::get).hasMessageContaining("no such container");
  }

  @Test
  void tellsTheEndOfAContainerWhoseSupervisorIsKilled()
      throws ExecutionException, IOException, InterruptedException {
    try (FakeSupervisor supervisor = run("web", List.of(), "sleep", "60")) {
      Container container = find("web");
      CompletableFuture<ExitRecord> waiting =
          CompletableFuture.supplyAsync(() -> waiter.await(container));

      supervisor.kill();

      assertThat(waiting.get().exitCode()).isEqualTo(137);
      assertThat(find("web").status()).isEqualTo(ContainerStatus.EXITED);
    }
  }
}
