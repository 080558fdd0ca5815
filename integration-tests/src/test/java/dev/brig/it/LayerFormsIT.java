package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Layers as EROFS images and as directories, chosen, mixed and fallen back to.
class LayerFormsIT {
  /// Lists the root as a container sees it.
  private static final String LIST =
      """
      find / -xdev ! -path '/proc*' ! -path '/sys*' ! -path '/dev*' ! -path '/etc/host*' \
        ! -path /etc/resolv.conf ! -path / -exec stat -c '%n %f %u:%g %Y %h %t:%T %N' {} + | sort
      """;

  @TempDir static Path folder;

  private final Brig brig = Brig.in(folder.resolve("brig")).within(Duration.ofMinutes(2));

  @BeforeEach
  void assumeRoot() throws IOException, InterruptedException {
    assumeTrue("root".equals(System.getProperty("user.name")), "EROFS images are root's");
    String release = Files.readString(Path.of("/proc/sys/kernel/osrelease"));
    String[] numbers = release.split("[.-]", 3);
    boolean recent =
        Integer.parseInt(numbers[0]) * 1000 + Integer.parseInt(numbers[1]) >= 6 * 1000 + 12;
    assumeTrue(recent, "Linux 6.12 mounts EROFS images from files, this is " + release.strip());
  }

  private static List<String> layers(Path state) throws IOException {
    try (Stream<Path> files = Files.walk(state.resolve("images/layers"), 2)) {
      return files
          .filter(file -> file.endsWith("fs") || file.endsWith("layer.erofs"))
          .map(file -> file.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  private static List<String> erofsMounts() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/mounts")).stream()
        .filter(line -> line.contains(" erofs "))
        .toList();
  }

  private static String out(Brig.Ended ended) {
    assertThat(ended.err()).isEmpty();
    assertThat(ended.status()).isZero();
    return ended.out();
  }

  @Test
  void aContainerSeesTheSameInBothForms() throws IOException, InterruptedException {
    aContainerSeesTheSame("torture");
  }

  @Test
  @Tag("thorough")
  void aContainerSeesTheSameInBothFormsOfAPlainImage() throws IOException, InterruptedException {
    aContainerSeesTheSame("umoci");
  }

  private static void aContainerSeesTheSame(String image) throws IOException, InterruptedException {
    Path state = folder.resolve("both-" + image);
    Brig both = Brig.in(state).within(Duration.ofMinutes(2));
    List<String> before = erofsMounts();
    String[] list = {"run", "--rm", "--user", "0", "--entrypoint", "/bin/sh", image, "-c", LIST};
    var _ = out(both.run("import", Images.made(image), image));
    assertThat(layers(state)).containsOnly("layer.erofs");

    String images = out(both.run(list));
    String directories = out(both.with("BRIG_LAYERS", "directory").run(list));

    assertThat(images).isEqualTo(directories).contains("/bin/busybox");
    assertThat(layers(state)).contains("layer.erofs", "fs");
    assertThat(erofsMounts()).isEqualTo(before);
    out(both.run("rmi", image));
    assertThat(layers(state)).isEmpty();
  }

  @Test
  void aUserNamespaceGetsDirectories() throws IOException, InterruptedException {
    Path state = folder.resolve("userns");
    Brig own = Brig.in(state).within(Duration.ofMinutes(2));
    var _ = out(own.run("import", Images.made("umoci"), "image"));
    String[] id = {"--rm", "--entrypoint", "/bin/id", "--user", "0", "image", "-u"};

    String plain =
        out(own.run(Stream.concat(Stream.of("run"), Stream.of(id)).toArray(String[]::new)));
    String mapped =
        out(
            own.run(
                Stream.concat(Stream.of("run", "--userns", "private"), Stream.of(id))
                    .toArray(String[]::new)));

    assertThat(plain).isEqualTo("0\n").isEqualTo(mapped);
    assertThat(layers(state)).contains("fs", "layer.erofs");
  }

  @Test
  void explainShowsTheImagesMount() throws IOException, InterruptedException {
    var _ = out(brig.run("import", Images.made("umoci"), "explained"));

    String plan = out(brig.run("explain", "run", "explained", "true"));

    assertThat(plan)
        .contains("# mount the image of a layer")
        .contains("\"erofs\", MS_RDONLY|MS_NODEV");
  }

  @Test
  void theDigestOfAnImageIsThatOfItsBlocks() throws IOException, InterruptedException {
    Path state = folder.resolve("digest");
    var _ =
        out(Brig.in(state).within(Duration.ofMinutes(2)).run("import", Images.made("umoci"), "d"));

    Brig.Ended sums =
        Shell.ended(
            new ProcessBuilder(
                "sh",
                "-c",
                """
                cd "$1" && for layer in */; do
                  sum=$( (tail -c +4097 $layer/layer.erofs; head -c 4096 $layer/layer.erofs) | sha256sum)
                  grep -qx "image-digest sha256:${sum%% *}" $layer/meta || echo "$layer differs"
                  ! command -v fsck.erofs >/dev/null || fsck.erofs $layer/layer.erofs >&2 || echo "$layer is damaged"
                done
                """,
                "-",
                state.resolve("images/layers").toString()),
            Duration.ofMinutes(1));

    assertThat(sums.out()).isEmpty();
    assertThat(sums.status()).isZero();
  }

  @Test
  void imagesForWhoCannotMountThemAreRefused() throws IOException, InterruptedException {
    var _ = out(brig.run("import", Images.made("umoci"), "refused"));

    Brig.Ended mapped =
        brig.with("BRIG_LAYERS", "erofs").run("run", "--rm", "--userns", "private", "refused");
    Brig.Ended nonsense = brig.with("BRIG_LAYERS", "squashfs").run("run", "--rm", "refused");

    assertThat(mapped.status()).isEqualTo(125);
    assertThat(mapped.err())
        .startsWith("brig: run: BRIG_LAYERS \"erofs\": ")
        .contains("hint: leave BRIG_LAYERS out");
    assertThat(nonsense.status()).isEqualTo(125);
    assertThat(nonsense.err())
        .isEqualTo(
            """
            brig: run: BRIG_LAYERS "squashfs": no form of layers
            hint: "directory" or "erofs"
            """);
  }

  @Test
  void aProgramThatIsNotInAnImageIsToldWithWhatIs() throws IOException, InterruptedException {
    var _ = out(brig.run("import", Images.made("umoci"), "told"));

    Brig.Ended ended = brig.run("run", "--rm", "--entrypoint", "/bin/ba", "told");

    assertThat(ended.status()).isEqualTo(127);
    assertThat(ended.err()).contains("/bin/ba").doesNotContain("nor a /bin/sh");
  }
}
