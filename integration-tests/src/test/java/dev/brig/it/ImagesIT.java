package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Images that others' tools have made, in containers.
class ImagesIT {
  /// Makes archives and layouts in a folder that are not what they say, from an image that is.
  private static final String BAD =
      """
      cd "$1" && echo out >outside && echo x >x
      blob() { ls -S -d $1/blobs/sha256/* | head -n 1; }
      tar -cPf dotdot.tar --transform 's,^x,../../../../../../../../../'$PWD/pwned, x
      tar -czf whole.tar.gz x && head -c 60 whole.tar.gz >cut.tar.gz
      seq 30000 >noise.tar
      : >empty.tar
      for lie in lie-content lie-size lie-missing; do cp -r "$2" $lie; done
      printf X | dd of="$(blob lie-content)" bs=1 seek=500 conv=notrunc status=none
      truncate -s 1000 "$(blob lie-size)"
      rm "$(blob lie-missing)"
      ln -s loop loop
      """;

  @TempDir static Path folder;

  private final Brig brig = Brig.in(folder.resolve("brig")).within(Duration.ofMinutes(2));

  @BeforeEach
  void needsRoot() {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
  }

  /// JUnit would warn of each link in an image's root.
  @AfterAll
  static void remove() throws IOException, InterruptedException {
    shell("rm -rf --one-file-system \"$1\"/*", folder.toString());
  }

  /// Runs a command in a container that must succeed in silence.
  private String inside(String... words) throws IOException, InterruptedException {
    String[] line = new String[words.length + 2];
    line[0] = "run";
    line[1] = "--rm";
    System.arraycopy(words, 0, line, 2, words.length);
    Brig.Ended ended = brig.run(line);
    assertThat(ended.err()).isEmpty();
    assertThat(ended.status()).isZero();
    return ended.out();
  }

