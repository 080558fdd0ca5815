package dev.brig.runtime.container;

import dev.brig.linux.Kernel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A brig that starts a container and becomes its supervising program: `DIRECTORY NAME SCRIPT
/// ARGUMENTS…`.
final class StarterMain {
  private StarterMain() {}

  static void main(String[] args) {
    Kernel kernel = Kernel.ofThisMachine();
    World world = new World(Path.of(args[0]), kernel);
    try (LockedContainer container = world.store.lock(world.store.find(args[1]), "start")) {
      List<String> argv = new ArrayList<>(List.of("bash", "-c", args[2], "supervisor"));
      argv.add(Integer.toString(container.lockFd()));
      argv.add(container.paths().directory().toString());
      argv.add(container.paths().run().toString());
      argv.add(container.record().has(ContainerOption.RM) ? "yes" : "no");
      argv.addAll(List.of(args).subList(3, args.length));
      container.start();
      kernel.processes().unblockSignals();
      throw kernel
          .processes()
          .execve("/bin/bash", argv, List.of("PATH=/usr/sbin:/usr/bin:/sbin:/bin"));
    }
  }
}
