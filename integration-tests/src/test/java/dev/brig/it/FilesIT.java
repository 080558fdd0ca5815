package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What comes out of containers' files: diff, commit, export.
class FilesIT {
  /// Does to a container's files what a layer can hold, and a socket, which it cannot.
  private static final String CHANGES =
      """
      cd / && mkdir -p made/deep && echo new >made/deep/file && ln made/deep/file made/link
      ln -s ../bin made/sym && mkfifo made/fifo && chmod 4711 made/deep/file
      long=$(printf 'n%.0s' $(seq 120)) && mkdir "made/$long" && echo long >"made/$long/$long"
      printf 'x' >"made/odd $(printf '\\377\\n')name" && dd if=/dev/zero of=made/sparse bs=1 seek=3000000 count=1
      chown 4000000:3 made/link && touch -d '1965-03-04 05:06:07' made/fifo
      rm -rf data && mkdir data && echo again >data/only && mv bin/true bin/truth
      for name in etc/*; do echo more >>"$name"; done 2>/dev/null; chmod 700 home 2>/dev/null
      rm -f bin/stat; mkdir bin/stat; echo in >bin/stat/in
      true
      """;

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

  private String pid(String name) throws IOException, InterruptedException {
    return lab.ok("inspect", name).replaceFirst("(?s).*\"pid\": (\\d+).*", "$1");
  }

  @Test
  void aCommittedImageIsEntryByEntryWhatWasSeenInside() throws IOException, InterruptedException {
    lab.running("seen");
    lab.ok("exec", "-u", "0", "seen", "sh", "-c", CHANGES);
    String inside = Trees.listing("/proc/" + pid("seen") + "/root");
    lab.ok("commit", "-m", "why", "-a", "who", "seen", "seen:1");
    lab.ok("rm", "-f", "seen");

    lab.ok("run", "-d", "--name", "again", "-w", "/", "--entrypoint", "", "seen:1", "sleep", "99");
    String again = Trees.listing("/proc/" + pid("again") + "/root");
    lab.ok("rm", "-f", "again");
    assertThat(again).isEqualTo(inside);

    String layout = folder.resolve("brig/images").toString();
    Path bundle = folder.resolve("bundle");
    Brig.Ended unpacked =
        ContainerLab.shell("umoci unpack --image \"$1:seen:1\" \"$2\"", layout, bundle.toString());
    if (unpacked.status() != 0) {
      // umoci's own reference syntax knows no colon in a tag.
      ContainerLab.shell(
          "skopeo copy -q \"oci:$1:seen:1\" \"oci:$2:x\"", layout, folder + "/copied");
      unpacked =
          ContainerLab.shell(
              "umoci unpack --image \"$1/copied:x\" \"$2\"", folder + "", bundle + "");
    }
    assertThat(unpacked.status()).as(unpacked.err()).isZero();
    assertThat(Trees.listing(bundle.resolve("rootfs").toString())).isEqualTo(inside);
  }

  @Test
  void committingTheSameFilesMakesTheSameImage() throws IOException, InterruptedException {
    lab.ended("same", CHANGES);
    String first = lab.ok("commit", "--timestamp", "86400", "same");
    String second = lab.ok("commit", "--timestamp", "86400", "same");

    assertThat(second).isEqualTo(first);
    lab.ok("rm", "same");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "zstd", "none"})
  void aLayerIsCompressedAsOneLikes(String compression) throws IOException, InterruptedException {
    lab.ended("c" + compression, CHANGES);
    lab.ok(
        "commit",
        "--compression",
        compression,
        "-c",
        "CMD [\"cat\", \"/made/deep/file\"]",
        "-c",
        "ENTRYPOINT []",
        "-c",
        "USER 0",
        "c" + compression,
        "lab/" + compression);

    assertThat(lab.ok("run", "--rm", "lab/" + compression)).isEqualTo("new\n");
    lab.ok("rm", "c" + compression);
  }

  @Test
  void aCommittedImageRunsAsTheContainerDid() throws IOException, InterruptedException {
    lab.ok(
        "run",
        "--name",
        "conf",
        "-e",
        "WHAT=it is",
        "-w",
        "/tmp",
        "-l",
        "a=b c",
        "-u",
        "0",
        "--entrypoint",
        "",
        "base",
        "sh",
        "-c",
        "echo $WHAT; pwd");
    lab.ok("commit", "-c", "LABEL more=\"x y\"", "conf", "conf:2");

    assertThat(lab.ok("run", "--rm", "conf:2")).isEqualTo("it is\n/tmp\n");
    String config =
        ContainerLab.shell("skopeo inspect --config \"oci:$1:conf:2\"", folder + "/brig/images")
            .out();
    assertThat(config).contains("\"a\": \"b c\"").contains("\"more\": \"x y\"");
    lab.ok("rm", "conf");
  }

  @Test
  void diffTellsWhatPodmanTells() throws IOException, InterruptedException {
    lab.ended(
        "diff", "echo x >/new; rm /bin/true; echo y >>/data/replaced; chmod 700 /tmp; ln -s a /l");

    assertThat(lab.ok("diff", "diff").lines())
        .containsExactlyInAnyOrder(
            "C /bin", "D /bin/true", "C /data", "C /data/replaced", "A /l", "A /new", "C /tmp");
    assertThat(lab.ok("diff", "--json", "diff")).contains("\"deleted\": [\n    \"/bin/true\"\n  ]");
    lab.ok("rm", "diff");
  }

  @Test
  void exportWritesWhatTheContainerHas() throws IOException, InterruptedException {
    lab.ended("exported", CHANGES);
    Path tar = folder.resolve("exported.tar");
    lab.ok("export", "-o", tar.toString(), "exported");
    Path tree = Files.createDirectory(folder.resolve("exported"));
    String unpack = "tar --xattrs --xattrs-include='*' --numeric-owner -xpf \"$1\" -C \"$2\"";
    assertThat(ContainerLab.shell(unpack, tar.toString(), tree.toString()).status()).isZero();
    lab.ok("start", "exported");
    lab.ok("run", "-d", "--name", "mounted", "-v", "/:/host:ro", "base", "sleep", "1");

    assertThat(tree.resolve("made/deep/file")).hasContent("new");
    assertThat(Files.getAttribute(tree.resolve("made/deep/file"), "unix:uid")).isEqualTo(4000000);
    assertThat(tree.resolve("data/kept")).doesNotExist();
    assertThat(ContainerLab.shell("stat -c %b \"$1\"", tree + "/made/sparse").status()).isZero();
    lab.ok("rm", "-f", "exported", "mounted");
  }
}
