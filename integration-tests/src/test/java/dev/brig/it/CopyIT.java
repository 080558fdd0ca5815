package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is copied into containers and out of them, and what is not.
class CopyIT {
  @TempDir static Path folder;

  private final ContainerLab lab = ContainerLab.in(folder);

  @BeforeAll
  static void prepare() throws IOException, InterruptedException {
    ContainerLab lab = ContainerLab.in(folder);
    lab.prepare();
    String places =
        "for i in 1 2 3 4 5 6 7 8 9 10 11; do mkdir -p /$i/sub && echo before >/$i/old &&"
            + " ln -s old /$i/link && ln -s /$i/nowhere /$i/dangling || exit; done";
    lab.ended("cp-ended", places);
    lab.running("cp-running");
    lab.ok("exec", "-u", "0", "cp-running", "sh", "-c", places);
  }

  @AfterAll
  static void remove() throws IOException, InterruptedException {
    String _ = ContainerLab.in(folder).ok("rm", "-f", "cp-running", "cp-ended");
    ContainerLab.in(folder).remove();
  }

  /// The rules of `docker cp`, for a container that runs and one that does not.
  @ParameterizedTest
  @CsvSource({
    // in which directory, what is copied, where to, what there is then
    "1, file,            /new,       /new",
    "2, file,            /,          /file",
    "3, file,            /sub,       /sub/file",
    "4, file,            /old,       /old",
    "5, file,            /link,      /old",
    "6, file,            /dangling,  /nowhere",
    "7, dir,             /new,       /new/inner/leaf",
    "8, dir,             /sub,       /sub/dir/inner/leaf",
    "9, dir/.,           /sub,       /sub/inner/leaf",
    "10, dir/.,           /new,       /new/inner/leaf",
    "11, dir/,            /sub,       /sub/dir/inner/leaf",
  })
  void copiesAsDockerDoes(String place, String what, String where, String there)
      throws IOException, InterruptedException {
    Path work = Files.createTempDirectory(folder, "cp");
    ContainerLab.shell(
        "cd \"$1\" && echo payload >file && mkdir -p dir/inner && echo payload >dir/inner/leaf",
        "" + work);
    for (String state : List.of("running", "ended")) {
      String name = "cp-" + state;
      lab.ok(
          "cp",
          work.resolve(what.replace("/.", ""))
              + (what.endsWith("/.") ? "/." : what.endsWith("/") ? "/" : ""),
          name + ":/" + place + where);

      Path back = work.resolve(state);
      lab.ok("cp", name + ":/" + place + there, back.toString());
      assertThat(back).hasContent("payload");
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
    ContainerLab.shell("cd \"$1\" && echo payload >file && mkdir dir", work.toString());
    String name = "no-" + work.getFileName();
    lab.ended(name, "echo >/file");

    Brig.Ended ended = lab.brig().run("cp", work + "/" + what, name + ":" + where);

    assertThat(ended.status()).isEqualTo(125);
    assertThat(ended.err()).contains(complaint);
    lab.ok("rm", name);
  }

  @Test
  void copiesAnArchiveThroughStandardStreams() throws IOException, InterruptedException {
    lab.running("tarred");
    Path work = Files.createTempDirectory(folder, "tar");
    ContainerLab.shell(
        "mkdir -p \"$1/src/a\" && echo 1 >\"$1/src/a/b\" && ln \"$1/src/a/b\" \"$1/src/c\"",
        "" + work);
    Path tar = work.resolve("in.tar");
    ContainerLab.shell("tar -C \"$1\" -cf \"$2\" src", work.toString(), tar.toString());
    ProcessBuilder in = lab.brig().builder("cp", "-", "tarred:/tmp").redirectInput(tar.toFile());
    assertThat(Shell.ended(in, Duration.ofMinutes(1)).err()).isEmpty();
    File out = work.resolve("out.tar").toFile();
    ProcessBuilder builder = lab.brig().builder("cp", "tarred:/tmp/src", "-").redirectOutput(out);
    assertThat(builder.start().waitFor()).isZero();

    assertThat(ContainerLab.shell("tar -tf \"$1\" | sort", out.toString()).out())
        .isEqualTo("src/\nsrc/a/\nsrc/a/b\nsrc/c\n");
    assertThat(lab.ok("exec", "tarred", "stat", "-c", "%h %u", "/tmp/src/c")).isEqualTo("2 0\n");
    lab.ok("rm", "-f", "tarred");
  }

  @Test
  void copiesBelongToRootInsideAndToTheCallerOutsideUnlessKept()
      throws IOException, InterruptedException {
    lab.running("owner");
    Path work = Files.createTempDirectory(folder, "owner");
    ContainerLab.shell(
        "echo >\"$1/f\"; chown 1234:55 \"$1/f\"; chmod 640 \"$1/f\"", work.toString());
    lab.ok("cp", work + "/f", "owner:/tmp/root");
    lab.ok("cp", "-a", work + "/f", "owner:/tmp/kept");
    lab.ok("cp", "owner:/tmp/kept", work + "/mine");
    lab.ok("cp", "-a", "owner:/tmp/kept", work + "/kept");

    assertThat(lab.ok("exec", "owner", "stat", "-c", "%u:%g %a", "/tmp/root", "/tmp/kept"))
        .isEqualTo("0:0 640\n1234:55 640\n");
    assertThat(ContainerLab.shell("stat -c %u:%g \"$1/mine\" \"$1/kept\"", work.toString()).out())
        .isEqualTo("0:0\n1234:55\n");
    lab.ok("rm", "-f", "owner");
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
      lab.brig().run("cp", work + "/canary", name + ":" + target);
      Brig.Ended out = lab.brig().run("cp", name + ":" + target, work + "/got-" + name.length());
      assertThat(
              Files.isRegularFile(work.resolve("got-" + name.length()), LinkOption.NOFOLLOW_LINKS)
                  && Files.readString(work.resolve("got-" + name.length())).contains("host"))
          .as("read %s: %s", target, out.err())
          .isFalse();
      ContainerLab.shell("rm -rf \"$1\"", work + "/got-" + name.length());
    }
  }

