package dev.brig.runtime.container;

import dev.brig.error.BrigException;
import dev.brig.linux.Kernel;
import dev.brig.runtime.spec.Process;
import dev.brig.runtime.spec.Root;
import dev.brig.runtime.spec.Spec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// A store in a directory of its own, and what tests ask of it.
final class World {
  static final Spec SPEC =
      Spec.builder("1.3.0", new Root("rootfs", /* readonly= */ false))
          .process(Process.builder().args(List.of("true")).build())
          .build();

  final Kernel kernel;
  private final Path directory;
  final StatePaths paths;
  final RecordingCgroups cgroups = new RecordingCgroups();
  final ContainerStore store;

  World(Path directory) {
    this(directory, Kernel.ofThisMachine());
  }

  World(Path directory, Kernel kernel) {
    this.kernel = kernel;
    this.directory = directory;
    this.paths = new StatePaths(directory.resolve("root"), directory.resolve("run"));
    this.store = new ContainerStore(kernel, paths, cgroups, new DirectTreeRemover(kernel));
  }

  /// Returns the directory of it all.
  Path directory() {
    return directory;
  }

  /// Returns the same store through another kernel.
  World through(Kernel other) {
    return new World(directory, other);
  }

  /// Sweeps and fails if something could not be cleared up.
  void sweep() {
    List<BrigException> problems = store.sweep();
    if (!problems.isEmpty()) {
      throw new AssertionError(problems.toString(), problems.getFirst());
    }
  }

  ContainerRecord.Builder record(String name, ContainerOption... options) {
    Set<ContainerOption> set = EnumSet.noneOf(ContainerOption.class);
    set.addAll(List.of(options));
    return ContainerRecord.builder(
            ContainerId.random(Kernel.ofThisMachine()), name, 1_700_000_000_000L)
        .options(set);
  }

  /// Makes a container and lets its lock go.
  Container created(String name, ContainerOption... options) {
    try (LockedContainer container = store.create(record(name, options).build(), SPEC)) {
      name = container.record().name();
    }
    return store.find(name);
  }

  /// Makes a container whose supervising program was killed after it wrote its pid file.
  Container wrecked(String name, long initPid, ContainerOption... options) throws IOException {
    LockedContainer container = store.create(record(name, options).build(), SPEC);
    container.start();
    // Not a copy of the file: the kernel's is read-only.
    Files.writeString(
        container.paths().pid(), Files.readString(Path.of("/proc/" + initPid + "/stat")));
    Container view = store.find(name);
    // What the kernel does when the last holder dies: the lock is gone, the files stay.
    container.abandon();
    return view;
  }

  /// Returns everything below both directories but the directories that are always there.
  List<String> remains() {
    List<String> remains = new ArrayList<>();
    for (Path top : List.of(paths.root(), paths.run())) {
      try (Stream<Path> all = Files.walk(top)) {
        for (Path path : (Iterable<Path>) all::iterator) {
          String name = top.getFileName() + "/" + top.relativize(path);
          if (!Set.of("root/", "root/containers", "root/names", "run/", "run/containers")
                  .contains(name)
              && !name.equals("run/recovery.lock")) {
            remains.add(name);
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return remains;
  }
}
