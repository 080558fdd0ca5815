package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What goes into containers' files and comes out: diff, commit, cp, export.
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
      entries ! -type d -exec stat -c '%i %N %f %u:%g %.9Y %s %t:%T' {} + | sort -k 2 |
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

  /// Makes a container that runs.
  private void running(String name) throws IOException, InterruptedException {
    ok(
        "run",
        "-d",
        "--name",
        name,
        "-u",
        "0",
        "-w",
        "/",
        "--entrypoint",
        "",
        "base",
        "sleep",
        "1000");
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

  /// The rules of `docker cp`, for a container that runs and one that does not.
  @ParameterizedTest
  @CsvSource({
    // what is copied, where to, what there is then
    "file,            /to/new,       /to/new",
    "file,            /to/,          /to/file",
    "file,            /to/sub,       /to/sub/file",
    "file,            /to/old,       /to/old",
    "file,            /to/link,      /to/old",
    "file,            /to/dangling,  /to/nowhere",
    "dir,             /to/new,       /to/new/inner/leaf",
    "dir,             /to/sub,       /to/sub/dir/inner/leaf",
    "dir/.,           /to/sub,       /to/sub/inner/leaf",
    "dir/.,           /to/new,       /to/new/inner/leaf",
    "dir/,            /to/sub,       /to/sub/dir/inner/leaf",
  })
  void copiesAsDockerDoes(String what, String where, String there)
      throws IOException, InterruptedException {
    Path work = Files.createTempDirectory(folder, "cp");
    shell(
        "cd \"$1\" && echo payload >file && mkdir -p dir/inner && echo payload >dir/inner/leaf",
        "" + work);
    String prepare =
        "mkdir -p /to/sub && echo before >/to/old && ln -s old /to/link && ln -s /to/nowhere"
            + " /to/dangling";
    for (String state : List.of("running", "ended")) {
      String name = "cp-" + state + "-" + work.getFileName();
      if (state.equals("running")) {
        running(name);
        ok("exec", "-u", "0", name, "sh", "-c", prepare);
      } else {
        ended(name, prepare);
      }
      ok(
          "cp",
          work.resolve(what.replace("/.", ""))
              + (what.endsWith("/.") ? "/." : what.endsWith("/") ? "/" : ""),
          name + ":" + where);

      Path back = work.resolve(state);
      ok("cp", name + ":" + there, back.toString());
      assertThat(back).hasContent("payload");
      ok("rm", "-f", name);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "file,   /nowhere/x,  has no such file or directory",
    "file,   /no/,        has no such file or directory",
    "file,   /new/,       there is no such directory",
    "dir,    /file,       cannot copy a directory to a file",
    "file/,  /tmp,        there is no such file or directory",
    "none,   /tmp,        there is no such file or directory",
  })
  void refusesToCopyAsDockerDoes(String what, String where, String complaint)
      throws IOException, InterruptedException {
    Path work = Files.createTempDirectory(folder, "no");
    shell("cd \"$1\" && echo payload >file && mkdir dir", work.toString());
    String name = "no-" + work.getFileName();
    ended(name, "echo >/file");

    Brig.Ended ended = brig.run("cp", work + "/" + what, name + ":" + where);

    assertThat(ended.status()).isEqualTo(125);
    assertThat(ended.err()).contains(complaint);
    ok("rm", name);
  }

  @Test
  void copiesAnArchiveThroughStandardStreams() throws IOException, InterruptedException {
    running("tarred");
    Path work = Files.createTempDirectory(folder, "tar");
    shell(
        "mkdir -p \"$1/src/a\" && echo 1 >\"$1/src/a/b\" && ln \"$1/src/a/b\" \"$1/src/c\"",
        "" + work);
    Path tar = work.resolve("in.tar");
    shell("tar -C \"$1\" -cf \"$2\" src", work.toString(), tar.toString());
    ProcessBuilder in = brig.builder("cp", "-", "tarred:/tmp").redirectInput(tar.toFile());
    assertThat(Shell.ended(in, Duration.ofMinutes(1)).err()).isEmpty();
    File out = work.resolve("out.tar").toFile();
    ProcessBuilder builder = brig.builder("cp", "tarred:/tmp/src", "-").redirectOutput(out);
    assertThat(builder.start().waitFor()).isZero();

    assertThat(shell("tar -tf \"$1\" | sort", out.toString()).out())
        .isEqualTo("src/\nsrc/a/\nsrc/a/b\nsrc/c\n");
    assertThat(ok("exec", "tarred", "stat", "-c", "%h %u", "/tmp/src/c")).isEqualTo("2 0\n");
    ok("rm", "-f", "tarred");
  }

  @Test
  void copiesBelongToRootInsideAndToTheCallerOutsideUnlessKept()
      throws IOException, InterruptedException {
    running("owner");
    Path work = Files.createTempDirectory(folder, "owner");
    shell("echo >\"$1/f\"; chown 1234:55 \"$1/f\"; chmod 640 \"$1/f\"", work.toString());
    ok("cp", work + "/f", "owner:/tmp/root");
    ok("cp", "-a", work + "/f", "owner:/tmp/kept");
    ok("cp", "owner:/tmp/kept", work + "/mine");
    ok("cp", "-a", "owner:/tmp/kept", work + "/kept");

    assertThat(ok("exec", "owner", "stat", "-c", "%u:%g %a", "/tmp/root", "/tmp/kept"))
        .isEqualTo("0:0 640\n1234:55 640\n");
    assertThat(shell("stat -c %u:%g \"$1/mine\" \"$1/kept\"", work.toString()).out())
        .isEqualTo("0:0\n1234:55\n");
    ok("rm", "-f", "owner");
  }

  /// CVE-2018-15664, CVE-2019-14271, CVE-2021-41089 and their like: whatever a container makes of
  /// its files, nothing outside is read or written.
  @Test
  void noLinkLeadsOutOfTheContainer() throws IOException, InterruptedException {
    Path outside = Files.createTempDirectory(folder, "outside");
    Files.writeString(outside.resolve("canary"), "host\n");
    shell("chmod 500 \"$1\"; chmod 400 \"$1/canary\"", outside.toString());
    String before =
        shell("find \"$1\" -exec stat -c '%n %f %u %.9Y %.9Z' {} +", "" + outside).out();
    Path work = Files.createTempDirectory(folder, "cve");
    shell("mkdir \"$1/d\"; echo evil >\"$1/d/canary\"; echo evil >\"$1/canary\"", work.toString());
    String links =
        "cd / && mkdir -p t && ln -s "
            + outside
            + " t/abs && ln -s ../../../../../../../.."
            + outside
            + " t/rel && ln -s "
            + outside
            + "/canary t/file && ln -s /proc/self/root t/proc"
            + " && ln -s /proc/1/root t/one && mkdir t/sub && ln -s "
            + outside
            + " t/sub/d";
    for (String name : List.of("links-running", "links-ended")) {
      if (name.endsWith("running")) {
        running(name);
        ok("exec", "-u", "0", name, "sh", "-c", links);
      } else {
        ended(name, links);
      }
      for (String target :
          List.of(
              "/t/abs/canary",
              "/t/rel/canary",
              "/t/file",
              "/t/abs",
              "/t/rel",
              "/t/proc" + outside,
              "/t/one" + outside + "/canary",
              "/t/abs/")) {
        brig.run("cp", work + "/canary", name + ":" + target);
        Brig.Ended out = brig.run("cp", name + ":" + target, work + "/got-" + name.length());
        assertThat(
                work.resolve("got-" + name.length()).toFile().isFile()
                    && Files.readString(work.resolve("got-" + name.length())).contains("host"))
            .as("read %s: %s", target, out.err())
            .isFalse();
        shell("rm -rf \"$1\"", work + "/got-" + name.length());
      }
      // A directory of the copy where the container has a link.
      brig.run("cp", work + "/.", name + ":/t/sub");
      ok("rm", "-f", name);
    }

    assertThat(shell("find \"$1\" -exec stat -c '%n %f %u %.9Y %.9Z' {} +", "" + outside).out())
        .isEqualTo(before);
  }

  @Test
  void noSwapOfADirectoryForALinkLeadsOut() throws IOException, InterruptedException {
    Path outside = Files.createTempDirectory(folder, "swap");
    running("swapper");
    ok(
        "exec",
        "-d",
        "-u",
        "0",
        "swapper",
        "sh",
        "-c",
        "mkdir -p /a/b; ln -s "
            + outside
            + " /a/c; while true; do mv /a/b /a/x; mv /a/c /a/b; mv /a/b /a/c; mv /a/x /a/b; done");
    Path work = Files.createTempDirectory(folder, "swapped");
    shell("mkdir -p \"$1/b/e\"; for i in $(seq 50); do echo >\"$1/b/e/$i\"; done", work.toString());
    for (int round = 0; round < 15; round++) {
      brig.run("cp", work + "/.", "swapper:/a");
      brig.run("cp", work + "/b/e/1", "swapper:/a/b/" + round);
    }
    ok("rm", "-f", "swapper");

    assertThat(outside).isEmptyDirectory();
  }

  @Test
  void aTarThatLeadsUpwardsOrThroughItsOwnLinksIsRefused()
      throws IOException, InterruptedException {
    Path outside = Files.createTempDirectory(folder, "tarred");
    running("hostile");
    Path work = Files.createTempDirectory(folder, "hostile");
    shell(
        "cd \"$1\" && echo x >x && ln -s \"$2\" l && tar -cf link.tar l && rm l && mkdir l && echo"
            + " y >l/y && tar -rf link.tar l/y && tar -cPf up.tar --transform"
            + " 's,^x,../../../../../../../..'\"$2\"'/x,' x",
        work.toString(),
        outside.toString());
    for (String tar : List.of("link.tar", "up.tar")) {
      ProcessBuilder in =
          brig.builder("cp", "-", "hostile:/tmp").redirectInput(work.resolve(tar).toFile());
      assertThat(Shell.ended(in, Duration.ofMinutes(1)).status()).as(tar).isEqualTo(125);
    }
    ok("rm", "-f", "hostile");

    assertThat(outside).isEmptyDirectory();
  }
}
