package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is copied into containers and out of them, and what is not.
@Tag("thorough")
class CopyIT {
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
    "file,   /no/,        there is no such directory",
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

  /// Copies over each of a container's links, and what they lead to.
  private void attack(String name, Path work, Path outside)
      throws IOException, InterruptedException {
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
              Files.isRegularFile(work.resolve("got-" + name.length()), LinkOption.NOFOLLOW_LINKS)
                  && Files.readString(work.resolve("got-" + name.length())).contains("host"))
          .as("read %s: %s", target, out.err())
          .isFalse();
      shell("rm -rf \"$1\"", work + "/got-" + name.length());
    }
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
      attack(name, work, outside);
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