  private static Brig.Ended shell(String script, String... words)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("sh", "-c", script, "-");
    builder.command().addAll(List.of(words));
    return Shell.ended(builder, Duration.ofMinutes(2));
  }

  /// Lists the root of a running container, looking from outside so that the host's tools do it.
  private String listed(String image) throws IOException, InterruptedException {
    String id =
        brig.run("run", "-d", "--entrypoint", "", "-w", "/", image, "sleep", "100").out().strip();
    try {
      String state = brig.run("inspect", id).out();
      String pid = state.replaceFirst("(?s).*\"pid\": (\\d+).*", "$1");
      return Trees.listing("/proc/" + pid + "/root");
    } finally {
      brig.run("rm", "-f", id);
    }
  }

  @Test
  void aContainerSeesWhatUmociUnpacks() throws IOException, InterruptedException {
    aContainerSeesWhatUmociUnpacks("torture");
  }

  @ParameterizedTest
  @ValueSource(strings = {"umoci", "buildah"})
  @Tag("thorough")
  void aContainerSeesWhatUmociUnpacksOfOtherImages(String name)
      throws IOException, InterruptedException {
    aContainerSeesWhatUmociUnpacks(name);
  }

  private void aContainerSeesWhatUmociUnpacks(String name)
      throws IOException, InterruptedException {
    String layout = Images.made(name);
    Path bundle = folder.resolve("bundle-" + name);
    Brig.Ended unpacked = shell("umoci unpack --image \"$1:latest\" \"$2\"", layout, "" + bundle);
    assertThat(unpacked.status()).as(unpacked.err()).isZero();

    Trees.same(Trees.listing(bundle.resolve("rootfs").toString()), listed(layout));
  }

  @Test
  void aContainerSeesWhatTarUnpacks() throws IOException, InterruptedException {
    String tree = Images.made("debian");

    Trees.same(Trees.listing(tree), listed(Images.made("debian.tar")));
  }

  @Test
  void aDebianRootRunsFromWhateverFormItComesIn() throws IOException, InterruptedException {
    String tar = Images.made("debian.tar");
    String gzip = folder.resolve("debian.tar.gz").toString();
    String zstd = folder.resolve("debian.tar.zst").toString();
    assertThat(shell("gzip -1 <$1 >$2; zstd -q -1 <$1 >$3", tar, gzip, zstd).err()).isEmpty();
    String[] probe = {
      "sh", "-c", "dpkg -l | grep -c ^ii; stat -c '%A %U:%G' /usr/bin/su /var/mail; id -u games"
    };
    String[] words = new String[probe.length + 1];
    System.arraycopy(probe, 0, words, 1, probe.length);

    words[0] = Images.made("debian");
    String expected = inside(words);
    assertThat(expected).contains("-rwsr-xr-x root:root\ndrwxrwsr-x root:mail\n").endsWith("\n5\n");
    for (String form : List.of(tar, gzip, zstd)) {
      words[0] = form;
      assertThat(inside(words)).as(form).isEqualTo(expected);
    }
  }

  @Test
  void theImagesConfigurationHoldsUnlessAnOptionSaysOtherwise()
      throws IOException, InterruptedException {
    String image = Images.made("umoci");

    assertThat(inside(image)).isEqualTo("hello from /data/deep as lab\n");
    assertThat(inside("-e", "GREETING=bye", "-w", "/tmp", "-u", "root", image))
        .isEqualTo("bye from /tmp as root\n");
    assertThat(inside(image, "id")).isEqualTo("uid=1000(lab) gid=1000(lab) groups=77(extra)\n");
    assertThat(inside("--entrypoint", "pwd", image)).isEqualTo("/data/deep\n");
    assertThat(inside("--entrypoint", "", image, "cat", "/data/replaced")).isEqualTo("three\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"buildah", "buildah.oci.tar", "buildah.docker.tar"})
  void anImageIsTheSameInEveryFormat(String name) throws IOException, InterruptedException {
    String image = Images.made(name);

    assertThat(inside(image)).isEqualTo("third\n");
    assertThat(inside(image, "cat", "/data/second", "/data/third")).isEqualTo("second\nthird\n");
  }

  @Test
  void anImageIsUnpackedOnceAndGoesWithItsLastName() throws IOException, InterruptedException {
    Brig other = Brig.in(folder.resolve("other")).within(Duration.ofMinutes(2));
    String first = other.run("import", Images.made("buildah"), "lab/one").out();
    String second = other.run("import", Images.made("buildah"), "lab/two:x").out();
    assertThat(second).isEqualTo(first);
    String layers = folder.resolve("other/images/layers").toString();
    assertThat(shell("ls \"$1\" | wc -l", layers).out()).isEqualTo("3\n");
    assertThat(other.run("images", "-q").out().lines().distinct()).hasSize(1);

    assertThat(other.run("run", "--rm", "lab/two:x").out()).isEqualTo("third\n");
    assertThat(other.run("rmi", "lab/one").status()).isZero();
    assertThat(other.run("run", "--rm", "lab/two:x").out()).isEqualTo("third\n");
    assertThat(other.run("rmi", "lab/two:x").status()).isZero();

    assertThat(shell("find \"$1\" \"$1/../blobs\" -type f", layers).out()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dotdot.tar|leads upwards by \"..\"",
        "cut.tar.gz|the archive is cut off",
        "noise.tar|not a tar archive",
        "empty.tar|an empty file",
        "nosuch.tar|there is no such file",
        "lie-content|sha256:",
        "lie-size|the archive is cut off",
        "lie-missing|not there",
        "loop|ELOOP",
      })
  void aDamagedOrHostileImageIsRefusedInOneLineAndLeavesNothing(String row)
      throws IOException, InterruptedException {
    String name = row.substring(0, row.indexOf('|'));
    Path place = Files.createDirectory(folder.resolve("bad-" + name));
    Brig.Ended made = shell(BAD, place.toString(), Images.made("umoci"));
    assertThat(made.err()).isEmpty();
    Path state = folder.resolve("bad-state");
    Brig victim = Brig.in(state);

    Brig.Ended imported = victim.run("import", place.resolve(name).toString(), "bad");
    Brig.Ended ran = victim.run("run", "--rm", place.resolve(name).toString(), "true");

    for (Brig.Ended ended : List.of(imported, ran)) {
      assertThat(ended.status()).isEqualTo(125);
      assertThat(ended.out()).isEmpty();
      List<String> lines = ended.err().lines().toList();
      assertThat(lines.getFirst()).startsWith("brig: ").contains(row.substring(name.length() + 1));
      assertThat(lines.subList(1, lines.size())).allMatch(line -> line.startsWith("hint: "));
      assertThat(lines).hasSizeLessThan(3);
    }
    assertThat(place.resolve("pwned")).doesNotExist();
    assertThat(victim.run("images", "-q").out()).isEmpty();
    Brig.Ended left =
        shell(
            "find \"$1\" -path '*/images/layers/*' -o -path '*/images/blobs/sha256/*'"
                + " -o -path '*/images/tmp/*' -o -path '*/containers/*'",
            state.toString());
    assertThat(left.out()).isEmpty();
  }

  @Test
  void noLinkOfALayerLeadsAWriteOutside() throws IOException, InterruptedException {
    Path place = Files.createDirectory(folder.resolve("links"));
    Brig.Ended made =
        shell(
            """
            cd "$1" && echo out >outside && echo x >x
            ln -s "$PWD" link && tar -cf symlink.tar link && rm link
            mkdir link && echo in >link/outside && tar -rf symlink.tar link/outside
            echo t >target && ln target name
            tar -cPf hard.tar --transform "s,^target,$PWD/outside,rh" target name
            tar -cPf absolute.tar --transform "s,^x,$PWD/outside," x
            """,
            place.toString());
    assertThat(made.err()).isEmpty();

    for (String name : List.of("symlink.tar", "hard.tar", "absolute.tar")) {
      brig.run("import", place.resolve(name).toString(), "linked:" + name);
      assertThat(place.resolve("outside")).as(name).hasContent("out");
    }
    Path tree = folder.resolve("brig/images/layers");
    Brig.Ended leaked = shell("find \"$1\" -samefile \"$2\"", "" + tree, place + "/outside");
    assertThat(leaked.out()).isEmpty();
  }
}
