package dev.brig.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.brig.error.BrigException;
import dev.brig.linux.Errno;
import dev.brig.linux.Fault;
import dev.brig.linux.Kernel;
import dev.brig.runtime.container.ContainerException.Problem;
import dev.brig.runtime.spec.Linux;
import dev.brig.runtime.spec.LinuxIdMapping;
import dev.brig.runtime.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ContainerStoreTest {
  @TempDir Path directory;

  private World world;

  @BeforeEach
  void prepare() {
    world = new World(directory);
    world.sweep();
  }

  @Test
  void makesTheFilesOfAContainer() throws IOException {
    Container container = world.created("web");

    ContainerPaths paths = container.paths();
    assertThat(container.status()).isEqualTo(ContainerStatus.CREATED);
    assertThat(container.record().name()).isEqualTo("web");
    assertThat(world.store.spec(container.id())).isEqualTo(World.SPEC);
    assertThat(Files.readSymbolicLink(world.paths.names().resolve("web")))
        .hasToString(container.id().text());
    assertThat(paths.upper()).isDirectory();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(paths.upper())))
        .isEqualTo("rwxr-xr-x");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(paths.directory())))
        .isEqualTo("rwx------");
    assertThat(paths.work()).isDirectory();
    assertThat(paths.rootfs()).isDirectory();
    assertThat(paths.run()).doesNotExist();
  }

  @Test
  void givesTheWritableLayerToWhoIsUserZeroInside() throws IOException {
    Assumptions.assumeTrue(world.kernel.processes().euid() == 0, "needs root");
    Spec spec =
        World.SPEC.toBuilder()
            .linux(
                Linux.builder()
                    .uidMappings(List.of(new LinuxIdMapping(0, 100_000, 65536)))
                    .gidMappings(List.of(new LinuxIdMapping(0, 200_000, 65536)))
                    .build())
            .build();

    try (LockedContainer container = world.store.create(world.record("web").build(), spec)) {
      Path upper = container.paths().upper();
      assertThat(Files.getAttribute(upper, "unix:uid")).isEqualTo(100_000);
      assertThat(Files.getAttribute(upper, "unix:gid")).isEqualTo(200_000);
    }
  }

  @Test
  void keepsTheRecord() {
    ContainerRecord record =
        world
            .record("db", ContainerOption.TTY, ContainerOption.DETACH)
            .image(
                new ImageOrigin(
                    "debian:12", "sha256:ab", List.of(Path.of("/l/1"), Path.of("/l/2"))))
            .command(List.of("sh", "-c", "echo \"hi\""))
            .stop(new StopPolicy(2, 30))
            .userns("auto")
            .network("none")
            .labels(Map.of("b", "2", "a", ""))
            .cgroups(List.of(Path.of("/sys/fs/cgroup/pids/brig/x")))
            .limits(List.of(new AppliedLimit("--memory", "64m", "/sys/fs/cgroup/memory.max")))
            .build();

    world.store.create(record, World.SPEC).close();

    assertThat(world.store.find("db").record()).isEqualTo(record);
  }

  @Test
  void findsByNameIdentifierAndBeginning() {
    Container container = world.created("web");

    assertThat(world.store.find("web").id()).isEqualTo(container.id());
    assertThat(world.store.find(container.id().text()).id()).isEqualTo(container.id());
    assertThat(world.store.find(container.id().shortText()).id()).isEqualTo(container.id());
    assertThat(world.store.find(container.id().text().substring(0, 3)).id())
        .isEqualTo(container.id());
  }

  @Test
  void saysThatThereIsNoSuchContainer() {
    world.created("web");

    for (String reference : List.of("nope", "../names/web", "", "web/", "ffff".repeat(16), "g")) {
      assertThatThrownBy(() -> world.store.find(reference))
          .as(reference)
          .isInstanceOf(ContainerException.class)
          .hasMessage("no such container" + (reference.isEmpty() ? "" : ": " + reference));
    }
  }

  @Test
  void saysWhichContainersBeginAlike() {
    ContainerId one = new ContainerId("ab1".concat("0".repeat(61)));
    ContainerId two = new ContainerId("ab2".concat("0".repeat(61)));
    for (ContainerId id : List.of(one, two)) {
      world.store.create(ContainerRecord.builder(id, "", 1).build(), World.SPEC).close();
    }

    ContainerException exception =
        catchThrowableOfType(ContainerException.class, () -> world.store.find("ab"));

    assertThat(exception.problem()).isEqualTo(Problem.AMBIGUOUS);
    assertThat(exception.getMessage())
        .contains("2 containers begin so", one.shortText(), two.shortText());
    assertThat(world.store.find("ab2").id()).isEqualTo(two);
  }

  @Test
  void prefersANameToABeginning() {
    ContainerId one = new ContainerId("abc".concat("0".repeat(61)));
    world.store.create(ContainerRecord.builder(one, "other", 1).build(), World.SPEC).close();
    Container named = world.created("abc");

    assertThat(world.store.find("abc").id()).isEqualTo(named.id());
  }

  @Test
  void refusesANameThatIsTaken() {
    Container owner = world.created("web");
    List<String> before = world.remains();

    assertThatThrownBy(() -> world.created("web"))
        .isInstanceOf(ContainerException.class)
        .hasMessage(
            "container name \"web\": the name is taken by container " + owner.id().shortText());
    assertThat(world.remains()).isEqualTo(before);
  }

  @Test
  void refusesWhatCannotBeAName() {
    for (String name : List.of("-a", ".a", "_a", "a b", "a/b", "ä", "..", "a\n", "a".repeat(300))) {
      assertThatThrownBy(() -> world.created(name))
          .as(name)
          .hasMessageContaining("can't be a name");
    }
    assertThat(world.remains()).isEmpty();
  }

  @Test
  void findsNamesForThoseWhoGiveNone() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      names.add(world.created("").name());
    }

    assertThat(names).doesNotHaveDuplicates().allMatch(name -> name.contains("_"));
  }

  @Test
  void listsTheNewestFirst() {
    for (int i = 0; i < 3; i++) {
      ContainerId id = ContainerId.random(world.kernel);
      world.store.create(ContainerRecord.builder(id, "c" + i, i).build(), World.SPEC).close();
    }
    List<BrigException> problems = new ArrayList<>();

    assertThat(world.store.list(problems))
        .extracting(Container::name)
        .containsExactly("c2", "c1", "c0");
    assertThat(problems).isEmpty();
  }

  @Test
  void listsTheOthersWhenOneIsDamaged() throws IOException {
    Container damaged = world.created("damaged");
    world.created("whole");
    Files.writeString(damaged.paths().record(), "{\"id\": 1}");
    List<BrigException> problems = new ArrayList<>();

    assertThat(world.store.list(problems)).extracting(Container::name).containsExactly("whole");
    assertThat(problems).hasSize(1);
    assertThat(problems.getFirst().getMessage()).contains("container.json", "/id");
  }

  @Test
  void makesTheDirectoriesWhenNobodySwept() {
    World fresh = new World(directory.resolve("a/b"));

    assertThat(fresh.created("web").status()).isEqualTo(ContainerStatus.CREATED);
  }

  @Test
  void refusesARunDirectoryThatOthersCanChange() throws IOException {
    World fresh = new World(directory.resolve("c"));
    Files.createDirectories(fresh.paths.run());
    Files.setPosixFilePermissions(fresh.paths.run(), PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThatThrownBy(fresh.store::sweep).hasMessageContaining("may be changed by others");
  }

  @Test
  void refusesARunDirectoryThatIsALink() throws IOException {
    World fresh = new World(directory.resolve("d"));
    Files.createDirectories(directory.resolve("d/elsewhere"));
    Files.createSymbolicLink(fresh.paths.run(), directory.resolve("d/elsewhere"));

    assertThatThrownBy(fresh.store::sweep).hasMessageContaining("ENOTDIR");
  }

  @Test
  void holdsTheLockUntilItIsClosed() {
    try (LockedContainer container = world.store.create(world.record("web").build(), World.SPEC)) {
      container.start();

      Container view = world.store.find("web");
      assertThat(view.status()).isEqualTo(ContainerStatus.RUNNING);
      assertThatThrownBy(() -> world.store.lock(view, "start").close())
          .hasMessage("start web: container web is running");
      world.sweep();
    }

    // Closing without having become the program takes the start back.
    assertThat(world.store.find("web").status()).isEqualTo(ContainerStatus.CREATED);
    assertThat(world.remains()).noneMatch(name -> name.startsWith("run/containers"));
  }

  @Test
  void startsAgainWhatHasEnded() {
    world.created("web");
    try (LockedContainer container = world.store.lock(world.store.find("web"), "start")) {
      container.start();
      container.recordExit(new ExitRecord(ExitRecord.Cause.EXITED, 7, 1_700_000_009));
      container.addReason(new Reason(Reason.Kind.LIMIT, "because"));
      container.finish();
    }
    Container ended = world.store.find("web");
    assertThat(ended.status()).isEqualTo(ContainerStatus.EXITED);
    assertThat(ended.ended().orElseThrow().exitCode()).isEqualTo(7);
    assertThat(world.store.reasons(ended.id()))
        .containsExactly(new Reason(Reason.Kind.LIMIT, "because"));

    try (LockedContainer container = world.store.lock(ended, "start")) {
      container.start();

      assertThat(world.store.find("web").status()).isEqualTo(ContainerStatus.RUNNING);
      assertThat(world.store.reasons(ended.id())).isEmpty();
    }
  }

  @Test
  void removesAContainerWithAllItsFiles() throws IOException {
    Container container = world.created("web");
    Files.createDirectories(container.paths().upper().resolve("etc/deep"));
    Files.writeString(container.paths().upper().resolve("etc/deep/file"), "x");

    try (LockedContainer locked = world.store.lock(container, "rm")) {
      locked.remove();
    }

    assertThat(world.remains()).isEmpty();
    assertThatThrownBy(() -> world.store.lock(container, "rm").close())
        .hasMessage("no such container: web");
    assertThat(world.remains()).isEmpty();
  }

  @Test
  void leavesNothingWhenAnyCallOfTheCreationFails() {
    for (Errno errno : List.of(Errno.ENOSPC, Errno.EACCES)) {
      int call = 1;
      while (!isCreatedWithFault(new Fault(call, Fault.Extent.ONCE, errno))) {
        assertThat(world.remains()).as("call %s, %s", call, errno).isEmpty();
        call++;
      }
      assertThat(call).isGreaterThan(20);
      try (LockedContainer locked = world.store.lock(world.store.find("web"), "rm")) {
        locked.remove();
      }
    }
  }

  private boolean isCreatedWithFault(Fault fault) {
    World failing = world.through(Kernel.ofThisMachine().failing(fault));
    try {
      failing.store.create(failing.record("web").build(), World.SPEC).abandon();
      return true;
    } catch (BrigException e) {
      assertThat(e.getMessage()).contains(fault.errno().name());
      return false;
    } finally {
      world.sweep();
    }
  }
}
