package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A brig that has an image and a kernel for virtual machines.
///
/// @param folder where all of it is
record MachineLab(Path folder) {
  private static final String AT_TERMINAL =
      """
      tty; stty size; read -r line; trap 'stty size' WINCH; trap 'echo interrupted; exit 5' INT
      echo "got $line"; while :; do sleep 0.2; done
      """;

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

  /// Has a person at a terminal run a shell in a machine, and type, resize and interrupt.
  ///
  /// @param terminal what the shell's terminal is called
  /// @param words brig's command up to the shell, exclusive
  void playTerminal(String terminal, String... words) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(List.of(words));
    line.addAll(List.of("sh", "-c", AT_TERMINAL));
    JsonObject told =
        Person.plays(
            containers().brig(),
            List.of(
                List.of("expect", terminal),
                List.of("expect", "33 99"),
                List.of("send", "typed\r"),
                List.of("expect", "got typed"),
                List.of("resize", 44, 88),
                List.of("expect", "44 88"),
                List.of("send", "\u0003"),
                List.of("expect", "interrupted")),
            line.toArray(String[]::new));

    assertThat(told.get("status").getAsInt()).isEqualTo(5);
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
