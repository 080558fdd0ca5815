package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The store of images after damage and crowds.
class HousekeepingIT {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final String WHOLE = "everything is whole\n";

  @TempDir static Path folder;

  private String layout = "";

  @BeforeEach
  void makeImage() throws IOException, InterruptedException {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    layout = Images.made("umoci");
  }

  @AfterAll
  static void remove() throws IOException, InterruptedException {
    shell("rm -rf --one-file-system \"$1\"/*", folder.toString());
  }

  private static String shell(String script, String... words)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("sh", "-ec", script, "-");
    builder.command().addAll(List.of(words));
    builder.redirectInput(Path.of("/dev/null").toFile());
    Brig.Ended ended = Shell.ended(builder, LIMIT);
    assertThat(ended.status()).as(ended.err()).isZero();
    return ended.out();
  }

  private static Brig in(Path state) {
    return Brig.in(state).within(LIMIT);
  }

  private static void succeeds(Brig.Ended ended) {
    assertThat(ended.status()).as("%s%s", ended.out(), ended.err()).isZero();
  }

  @Test
  void damageIsNamedAndMended() throws IOException, InterruptedException {
    Path state = folder.resolve("damage");
    Brig brig = in(state).with("BRIG_LAYERS", "directory");
    succeeds(brig.run("import", layout, "lab/damage:1"));
    assertThat(brig.run("image", "verify").out()).isEqualTo(WHOLE);
    String images = state.resolve("images").toString();
    shell("echo x >>\"$(find \"$1/layers\" -path '*/data/deep/er/est')\"", images);

    Brig.Ended found = brig.run("image", "verify");
    assertThat(found.status()).isEqualTo(1);
    assertThat(found.out()).contains("data/deep/er/est has another").contains("lab/damage:1");
    assertThat(brig.run("image", "verify", "--json").out()).contains("\"kind\": \"layer\"");
    assertThat(brig.run("image", "verify", "--mend").out()).contains("mended");
    assertThat(brig.run("image", "verify").out()).isEqualTo(WHOLE);

    shell(
        "b=$(ls -S -d $1/blobs/sha256/* | head -n 1); printf X | dd of=$b bs=1 seek=99 conv=notrunc"
            + " 2>/dev/null",
        images);
    Brig.Ended lost = brig.run("image", "verify", "--mend");
    assertThat(lost.status()).isEqualTo(1);
    assertThat(lost.out()).contains("its digest is").contains("import or pull the image again");
    succeeds(brig.run("import", layout, "lab/damage:1"));
    assertThat(brig.run("image", "verify").out()).isEqualTo(WHOLE);

    shell("rm \"$(ls -S -d $1/blobs/sha256/* | head -n 1)\"", images);
    succeeds(brig.run("image", "verify", "--mend", "--force"));
    assertThat(brig.run("images", "-q").out()).isEmpty();
    succeeds(brig.run("image", "prune"));
    assertThat(shell("find $1/blobs $1/layers -type f", images)).isEmpty();
  }

  @Test
  void whatAContainerNeedsIsNotPruned() throws IOException, InterruptedException {
    Path state = folder.resolve("prune");
    Brig brig = in(state);
    succeeds(brig.run("import", layout, "lab/prune:1"));
    succeeds(brig.run("import", Images.made("buildah"), "lab/other:1"));
    succeeds(brig.run("create", "--name", "user", "lab/prune:1"));

    String before = brig.run("image", "df").out();
    assertThat(before).contains("Images           2      1");
    String pruned = brig.run("image", "prune", "-a").out();
    assertThat(pruned).startsWith("lab/other:1\nTotal reclaimed space: ");
    assertThat(brig.run("images", "--json").out()).contains("lab/prune:1").doesNotContain("other");
    succeeds(brig.run("rm", "user"));
    assertThat(brig.run("image", "prune", "-a", "--json").out()).contains("\"lab/prune:1\"");
    assertThat(shell("find $1/images/blobs $1/images/layers -type f", "" + state)).isEmpty();
  }

  @Test
  void whatEightImportAtOnceIsUnpackedOnce() throws IOException, InterruptedException {
    String tar = folder.resolve("crowd.tar").toString();
    shell(
        "umoci unpack --image $1:latest $2 && tar -C $2/rootfs -cf $3 .",
        layout,
        folder + "/crowd",
        tar);
    for (String source : List.of(layout, tar)) {
      Path state = folder.resolve("crowd-" + source.hashCode());
      List<Process> processes = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        Path log = folder.resolve("crowd-" + i + ".strace");
        ProcessBuilder builder =
            in(state)
                .under("strace", "-f", "-qq", "-o", log.toString(), "-e", "trace=renameat2")
                .builder("import", source, "lab/crowd:" + i);
        Path out = folder.resolve("crowd-" + i + ".out");
        processes.add(builder.redirectErrorStream(true).redirectOutput(out.toFile()).start());
      }
      for (Process process : processes) {
        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
      }

      String renames = shell("cat $1/crowd-*.strace | grep -c '\"layers/' || :", "" + folder);
      String layers = shell("ls $1/images/layers | wc -l", "" + state);
      assertThat(renames).isEqualTo(layers);
      assertThat(shell("cat $1/crowd-*.out | sort -u | wc -l", "" + folder)).isEqualTo("1\n");
      assertThat(in(state).run("image", "verify").out()).isEqualTo(WHOLE);
      assertThat(in(state).run("images", "-q").out().lines()).hasSize(1);
    }
  }
}
