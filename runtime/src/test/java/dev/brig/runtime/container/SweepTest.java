package dev.brig.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.error.BrigException;
import dev.brig.linux.Errno;
import dev.brig.linux.Fault;
import dev.brig.linux.Kernel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A sweep ends and removes what killed brigs left, and nothing else.
@Timeout(120)
class SweepTest {
  @TempDir Path directory;

  private World world;

  @BeforeEach
  void prepare() {
    world = new World(directory);
    world.sweep();
  }

  @Test
  void killsWhatALostSupervisorLeft() throws IOException, InterruptedException {
    Process init = new ProcessBuilder("sleep", "60").start();
    Container before = world.wrecked("web", init.pid());

    world.sweep();

    assertThat(init.waitFor()).isEqualTo(137);
    Container after = world.store.find("web");
    assertThat(after.status()).isEqualTo(ContainerStatus.EXITED);
    assertThat(after.ended().orElseThrow().exitCode()).isEqualTo(137);
    assertThat(after.startedSeconds()).isPositive();
    assertThat(world.store.reasons(after.id()))
        .extracting(Reason::kind)
        .containsExactly(Reason.Kind.LOST);
    assertThat(before.paths().run()).doesNotExist();
  }

  @Test
  void leavesAProcessAloneThatOnlyHasTheNumber() throws IOException, InterruptedException {
    Process other = new ProcessBuilder("sleep", "60").start();
    try {
      Container container = world.wrecked("web", other.pid());
      String stat = Files.readString(container.paths().pid());
      String[] fields = stat.split(" ", -1);
      fields[21] = Long.toString(Long.parseLong(fields[21]) - 1);
      Files.writeString(container.paths().pid(), String.join(" ", fields));

      world.sweep();

      assertThat(other.isAlive()).isTrue();
      assertThat(world.store.find("web").ended().orElseThrow().cause())
          .isEqualTo(ExitRecord.Cause.UNKNOWN);
    } finally {
      other.destroyForcibly().waitFor();
    }
  }

  @Test
  void removesTheCgroupsOfALostContainer() throws IOException {
    List<Path> cgroups = List.of(Path.of("/sys/fs/cgroup/pids/brig/x"));
    LockedContainer container =
        world.store.create(world.record("web").cgroups(cgroups).build(), World.SPEC);
    container.start();
    container.abandon();

    world.sweep();

    assertThat(world.cgroups.calls).containsExactly("kill " + cgroups, "remove " + cgroups);
  }

  @Test
  void removesALostContainerThatWasToBeRemoved() throws IOException, InterruptedException {
    Process init = new ProcessBuilder("sleep", "60").start();
    var _ = world.wrecked("web", init.pid(), ContainerOption.RM);

    world.sweep();

    assertThat(init.waitFor()).isEqualTo(137);
    assertThat(world.remains()).isEmpty();
  }

  @Test
  void keepsWhatWasCreatedOnly() {
    world.created("web", ContainerOption.RM);

    world.sweep();

    assertThat(world.store.find("web").status()).isEqualTo(ContainerStatus.CREATED);
  }

  @Test
  void keepsWhatWasCreatedOnlyWhileAnotherBrigIsAboutToLockIt() throws IOException {
    Container created = world.created("web", ContainerOption.RM);
    // What another brig makes before it has the lock, and what one leaves that lets it go.
    Files.createDirectory(created.paths().run());

    world.sweep();

    assertThat(world.store.find("web").status()).isEqualTo(ContainerStatus.CREATED);
    assertThat(created.paths().run()).doesNotExist();
  }

  @Test
  void doesNotTouchWhatIsHeld() {
    try (LockedContainer running = world.store.create(world.record("web").build(), World.SPEC)) {
      running.start();

      world.sweep();

      assertThat(world.store.find("web").status()).isEqualTo(ContainerStatus.RUNNING);
      assertThat(running.paths().lock()).exists();
    }
  }

  @Test
  void clearsTheEntryOfAContainerThatEndedInOrder() {
    LockedContainer container = world.store.create(world.record("web").build(), World.SPEC);
    container.start();
    container.recordExit(new ExitRecord(ExitRecord.Cause.EXITED, 3, 1_700_000_005));
    container.abandon();

    world.sweep();

    Container after = world.store.find("web");
    assertThat(after.ended().orElseThrow().exitCode()).isEqualTo(3);
    assertThat(after.paths().run()).doesNotExist();
    assertThat(world.store.reasons(after.id())).isEmpty();
  }

