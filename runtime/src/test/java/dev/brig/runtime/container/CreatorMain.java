package dev.brig.runtime.container;

import dev.brig.error.BrigException;
import dev.brig.linux.Kernel;
import java.nio.file.Path;
import java.util.List;

/// A program that makes containers: `DIRECTORY own PREFIX COUNT` with names of its own, removing
/// every other one; `DIRECTORY shared COUNT` with names that all want, telling which it got.
final class CreatorMain {
  private CreatorMain() {}

  static void main(String[] args) {
    World world = new World(Path.of(args[0]), Kernel.ofThisMachine());
    System.out.println("ready");
    if (args[1].equals("own")) {
      own(world, args[2], Integer.parseInt(args[3]));
    } else {
      shared(world, Integer.parseInt(args[2]));
    }
  }

  private static void own(World world, String prefix, int count) {
    for (int i = 0; i < count; i++) {
      sweep(world);
      ContainerOption[] options =
          i % 3 == 0 ? new ContainerOption[] {ContainerOption.RM} : new ContainerOption[0];
      ContainerRecord record = world.record(prefix + i, options).build();
      try (LockedContainer container = world.store.create(record, World.SPEC)) {
        if (i % 2 == 0) {
          container.remove();
        }
      }
    }
  }

  private static void shared(World world, int count) {
    for (int i = 0; i < count; i++) {
      sweep(world);
      try (LockedContainer container =
          world.store.create(world.record("name" + i).build(), World.SPEC)) {
        System.out.println(container.record().name());
      } catch (ContainerException e) {
        if (e.problem() != ContainerException.Problem.NAME_TAKEN) {
          throw e;
        }
      }
    }
  }

  private static void sweep(World world) {
    List<BrigException> problems = world.store.sweep();
    if (!problems.isEmpty()) {
      throw problems.getFirst();
    }
  }
}
