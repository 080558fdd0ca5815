package dev.brig.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Several brigs at once, and brigs that are killed.
@Timeout(180)
class ManyBrigsTest {
  private static final int PROCESSES = 4;

  @TempDir Path directory;

  @Test
  void givesEachNameToOneContainer() throws IOException, InterruptedException {
    List<Process> brigs = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      brigs.add(TestProcess.start(CreatorMain.class, directory.toString(), "shared", "25"));
    }
    List<String> names = new ArrayList<>();
    for (Process brig : brigs) {
      try (BufferedReader output = reader(brig)) {
        output.lines().filter(line -> line.startsWith("name")).forEach(names::add);
      }
      assertThat(brig.waitFor()).isZero();
    }

    assertThat(names).hasSize(25).doesNotHaveDuplicates();
    World world = new World(directory);
    assertThat(world.store.list(new ArrayList<>())).hasSize(25);
    assertThat(world.paths.runContainers()).isEmptyDirectory();
  }

  @Test
  void disturbsNobodyBySweeping() throws IOException, InterruptedException {
    List<Process> brigs = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      brigs.add(TestProcess.start(CreatorMain.class, directory.toString(), "own", "p" + i, "40"));
    }
    for (Process brig : brigs) {
      var _ = brig.getInputStream().readAllBytes();
      assertThat(brig.waitFor()).isZero();
    }

    World world = new World(directory);
    world.sweep();
    assertThat(world.store.list(new ArrayList<>())).hasSize(PROCESSES * 20);
    assertThat(world.paths.runContainers()).isEmptyDirectory();
  }

  @Test
  void leavesNothingHalfDoneWhenItIsKilled() throws IOException, InterruptedException {
    Random random = new Random(7);
    World world = new World(directory);
    for (int round = 0; round < 8; round++) {
      Process brig =
          TestProcess.start(
              CreatorMain.class, directory.toString(), "own", "r" + round + "-", "100000");
      try (BufferedReader output = reader(brig)) {
        assertThat(output.readLine()).isEqualTo("ready");
        assertThat(brig.waitFor(50 + random.nextInt(200), TimeUnit.MILLISECONDS)).isFalse();
        brig.destroyForcibly().waitFor();
      }

      world.sweep();

      assertThat(world.paths.runContainers()).isEmptyDirectory();
      List<Container> whole = world.store.list(new ArrayList<>());
      assertThat(world.paths.containers().toFile().list()).hasSize(whole.size());
      assertThat(world.paths.names().toFile().list()).hasSize(whole.size());
      for (Container container : whole) {
        assertThat(world.store.find(container.name()).id()).isEqualTo(container.id());
        assertThat(world.store.spec(container.id())).isEqualTo(World.SPEC);
      }
    }
  }

  private static BufferedReader reader(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }
}
