package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What comes out of containers' files: diff, commit, export.
class FilesIT {
  /// Lists a tree entry by entry: type, mode, owner, times, size, device, links that are one file,
  /// extended attributes, content. Without what a runtime mounts there.
  private static final String LIST =
      """
      cd "$1" && export LC_ALL=C QUOTING_STYLE=escape || exit
      entries() {
        find . -mindepth 1 -xdev \\( -path ./proc -o -path ./sys -o -path ./dev \\) -prune -o \
          ! -path ./etc ! -path ./etc/hosts ! -path ./etc/hostname ! -path ./etc/resolv.conf "$@"
      }
      entries ! -type d -exec stat -c '%d:%i %N %f %u:%g %.9Y %s %t:%T' {} + | sort -k 2 |
        awk '!($1 in number) { number[$1] = ++count } { $1 = number[$1]; print }'
      entries -type d -exec stat -c '%N %f %u:%g %.9Y' {} + | sort
      entries -exec getfattr -d -m - -e hex -h {} + |
        awk '/^# file: / { name = $0; next } /./ && !/overlay/ { print name, $0 }' | sort
      entries -type f -exec sha256sum {} + | sort -k 2
      """;

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

  private final Brig brig = Brig.in(folder.resolve("brig")).within(Duration.ofMinutes(2));

  @BeforeAll
  static void prepare() throws IOException, InterruptedException {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    Brig first = Brig.in(folder.resolve("brig")).within(Duration.ofMinutes(2));
    assertThat(first.run("import", Images.made("umoci"), "base").status()).isZero();
  }

  @BeforeEach
  void needsRoot() {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
  }

  /// JUnit would warn of each link in an image's root.
  @AfterAll
  static void remove() throws IOException, InterruptedException {
    shell("rm -rf --one-file-system \"$1\"/*", folder.toString());
  }

  private static Brig.Ended shell(String script, String... words)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("sh", "-c", script, "-");
    builder.command().addAll(List.of(words));
    return Shell.ended(builder, Duration.ofMinutes(2));
  }

  private static String listing(String tree) throws IOException, InterruptedException {
    Brig.Ended ended = shell(LIST, tree);
    assertThat(ended.err()).isEmpty();
    return ended.out();
  }

  /// Runs a command that must succeed.
  private String ok(String... words) throws IOException, InterruptedException {
    Brig.Ended ended = brig.run(words);
    assertThat(ended.status()).as("brig %s: %s", String.join(" ", words), ended.err()).isZero();
    return ended.out();
  }

  /// Makes a container that has run a script and ended.
  private void ended(String name, String script) throws IOException, InterruptedException {
    ok(
        "run",
        "--name",
        name,
        "--cap-add",
        "MKNOD",
        "-u",
        "0",
        "-w",
        "/",
        "--entrypoint",
        "",
        "base",
        "sh",
        "-c",
        script);
  }

  private String pid(String name) throws IOException, InterruptedException {
    return ok("inspect", name).replaceFirst("(?s).*\"pid\": (\\d+).*", "$1");
  }

  @Test
  void aCommittedImageIsEntryByEntryWhatWasSeenInside() throws IOException, InterruptedException {
    ok(
        "run",
        "-d",
        "--name",
        "seen",
        "-u",
        "0",
        "-w",
        "/",
        "--entrypoint",
        "",
        "base",
        "sleep",
        "1000");
    ok("exec", "-u", "0", "seen", "sh", "-c", CHANGES);
    String inside = listing("/proc/" + pid("seen") + "/root");
    ok("commit", "-m", "why", "-a", "who", "seen", "seen:1");
    ok("rm", "-f", "seen");

    ok("run", "-d", "--name", "again", "-w", "/", "--entrypoint", "", "seen:1", "sleep", "1000");
    String again = listing("/proc/" + pid("again") + "/root");
    ok("rm", "-f", "again");
    assertThat(again).isEqualTo(inside);

    String layout = folder.resolve("brig/images").toString();
    Path bundle = folder.resolve("bundle");
    Brig.Ended unpacked =
        shell("umoci unpack --image \"$1:seen:1\" \"$2\"", layout, bundle.toString());
    if (unpacked.status() != 0) {
      // umoci's own reference syntax knows no colon in a tag.
      shell("skopeo copy -q \"oci:$1:seen:1\" \"oci:$2:x\"", layout, folder + "/copied");
      unpacked = shell("umoci unpack --image \"$1/copied:x\" \"$2\"", folder + "", bundle + "");
    }
    assertThat(unpacked.status()).as(unpacked.err()).isZero();
    assertThat(listing(bundle.resolve("rootfs").toString())).isEqualTo(inside);
  }

  @Test
  void committingTheSameFilesMakesTheSameImage() throws IOException, InterruptedException {
    ended("same", CHANGES);
    String first = ok("commit", "--timestamp", "86400", "same");
    String second = ok("commit", "--timestamp", "86400", "same");

    assertThat(second).isEqualTo(first);
    ok("rm", "same");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "zstd", "none"})
  void aLayerIsCompressedAsOneLikes(String compression) throws IOException, InterruptedException {
    ended("c" + compression, CHANGES);
    ok(
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

    assertThat(ok("run", "--rm", "lab/" + compression)).isEqualTo("new\n");
    ok("rm", "c" + compression);
  }

  @Test
  void aCommittedImageRunsAsTheContainerDid() throws IOException, InterruptedException {
    ok(
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
    ok("commit", "-c", "LABEL more=\"x y\"", "conf", "conf:2");

    assertThat(ok("run", "--rm", "conf:2")).isEqualTo("it is\n/tmp\n");
    String config =
        shell("skopeo inspect --config \"oci:$1:conf:2\"", folder + "/brig/images").out();
    assertThat(config).contains("\"a\": \"b c\"").contains("\"more\": \"x y\"");
    ok("rm", "conf");
  }

  @Test
  void diffTellsWhatPodmanTells() throws IOException, InterruptedException {
    ended(
        "diff", "echo x >/new; rm /bin/true; echo y >>/data/replaced; chmod 700 /tmp; ln -s a /l");

    assertThat(ok("diff", "diff").lines())
        .containsExactlyInAnyOrder(
            "C /bin", "D /bin/true", "C /data", "C /data/replaced", "A /l", "A /new", "C /tmp");
    assertThat(ok("diff", "--json", "diff")).contains("\"deleted\": [\n    \"/bin/true\"\n  ]");
    ok("rm", "diff");
  }

  @Test
  void exportWritesWhatTheContainerHas() throws IOException, InterruptedException {
    ended("exported", CHANGES);
    Path tar = folder.resolve("exported.tar");
    ok("export", "-o", tar.toString(), "exported");
    Path tree = Files.createDirectory(folder.resolve("exported"));
    String unpack = "tar --xattrs --xattrs-include='*' --numeric-owner -xpf \"$1\" -C \"$2\"";
    assertThat(shell(unpack, tar.toString(), tree.toString()).status()).isZero();
    ok("start", "exported");
    ok("run", "-d", "--name", "mounted", "-v", "/:/host:ro", "base", "sleep", "1");

    assertThat(tree.resolve("made/deep/file")).hasContent("new");
    assertThat(Files.getAttribute(tree.resolve("made/deep/file"), "unix:uid")).isEqualTo(4000000);
    assertThat(tree.resolve("data/kept")).doesNotExist();
    assertThat(shell("stat -c %b \"$1\"", tree + "/made/sparse").status()).isZero();
    ok("rm", "-f", "exported", "mounted");
  }
}
