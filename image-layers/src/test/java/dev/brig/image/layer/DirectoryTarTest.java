package dev.brig.image.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.image.ImageException;
import dev.brig.linux.Fd;
import dev.brig.linux.Links;
import dev.brig.linux.Timestamp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryTarTest {
  @TempDir Path folder;

  private Path tree;

  @BeforeEach
  void makeTree() throws IOException {
    tree = Files.createDirectories(folder.resolve("tree"));
    Files.createDirectories(tree.resolve("b/deep"));
    Files.writeString(tree.resolve("b/deep/file"), "x".repeat(300_000));
    Files.writeString(tree.resolve("a"), "first");
    Files.createLink(tree.resolve("c"), tree.resolve("a"));
    Files.createSymbolicLink(tree.resolve("l"), Path.of("nowhere"));
    Unpacker.KERNEL
        .attributes()
        .setTimes(
            Fd.CWD,
            tree.resolve("a").toString(),
            new Timestamp(0, 0),
            new Timestamp(-3, 5),
            Links.NOFOLLOW);
  }

  private DirectoryTar tar(@Nullable Path leftOut) {
    return new DirectoryTar(
        Unpacker.KERNEL,
        tree.toString(),
        DirectoryTar.Purpose.LAYER,
        leftOut == null
            ? null
            : Unpacker.KERNEL.attributes().stat(Fd.CWD, leftOut.toString(), Links.FOLLOW));
  }

  private List<TarEntry> entries() {
    List<TarEntry> entries = new ArrayList<>();
    try (DirectoryTar tar = tar(null)) {
      TarReader reader = new TarReader(tar, "tree", TarReader.End.MARKED);
      for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
        entries.add(entry);
      }
    }
    return entries;
  }

  @Test
  void aTreeIsItsEntriesInOrder() {
    assertThat(entries())
        .extracting(TarEntry::name)
        .containsExactly("./", "a", "b/", "b/deep/", "b/deep/file", "c", "l");
    assertThat(entries().get(5).content()).isEqualTo(new TarContent.HardLink("a"));
    assertThat(entries().get(6).content()).isEqualTo(new TarContent.Symlink("nowhere"));
    assertThat(entries().get(1).attributes().mtimeSeconds()).isEqualTo(-3);
    assertThat(entries().get(1).attributes().mtimeNanos()).isEqualTo(5);
  }

  @Test
  void theSameTreeMakesTheSameBytes() {
    try (DirectoryTar one = tar(null);
        DirectoryTar other = tar(null)) {
      assertThat(one).hasSameContentAs(other);
    }
  }

  @Test
  void whatIsLeftOutIsNotThere() {
    try (DirectoryTar tar = tar(tree.resolve("b"))) {
      TarReader reader = new TarReader(tar, "tree", TarReader.End.MARKED);
      for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
        assertThat(entry.name()).doesNotStartWith("b");
      }
    }
  }

  @Test
  void aFileThatWouldRemoveAnotherIsRefused() throws IOException {
    Files.writeString(tree.resolve("b/.wh.a"), "");

    assertThatThrownBy(this::entries)
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("b/.wh.a");
  }
}
