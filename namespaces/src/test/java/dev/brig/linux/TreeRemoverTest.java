package dev.brig.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeRemoverTest {
  private final Kernel kernel = Kernel.ofThisMachine();

  @TempDir Path folder;

  private void remove(String name) {
    try (Fd fd =
        kernel.files().openat(Fd.CWD, folder.toString(), OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY)) {
      new TreeRemover(kernel).remove(fd, name);
    }
  }

  @Test
  void removesATreeAndNothingThatItsLinksPointTo() throws IOException {
    Path outside = Files.createDirectories(folder.resolve("outside"));
    Files.writeString(outside.resolve("canary"), "alive");
    Path tree = Files.createDirectories(folder.resolve("tree/a/b"));
    Files.writeString(tree.resolve("file"), "x");
    Files.createSymbolicLink(tree.resolve("link"), outside);
    Files.createSymbolicLink(folder.resolve("tree/dangling"), Path.of("/nowhere"));

    remove("tree");

    assertThat(folder.resolve("tree")).doesNotExist();
    assertThat(outside.resolve("canary")).hasContent("alive");
  }

  @Test
  void removesALinkInPlaceOfATreeAndNotItsTarget() throws IOException {
    Path outside = Files.createDirectories(folder.resolve("outside/inner"));
    Files.createSymbolicLink(folder.resolve("tree"), folder.resolve("outside"));

    remove("tree");

    assertThat(Files.exists(folder.resolve("tree"), LinkOption.NOFOLLOW_LINKS)).isFalse();
    assertThat(outside).isDirectory();
  }

  @Test
  void doesNothingWhereNothingIs() {
    remove("nothing");

    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void removesATreeDeeperThanDescriptorsOrPathsGo() {
    try (Fd top =
        kernel.files().openat(Fd.CWD, folder.toString(), OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY)) {
      kernel.tree().mkdirat(top, "tree", 0700);
      Fd at = kernel.files().openat(top, "tree", OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY);
      for (int i = 0; i < 3000; i++) {
        kernel.tree().mkdirat(at, "deep", 0700);
        Fd next = kernel.files().openat(at, "deep", OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY);
        at.close();
        at = next;
      }
      at.close();
    }

    remove("tree");

    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void removesDirectoriesThatTheirOwnerClosed() throws IOException {
    Path closed = Files.createDirectories(folder.resolve("tree/closed/inner"));
    Files.writeString(closed.resolve("file"), "x");
    Files.setPosixFilePermissions(
        folder.resolve("tree/closed"), PosixFilePermissions.fromString("---------"));

    remove("tree");

    assertThat(folder).isEmptyDirectory();
  }
}
