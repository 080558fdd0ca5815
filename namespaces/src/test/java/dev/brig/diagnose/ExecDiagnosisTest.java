package dev.brig.diagnose;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.diagnose.Surroundings.Execution;
import dev.brig.diagnose.Surroundings.Mounted;
import dev.brig.error.Failure;
import dev.brig.linux.Errno;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.OpenFlag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExecDiagnosisTest {
  private static final int X86_64 = 62;
  private static final byte[] SCRIPT = "#!/bin/sh\necho\n".getBytes(UTF_8);
  private static final byte[] STATIC = MadeElf.wide(X86_64, 2, "");

  @TempDir Path folder;
  private Tree tree = new Tree(Path.of("/nowhere-yet"));

  @BeforeEach
  void plant() {
    tree = new Tree(folder).directory("root/usr/bin", "rwxr-xr-x");
  }

  @Test
  void repeatsStepCallAndErrno() {
    Failure failure = tree.exec(Errno.ENOENT, "/bin/none");

    assertThat(failure.step()).isEqualTo("execute /bin/none");
    assertThat(failure.call()).isEqualTo("execve(\"/bin/none\", …)");
    assertThat(failure.errno()).isEqualTo("ENOENT (No such file or directory)");
  }

  @Test
  void namesTheComponentThatIsMissing() {
    tree.directory("root/opt/app", "rwxr-xr-x");

    assertThat(tree.exec(Errno.ENOENT, "/opt/app/bin/run").finding())
        .isEqualTo("this root has a directory /opt/app, but no \"bin\" in it");
  }

  @Test
  void namesTheLinkThatLeadsNowhere() {
    tree.link("root/bin", "usr/bin").link("root/usr/bin/sh", "busybox");

    assertThat(tree.exec(Errno.ENOENT, "/bin/sh").finding())
        .isEqualTo(
            "this root has a directory /usr/bin, but no \"busybox\" in it;"
                + " the symbolic link /usr/bin/sh leads there");
  }

  @Test
  void namesAFileWhereADirectoryHasToBe() {
    tree.program("root/opt/app", SCRIPT);

    assertThat(tree.exec(Errno.ENOTDIR, "/opt/app/run").finding())
        .isEqualTo("/opt/app in this root is a regular file, not a directory");
  }

  @Test
  void namesALinkThatLeadsInACircle() {
    tree.link("root/a", "b").link("root/b", "a");

    assertThat(tree.exec(Errno.ELOOP, "/a").finding()).endsWith("leads in a circle");
  }

  @Test
  void saysThatACommandIsNotInPath() {
    Failure failure = tree.exec(Errno.ENOENT, "/bin/frobnicate", "frobnicate", "-x");

    assertThat(failure.finding())
        .isEqualTo("\"frobnicate\" is in none of the directories of PATH: /usr/bin:/bin");
    assertThat(failure.hint()).contains("nor a /bin/sh");
  }

  @Test
  void saysWhereACommandIsInstead() {
    tree.program("root/usr/sbin/nft", STATIC).program("root/run.sh", SCRIPT);

    assertThat(tree.exec(Errno.ENOENT, "/bin/nft", "nft").hint()).startsWith("it is in /usr/sbin");
    assertThat(tree.exec(Errno.ENOENT, "/bin/run.sh", "run.sh").hint())
        .isEqualTo("it is in the working directory: write ./run.sh");
  }

  @Test
  void namesAMissingInterpreterAndLibraries() {
    tree.program(
            "root/usr/bin/ls",
            MadeElf.wide(X86_64, 3, "/lib64/ld-linux-x86-64.so.2", "libselinux.so.1", "libc.so.6"))
        .file("root/usr/lib/libc.so.6", new byte[1], "rw-r--r--");

    assertThat(tree.exec(Errno.ENOENT, "/usr/bin/ls").finding())
        .isEqualTo(
            "/usr/bin/ls is there (2048 bytes, mode 0755, owner 0:0); it is a dynamic ELF program,"
                + " and its interpreter /lib64/ld-linux-x86-64.so.2 is not in this root;"
                + " it also needs libselinux.so.1");
  }

  @Test
  void tellsGlibcFromMusl() {
    tree.program("root/usr/bin/ls", MadeElf.wide(X86_64, 3, "/lib64/ld-linux-x86-64.so.2"))
        .program("root/lib/ld-musl-x86_64.so.1", STATIC);

    assertThat(tree.exec(Errno.ENOENT, "/usr/bin/ls").hint())
        .isEqualTo(
            "it was built for glibc, and this image has musl: take a build for that, or a static"
                + " one");
  }

  @Test
  void readsThirtyTwoBitPrograms() {
    tree.program("root/usr/bin/old", MadeElf.narrow(3, "/lib/ld-linux.so.2"));

    assertThat(tree.exec(Errno.ENOENT, "/usr/bin/old").finding())
        .contains("its interpreter /lib/ld-linux.so.2 is not in this root");
  }

  @Test
  void namesAScriptsMissingInterpreter() {
    tree.program("root/usr/bin/tool", "#! /usr/bin/python3 -u\n".getBytes(UTF_8));

    assertThat(tree.exec(Errno.ENOENT, "/usr/bin/tool", "tool").finding())
        .isEqualTo(
            "/usr/bin/tool is a script, and its interpreter /usr/bin/python3 is not in this root");
  }

  @Test
  void looksAtTheInterpretersInterpreterToo() {
    tree.program("root/usr/bin/tool", "#!/bin/sh\n".getBytes(UTF_8))
        .program("root/bin/sh", MadeElf.wide(X86_64, 3, "/lib/ld-x"));

    assertThat(tree.exec(Errno.ENOENT, "/usr/bin/tool").finding())
        .startsWith("/bin/sh is there")
        .contains("/lib/ld-x is not in this root");
  }

  @Test
  void seesACarriageReturn() {
    tree.program("root/run.sh", "#!/bin/sh\r\necho\r\n".getBytes(UTF_8));

    Failure failure = tree.exec(Errno.ENOENT, "/run.sh");

    assertThat(failure.finding())
        .startsWith("the first line of /run.sh, \"#!/bin/sh\", ends in a carriage return");
    assertThat(failure.hint()).contains("sed -i 's/\\r$//' /run.sh");
  }

  @Test
  void namesAProgramOfAnotherMachine() {
    tree.program("root/bin/app", MadeElf.wide(183, 2, ""));

    assertThat(tree.exec(Errno.ENOEXEC, "/bin/app").finding())
        .isEqualTo("/bin/app is a program for aarch64, and this machine is x86_64");
  }

  @Test
  void namesATextWithoutInterpreter() {
    tree.program("root/run", "echo hello\n".getBytes(UTF_8))
        .program("root/empty", new byte[0])
        .program("root/junk", new byte[] {1, 2, 3, 0});

    assertThat(tree.exec(Errno.ENOEXEC, "/run").hint()).contains("sh /run");
    assertThat(tree.exec(Errno.ENOEXEC, "/empty").finding()).isEqualTo("/empty is empty");
    assertThat(tree.exec(Errno.ENOEXEC, "/junk").finding()).endsWith("nor a script");
  }

  @Test
  void namesAFileThatIsNotExecutable() {
    tree.file("root/run", SCRIPT, "rw-r--r--");

    Failure failure = tree.exec(Errno.EACCES, "/run");

    assertThat(failure.finding()).contains("mode 0644").contains("is not executable for 0:0");
    assertThat(failure.hint())
        .isEqualTo("chmod +x it in the image, or run it by its interpreter: sh /run");
  }

  @Test
  void namesADirectoryThatIsNoProgram() {
    assertThat(tree.exec(Errno.EACCES, "/usr/bin").finding())
        .isEqualTo("/usr/bin is a directory, not a program");
  }

  @Test
  void namesTheDirectoryThatMayNotBePassed() {
    tree.directory("root/opt", "rwxr-xr-x")
        .directory("root/opt/private", "rwx------")
        .program("root/opt/private/run", SCRIPT)
        .as(Tree.USER);

    Failure failure = tree.exec(Errno.EACCES, "/opt/private/run");

    assertThat(failure.finding())
        .isEqualTo(
            "the directory /opt/private (mode 0700, owner 0:0) may not be passed by 1000:1000");
    assertThat(failure.hint()).isEqualTo("it lacks x for that user: chmod a+x /opt/private");
  }

  @Test
  void seesMountsInTheRoot() {
    tree.directory("root/data", "rwxr-xr-x")
        .program("volume/run", STATIC)
        .mount(new Mounted("/data", tree.path("volume"), Execution.FORBIDDEN));

    assertThat(tree.exec(Errno.EACCES, "/data/run").finding())
        .isEqualTo("/data/run is on /data, which is mounted noexec");
    assertThat(tree.exec(Errno.ENOENT, "/data/none").finding())
        .isEqualTo("this root has a directory /data, but no \"none\" in it");
  }

  @Test
  void saysWhatANewFilesystemHides() {
    tree.mount(new Mounted("/tmp", "", Execution.ALLOWED)).directory("root/tmp", "rwxr-xr-x");

    assertThat(tree.exec(Errno.ENOENT, "/tmp/run").finding())
        .isEqualTo("a new filesystem is mounted on /tmp and hides what this root has there");
  }

  @Test
  void mergesLayersAsOverlayfsDoes() throws IOException {
    tree.layer("lower").program("lower/opt/run", SCRIPT).directory("root/opt", "rwxr-xr-x");

    assertThat(tree.exec(Errno.ENOENT, "/opt/run").finding())
        .isEqualTo("/opt/run is a script, and its interpreter /bin/sh is not in this root");
    tree.file("root/opt/run", new byte[0], "rwxr-xr-x");
    assertThat(tree.exec(Errno.ENOEXEC, "/opt/run").finding()).isEqualTo("/opt/run is empty");
    Files.delete(folder.resolve("root/opt/run"));
    Process whiteout =
        new ProcessBuilder("mknod", tree.path("root/opt/run"), "c", "0", "0").start();
    if (whiteout.onExit().join().exitValue() == 0) {
      assertThat(tree.exec(Errno.ENOENT, "/opt/run").finding())
          .isEqualTo("this root has a directory /opt, but no \"run\" in it");
    }
  }

  @Test
  void neverLeavesTheRoot() throws IOException {
    Path outside = Files.createDirectories(folder.resolve("outside"));
    Files.write(outside.resolve("run"), STATIC);
    tree.link("root/escape", "../../outside").link("root/absolute", outside.toString());

    assertThat(tree.exec(Errno.ENOENT, "/escape/run").finding())
        .contains("no \"outside\" in it; the symbolic link /escape leads there");
    assertThat(tree.exec(Errno.ENOENT, "/absolute/run").finding())
        .contains("the symbolic link /absolute leads there");
  }

  @Test
  void survivesAnyFile() throws IOException {
    Kernel kernel = Kernel.ofThisMachine();
    byte[] good = MadeElf.wide(X86_64, 3, "/lib/ld", "a", "b");
    for (long seed = 0; seed < 400; seed++) {
      Random random = new Random(seed);
      byte[] bad = good.clone();
      for (int i = 0; i < 1 + seed % 8; i++) {
        bad[random.nextInt(random.nextBoolean() ? 240 : bad.length)] = (byte) random.nextInt();
      }
      Path file = folder.resolve("bad");
      Files.write(file, Arrays.copyOf(bad, random.nextInt(bad.length + 1)));

      try (Fd fd = kernel.files().openat(Fd.CWD, file.toString(), OpenFlag.O_RDONLY)) {
        assertThat(ElfFile.read(kernel, fd)).as("seed " + seed).isNotNull();
      }
    }
  }
}
