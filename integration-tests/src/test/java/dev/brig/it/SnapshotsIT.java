package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Snapshots, rollback, clones, layers in memory; and what a kill leaves of them and of a commit.
class SnapshotsIT {
  private static final long SEED = 20261125;
  private static final int KILLS = 8;
  private static final int MANY_KILLS = 25;

  @TempDir static Path folder;

  private final ContainerLab lab = ContainerLab.in(folder);

  @BeforeAll
  static void prepare() throws IOException, InterruptedException {
    ContainerLab.in(folder).prepare();
  }

  @AfterAll
  static void remove() throws IOException, InterruptedException {
    ContainerLab.in(folder).remove();
  }

  private final Path root = folder.resolve("brig");

  private String text(String container, String path) throws IOException, InterruptedException {
    Path copy = Files.createTempDirectory(folder, "text").resolve("file");
    Brig.Ended ended = lab.brig().run("cp", container + ":" + path, copy.toString());
    return ended.status() == 0 ? Files.readString(copy) : "";
  }

  @Test
  void aContainerGoesBackAndForthBetweenItsSnapshots() throws IOException, InterruptedException {
    lab.made(List.of("create"), "back", "sh", "-c", "echo x >>/count; rm -f /bin/true");
    lab.ok("start", "-a", "back");
    assertThat(lab.ok("snapshot", "-m", "first of all", "back", "one")).isEqualTo("one\n");
    lab.ok("start", "-a", "back");
    assertThat(lab.ok("snapshot", "back")).isEqualTo("s2\n");
    lab.ok("start", "-a", "back");
    assertThat(text("back", "/count")).isEqualTo("x\nx\nx\n");

    lab.ok("rollback", "back", "one");
    assertThat(text("back", "/count")).isEqualTo("x\n");
    assertThat(lab.ok("diff", "back")).isEqualTo("C /bin\nD /bin/true\nA /count\n");
    lab.ok("rollback", "back", "s2");
    assertThat(text("back", "/count")).isEqualTo("x\nx\n");
    assertThat(lab.ok("diff", "back@s2", "back@one")).isEqualTo("C /count\n");
    assertThat(lab.ok("snapshots", "back"))
        .contains("└─ one")
        .contains("first of all")
        .contains("* ");
    assertThat(lab.ok("log", "back").lines().map(line -> line.replaceAll(" {2,}", "|")))
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("SNAPSHOT|CREATED|ADDED|CHANGED|REMOVED|COMMENT"),
            line -> assertThat(line).isEqualTo("(now)|0|0|0|"),
            line -> assertThat(line).startsWith("s2|").endsWith("|0|1|0|"),
            line -> assertThat(line).startsWith("one|").endsWith("|1|1|1|first of all"));
    lab.ok("start", "-a", "back");
    assertThat(lab.ok("log", "--changes", "back", "one"))
        .matches("\\(now\\)\nC /count\n\ns2, [a-z0-9 ]+\nC /count\n");
    assertThat(lab.ok("log", "--json", "back@one"))
        .contains("\"snapshot\": \"one\"", "\"added\": [\n      \"/count\"", "/bin/true")
        .doesNotContain("s2");
    assertThat(lab.brig().run("log", "back", "three").err())
        .contains("\"three\"", "brig snapshots back lists those");
    lab.ok("snapshot", "--rm", "back", "one");
    assertThat(lab.ok("log", "--changes", "back@s2")).contains("D /bin/true\nA /count\n");
    lab.ok("rm", "back");

