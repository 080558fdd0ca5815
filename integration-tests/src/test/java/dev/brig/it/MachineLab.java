package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;

/// A brig that has an image and a kernel for virtual machines.
///
/// @param folder where all of it is
record MachineLab(Path folder) {
  /// Returns the brig.
  ContainerLab containers() {
    return ContainerLab.in(folder);
  }

  /// Imports the image and gets the kernel, or skips the tests.
  void prepare() throws IOException, InterruptedException {
    containers().prepare();
    DebianKernel.into(folder.resolve("brig"));
  }

  /// Runs a script with `b`, which runs the image in a machine, and `$brig`.
  ///
  /// @param words its parameters
  Brig.Ended script(String script, String... words) throws IOException, InterruptedException {
    String brig = "timeout -k 5 90 " + Checkout.root() + "/brig --root " + folder.resolve("brig");
    String run = brig + " run --isolation vm -u 0 -w / --entrypoint '' ";
    return ContainerLab.shell(
        "b() { " + run + "\"$@\"; }; brig='" + brig + "'\n{ " + script + "\n} | cat", words);
  }

  /// Removes all containers, and sees that nothing of them runs on.
  void clear() throws IOException, InterruptedException {
    for (String id : containers().brig().run("ps", "-aq").out().lines().toList()) {
      String _ = containers().ok("rm", "-f", id);
    }
    String processes = ContainerLab.shell("ps -eo args").out();
    assertThat(processes.lines().filter(line -> line.startsWith("/usr/bin/qemu")))
        .noneMatch(line -> line.contains(folder.toString()));
    assertThat(processes).doesNotContain("virtiofsd -f --fd=10 -o source=" + folder);
  }
}