  /// CVE-2018-15664, CVE-2019-14271, CVE-2021-41089 and their like: whatever a container makes of
  /// its files, nothing outside is read or written.
  @Test
  void noLinkLeadsOutOfTheContainer() throws IOException, InterruptedException {
    Path outside = Files.createTempDirectory(folder, "outside");
    Files.writeString(outside.resolve("canary"), "host\n");
    ContainerLab.shell("chmod 500 \"$1\"; chmod 400 \"$1/canary\"", outside.toString());
    String before =
        ContainerLab.shell("find \"$1\" -exec stat -c '%n %f %u %.9Y %.9Z' {} +", "" + outside)
            .out();
    Path work = Files.createTempDirectory(folder, "cve");
    ContainerLab.shell(
        "mkdir \"$1/d\"; echo evil >\"$1/d/canary\"; echo evil >\"$1/canary\"", work.toString());
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
        lab.running(name);
        lab.ok("exec", "-u", "0", name, "sh", "-c", links);
      } else {
        lab.ended(name, links);
      }
      attack(name, work, outside);
      // A directory of the copy where the container has a link.
      lab.brig().run("cp", work + "/.", name + ":/t/sub");
      lab.ok("rm", "-f", name);
    }

    assertThat(
            ContainerLab.shell("find \"$1\" -exec stat -c '%n %f %u %.9Y %.9Z' {} +", "" + outside)
                .out())
        .isEqualTo(before);
  }

  @Test
  void noSwapOfADirectoryForALinkLeadsOut() throws IOException, InterruptedException {
    Path outside = Files.createTempDirectory(folder, "swap");
    lab.running("swapper");
    lab.ok(
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
    ContainerLab.shell(
        "mkdir -p \"$1/b/e\"; for i in $(seq 50); do echo >\"$1/b/e/$i\"; done", work.toString());
    for (int round = 0; round < 15; round++) {
      lab.brig().run("cp", work + "/.", "swapper:/a");
      lab.brig().run("cp", work + "/b/e/1", "swapper:/a/b/" + round);
    }
    lab.ok("rm", "-f", "swapper");

    assertThat(outside).isEmptyDirectory();
  }

  @Test
  void aTarThatLeadsUpwardsOrThroughItsOwnLinksIsRefused()
      throws IOException, InterruptedException {
    Path outside = Files.createTempDirectory(folder, "tarred");
    lab.running("hostile");
    Path work = Files.createTempDirectory(folder, "hostile");
    ContainerLab.shell(
        "cd \"$1\" && echo x >x && ln -s \"$2\" l && tar -cf link.tar l && rm l && mkdir l && echo"
            + " y >l/y && tar -rf link.tar l/y && tar -cPf up.tar --transform"
            + " 's,^x,../../../../../../../..'\"$2\"'/x,' x",
        work.toString(),
        outside.toString());
    for (String tar : List.of("link.tar", "up.tar")) {
      ProcessBuilder in =
          lab.brig().builder("cp", "-", "hostile:/tmp").redirectInput(work.resolve(tar).toFile());
      assertThat(Shell.ended(in, Duration.ofMinutes(1)).status()).as(tar).isEqualTo(125);
    }
    lab.ok("rm", "-f", "hostile");

    assertThat(outside).isEmptyDirectory();
  }
}