    assertThat(root.resolve("frozen")).isDirectoryNotContaining(Files::isDirectory);
  }

  @Test
  void aRunningContainerStandsStillForASnapshotAndGoesOn()
      throws IOException, InterruptedException {
    // Two files, changed as a whole one after the other: a copy of a moving target would tell.
    String script =
        "i=0; while true; do i=$((i+1)); for f in a b; do echo $i >/n; mv /n /$f; done; done";
    lab.running("still", "sh", "-c", script);
    for (int i = 0; i < 3; i++) {
      lab.ok("snapshot", "still");
    }
    lab.ok("clone", "still", "twin");
    assertThat(lab.ok("ps", "--format", "{{.Names}} {{.Status}}"))
        .contains("still Up")
        .doesNotContain("aused");
    lab.ok("stop", "-t", "0", "still");

    for (String snapshot : List.of("s1", "s2", "s3")) {
      lab.ok("rollback", "still", snapshot);
      long a = Long.parseLong("0" + text("still", "/a").strip());
      long b = Long.parseLong("0" + text("still", "/b").strip());
      assertThat(a - b).as(snapshot).isBetween(0L, 1L);
    }
    lab.ok("rm", "still");
    assertThat(text("twin", "/a")).isNotEmpty();
    lab.ok("rm", "twin");
  }

  @Test
  void clonesShareWhatTheyHaveInCommonAndDivergeAfterwards()
      throws IOException, InterruptedException {
    lab.made(List.of("create"), "origin", "sh", "-c", "echo $HOSTNAME >>/who");
    lab.ok("start", "-a", "origin");
    String id = lab.ok("clone", "origin", "copy").strip();
    lab.ok("rm", "origin");
    lab.ok("start", "-a", "copy");

    assertThat(text("copy", "/who").lines()).hasSize(2).last().isEqualTo(id.substring(0, 12));
    assertThat(lab.brig().run("clone", "copy", "copy").err()).contains("the name is taken");
    lab.ok("rm", "copy");
    assertThat(root.resolve("frozen")).isDirectoryNotContaining(Files::isDirectory);
  }

  @Test
  void aLayerInMemoryIsLimitedAndGoneAtTheEnd() throws IOException, InterruptedException {
    Brig.Ended full =
        lab.brig()
            .run(
                "run",
                "--rm",
                "--upper",
                "tmpfs:size=1m",
                "-u",
                "0",
                "--entrypoint",
                "",
                "base",
                "sh",
                "-c",
                "echo x >/x && dd if=/dev/zero of=/big bs=1k count=4000");
    assertThat(full.err()).contains("No space left on device");
    lab.ok(
        "run",
        "-d",
        "--name",
        "memory",
        "--upper",
        "tmpfs",
        "-u",
        "0",
        "--entrypoint",
        "",
        "base",
        "sh",
        "-c",
        "echo in >/x; rm /bin/true; sleep 1000");
    assertThat(lab.ok("exec", "memory", "cat", "/x")).isEqualTo("in\n");

    assertThat(lab.ok("diff", "memory")).isEqualTo("C /bin\nD /bin/true\nA /x\n");
    lab.ok("commit", "memory", "from-memory");
    assertThat(lab.ok("run", "--rm", "--entrypoint", "", "from-memory", "cat", "/x"))
        .isEqualTo("in\n");
    assertThat(lab.brig().run("snapshot", "memory").err()).contains("in memory");
    lab.ok("stop", "-t", "0", "memory");
    assertThat(lab.ok("diff", "memory")).isEmpty();
    lab.ok("rm", "memory");
    Brig.Ended quota = lab.brig().run("run", "--storage-opt", "size=1g", "base", "true");
    assertThat(quota.status()).isEqualTo(125);
    assertThat(quota.err()).contains("--upper tmpfs:size=");
  }

  @Test
  void aMountedRootIsSeenAndKeepsTheContainerFromStarting()
      throws IOException, InterruptedException {
    lab.made(List.of("create"), "shown", "sh", "-c", "true");
    String place = lab.ok("mount", "shown").strip();
    try {
      assertThat(Path.of(place, "bin/busybox")).isRegularFile();
      Files.writeString(Path.of(place, "written"), "here");
      assertThat(lab.brig().run("start", "-a", "shown").err()).contains("its root is mounted on");
      assertThat(lab.ok("diff", "shown")).isEqualTo("A /written\n");
    } finally {
      lab.ok("umount", "shown");
    }
    assertThat(Path.of(place)).doesNotExist();
    assertThat(text("shown", "/written")).isEqualTo("here");
    lab.ok("rm", "shown");
  }

  @Test
  void twoHundredLayersAreStacked() throws IOException, InterruptedException {
    lab.made(List.of("create"), "deep", "sh", "-c", "echo x >>/count");
    for (int i = 0; i < 12; i++) {
      lab.ok("start", "-a", "deep");
      lab.ok("snapshot", "deep");
    }
    Path script = folder.resolve("layers.sh");
    Files.writeString(
        script,
        """
        set -e
        cd "$1"
        cp -r "$2" many
        for i in $(seq 200); do
          mkdir -p l$i && echo $i >l$i/f$i && echo $i >l$i/top
          umoci raw add-layer --image many:latest $i.tar 2>/dev/null || {
            tar -C l$i -cf $i.tar . && umoci raw add-layer --image many:latest $i.tar; }
        done
        """);
    Brig.Ended made =
        Shell.ended(
            new ProcessBuilder("sh", script.toString(), "" + folder, Images.made("umoci")),
            Duration.ofMinutes(5));
    assumeTrue(made.status() == 0, made.err());

    assertThat(
            lab.ok(
                "run",
                "--rm",
                "--entrypoint",
                "",
                "-u",
                "0",
                "-w",
                "/",
                folder + "/many:latest",
                "cat",
                "/top",
                "/f1",
                "/f200"))
        .isEqualTo("200\n1\n200\n");
    assertThat(text("deep", "/count").lines()).hasSize(12);
    lab.ok("rm", "deep");
  }

  /// Starts a command and kills it after a random while.
  private void killed(Random random, String... words) throws IOException, InterruptedException {
    Process process =
        lab.brig()
            .builder(words)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    process.waitFor(random.nextInt(700), TimeUnit.MILLISECONDS);
    process.destroyForcibly().waitFor();
  }

  @Test
  void aKillLeavesTheOldStateOrTheNew() throws IOException, InterruptedException {
    oneStateIsThereAfter(KILLS);
  }

  @Test
  @Tag("thorough")
  void manyKillsLeaveTheOldStateOrTheNew() throws IOException, InterruptedException {
    oneStateIsThereAfter(MANY_KILLS);
  }

  private void oneStateIsThereAfter(int kills) throws IOException, InterruptedException {
    Random random = new Random(SEED);
    lab.made(List.of("create"), "killed", "sh", "-c", "echo x >>/count");
    lab.ok("start", "-a", "killed");
    lab.ok("snapshot", "killed", "base");
    int lines = 1;
    for (int i = 0; i < kills; i++) {
      lab.ok("start", "-a", "killed");
      lines++;
      String name = "k" + i;
      switch (i % 4) {
        case 0, 1 -> killed(random, "snapshot", "killed", name);
        case 2 -> killed(random, "commit", "killed", "lab/" + name);
        default -> {
          killed(random, "rollback", "killed", "base");
          int now = (int) text("killed", "/count").lines().count();
          assertThat(now).as("kill %d", i).isIn(1, lines);
          lines = now;
        }
      }
      assertThat(text("killed", "/count").lines().count()).as("kill %d", i).isEqualTo(lines);
      Brig.Ended again = lab.brig().run("snapshot", "killed", name);
      assertThat(again.status() == 0 || again.err().contains("has a snapshot of this name"))
          .as("kill %d: %s", i, again.err())
          .isTrue();
      assertThat(text("killed", "/count").lines().count()).isEqualTo(lines);
    }
    for (String image : lab.ok("images", "-q").lines().toList()) {
      assertThat(
              lab.brig()
                  .run("run", "--rm", "--entrypoint", "", image, "/bin/busybox", "true")
                  .status())
          .isZero();
    }
    lab.ok("rm", "killed");
    assertThat(root.resolve("frozen")).isDirectoryNotContaining(Files::isDirectory);
  }

  @Test
  void aContainerThatAKilledBrigLeftStandingGoesOn() throws IOException, InterruptedException {
    goesOnAfter(KILLS);
  }

  @Test
  @Tag("thorough")
  void aContainerThatManyKilledBrigsLeftStandingGoesOn() throws IOException, InterruptedException {
    goesOnAfter(MANY_KILLS);
  }

  private void goesOnAfter(int kills) throws IOException, InterruptedException {
    Random random = new Random(SEED);
    lab.running("frozen", "sh", "-c", "i=0; while true; do i=$((i+1)); echo $i >/n; done");
    for (int i = 0; i < kills; i++) {
      killed(random, "snapshot", "frozen");
      killed(random, "commit", "frozen");
      assertThat(lab.ok("ps", "--format", "{{.Names}} {{.Status}}"))
          .contains("frozen Up")
          .doesNotContain("aused");
    }
    lab.ok("rm", "-f", "frozen");
    lab.ok("ps");
    assertThat(root.resolve("frozen")).isDirectoryNotContaining(Files::isDirectory);
  }
}