  @Test
  void endsWhatRanWhenTheMachineWentDown() throws IOException {
    LockedContainer kept = world.store.create(world.record("kept").build(), World.SPEC);
    kept.start();
    kept.abandon();
    LockedContainer removed =
        world.store.create(world.record("removed", ContainerOption.RM).build(), World.SPEC);
    removed.start();
    removed.abandon();
    world.created("created");
    LockedContainer torn = world.store.create(world.record("torn").build(), World.SPEC);
    Files.writeString(torn.paths().record(), "");
    torn.abandon();
    new DirectTreeRemover(world.kernel).remove(world.paths.run());

    world.sweep();

    assertThat(world.store.find("kept").ended().orElseThrow().exitCode()).isEqualTo(255);
    assertThat(world.store.find("created").status()).isEqualTo(ContainerStatus.CREATED);
    assertThat(world.store.list(new ArrayList<>())).hasSize(2);
    assertThat(world.paths.names().toFile().list()).containsExactlyInAnyOrder("kept", "created");
  }

  @Test
  void completesARecoveryThatWasCutShort() throws IOException {
    for (int call = 1; call < 200; call++) {
      LockedContainer container =
          world.store.create(world.record("web", ContainerOption.RM).build(), World.SPEC);
      container.start();
      container.abandon();
      new DirectTreeRemover(world.kernel).remove(world.paths.run());

      boolean whole = survives(call, world -> world.store.sweep());
      world.sweep();

      assertThat(world.remains()).as("call %s", call).isEmpty();
      if (whole) {
        return;
      }
    }
    throw new AssertionError("a recovery of 200 calls");
  }

  @Test
  void removesOrCompletesACreationThatWasCutShortAnywhere() {
    for (int call = 1; call < 200; call++) {
      boolean whole =
          survives(
              call,
              cut -> {
                LockedContainer container = cut.store.create(cut.record("web").build(), World.SPEC);
                container.abandon();
              });
      world.sweep();

      if (Objects.requireNonNull(world.paths.names().toFile().list()).length > 0) {
        Container container = world.store.find("web");
        assertThat(container.status()).isEqualTo(ContainerStatus.CREATED);
        assertThat(world.store.spec(container.id())).isEqualTo(World.SPEC);
        assertThat(container.paths().run()).doesNotExist();
        try (LockedContainer locked = world.store.lock(container, "rm")) {
          locked.remove();
        }
      }
      assertThat(world.remains()).as("call %s", call).isEmpty();
      if (whole) {
        return;
      }
    }
    throw new AssertionError("a creation of 200 calls");
  }

  @Test
  void completesARemovalThatWasCutShortAnywhere() {
    for (int call = 1; call < 200; call++) {
      Container container = world.created("web");
      boolean whole =
          survives(
              call,
              cut -> {
                try (LockedContainer locked = cut.store.lock(container, "rm")) {
                  locked.remove();
                }
              });
      world.sweep();

      boolean still = container.paths().record().toFile().exists();
      if (still) {
        // It was cut before anything was removed.
        assertThat(world.store.find("web").status()).isEqualTo(ContainerStatus.CREATED);
        try (LockedContainer locked = world.store.lock(container, "rm")) {
          locked.remove();
        }
      }
      assertThat(world.remains()).as("call %s", call).isEmpty();
      if (whole) {
        return;
      }
    }
    throw new AssertionError("a removal of 200 calls");
  }

  @Test
  void reportsWhatItCannotClearAndTriesAgain() {
    LockedContainer container =
        world.store.create(world.record("web", ContainerOption.RM).build(), World.SPEC);
    container.abandon();
    // The sweep's calls: open, list (3), take the lock (4), read the record, …
    int failures = 0;
    for (int call = 6; call < 30; call++) {
      Kernel failing =
          Kernel.ofThisMachine().failing(new Fault(call, Fault.Extent.ONCE, Errno.EIO));
      List<BrigException> problems = world.through(failing).store.sweep();
      failures += problems.size();
    }

    world.sweep();

    assertThat(failures).isPositive();
    assertThat(world.remains()).isEmpty();
  }

  private interface Action {
    void on(World world);
  }

  /// Lets a store act whose calls all fail from a certain one on, as if it were killed there.
  ///
  /// @return whether it came to its end before
  private boolean survives(int call, Action action) {
    Kernel dying =
        Kernel.ofThisMachine().failing(new Fault(call, Fault.Extent.FROM_THEN_ON, Errno.EIO));
    try {
      action.on(world.through(dying));
      return true;
    } catch (BrigException _) {
      // This is what being killed looks like from inside.
      return false;
    }
  }
}
