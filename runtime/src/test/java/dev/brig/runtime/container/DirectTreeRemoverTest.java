package dev.brig.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.linux.Errno;
import dev.brig.linux.Fault;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.OpenFlag;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DirectTreeRemoverTest {
  @TempDir Path directory;

  private final Kernel kernel = Kernel.ofThisMachine();
  private final TreeRemover remover = new DirectTreeRemover(kernel);
  private Path tree;

  @BeforeEach
  void plant() throws IOException {
    tree = Files.createDirectory(directory.resolve("tree"));
  }

  @Test
  void removesEverythingBelow() throws IOException {
    Files.createDirectories(tree.resolve("a/b/c"));
    Files.writeString(tree.resolve("a/b/c/file"), "x");
    Files.writeString(tree.resolve("a/file"), "x");
    Files.createDirectories(tree.resolve("empty"));

    remover.remove(tree);

    assertThat(tree).doesNotExist();
  }

  @Test
  void doesNothingWhereNothingIs() {
    remover.remove(directory.resolve("absent"));
  }

  @Test
  void doesNotFollowLinks() throws IOException {
    Path outside = Files.createDirectory(directory.resolve("outside"));
    Files.writeString(outside.resolve("precious"), "x");
    Files.createSymbolicLink(tree.resolve("link"), outside);
    Files.createSymbolicLink(tree.resolve("up"), Path.of("../outside"));

    remover.remove(tree);

    assertThat(outside.resolve("precious")).exists();
    assertThat(tree).doesNotExist();
  }

  @Test
  void removesADepthThatNoPathCanName() {
    String name = "d".repeat(200);
    Fd[] levels = new Fd[2];
    levels[0] = kernel.files().openat(Fd.CWD, tree.toString(), OpenFlag.O_PATH);
    for (int depth = 0; depth < 300; depth++) {
      kernel.tree().mkdirat(levels[0], name, 0755);
      levels[1] = kernel.files().openat(levels[0], name, OpenFlag.O_PATH);
      levels[0].close();
      levels[0] = levels[1];
    }
    levels[0].close();

    remover.remove(tree);

    assertThat(tree).doesNotExist();
  }

  @Test
  void removesWhatForbidsIt() throws IOException {
    Path closed = Files.createDirectories(tree.resolve("work/work"));
    Files.writeString(closed.resolve("file"), "x");
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));

    remover.remove(tree);

    assertThat(tree).doesNotExist();
  }

  @Test
  void stopsAtAMountPoint() throws IOException, InterruptedException {
    // A private mount namespace, so that the machine's mounts are left alone.
    Path point = Files.createDirectories(tree.resolve("point"));
    Path other = Files.createDirectory(directory.resolve("other"));
    Files.writeString(other.resolve("precious"), "x");
    Process process =
        new ProcessBuilder(
                "unshare",
                "-rm",
                "sh",
                "-c",
                "mount --bind \"$1\" \"$2\" && exec \"$3\" --enable-native-access=ALL-UNNAMED -cp"
                    + " \"$4\" \"$5\" \"$6\"",
                "sh",
                other.toString(),
                point.toString(),
                TestProcess.JAVA,
                TestProcess.CLASS_PATH,
                RemoverMain.class.getName(),
                tree.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).contains("something is mounted on \"point\"");
    assertThat(other.resolve("precious")).exists();
  }

  @Test
  void removesTheRestWhenSomethingCannotBe() throws IOException {
    Files.writeString(tree.resolve("a"), "x");
    Files.createDirectories(tree.resolve("b/c"));
    Files.writeString(tree.resolve("b/c/d"), "x");
    int failures = 0;
    for (int call = 3; call < 12; call++) {
      Kernel failing = kernel.failing(new Fault(call, Fault.Extent.ONCE, Errno.EIO));
      try {
        new DirectTreeRemover(failing).remove(tree);
      } catch (KernelException e) {
        assertThat(e.errno()).isEqualTo(Errno.EIO);
        failures++;
      }
    }

    assertThat(failures).isPositive();
    assertThatThrownBy(() -> Files.readString(tree.resolve("a"))).isInstanceOf(IOException.class);
    remover.remove(tree);
    assertThat(tree).doesNotExist();
  }
}
