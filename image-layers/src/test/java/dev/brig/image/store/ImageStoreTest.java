package dev.brig.image.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.error.UsageException;
import dev.brig.image.Image;
import dev.brig.image.ImageException;
import dev.brig.image.layer.TarBuilder;
import dev.brig.linux.Kernel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageStoreTest {
  private final List<String> warnings = new ArrayList<>();

  @TempDir Path folder;

  private Path root;
  private ImageStore store;

  @BeforeEach
  void openStore() {
    root = folder.resolve("state/images");
    store = ImageStore.open(root, Kernel.ofThisMachine(), warnings::add);
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  private Path rootfsTar(String name) throws IOException {
    byte[] tar =
        new TarBuilder()
            .directory("./")
            .directory("./etc/")
            .file("./etc/os-release", "ID=made-up\n")
            .bytes();
    return Files.write(folder.resolve(name), name.endsWith(".gz") ? TarBuilder.gzip(tar) : tar);
  }

  @Test
  void theHostIsItsRootAndTouchesNoStore() {
    Image host = store.resolve("host");

    assertThat(host.layers()).containsExactly(Path.of("/"));
    assertThat(root).doesNotExist();
  }

  @Test
  void aPlainDirectoryIsUsedAsItLies() throws IOException {
    Path directory = Files.createDirectories(folder.resolve("rootfs"));

    Image image = store.resolve(directory.toString());

    assertThat(image.layers()).containsExactly(directory);
    assertThat(root).doesNotExist();
  }

  @Test
  void aRootTarRunsFromItsFileAndIsFoundTheSecondTime() throws IOException {
    Path tar = rootfsTar("root.tar");

    Image first = store.resolve(tar.toString());
    Image second = store.resolve(tar.toString());

    assertThat(first.layers()).hasSize(1);
    assertThat(first.layers().getFirst().resolve("etc/os-release")).hasContent("ID=made-up");
    assertThat(second).isEqualTo(first);
    assertThat(store.list()).hasSize(1);
    assertThat(root.resolve("tmp")).isEmptyDirectory();
  }

  @Test
  void anImportedImageHasItsNameItsIdAndAPrefixOfIt() throws IOException {
    Image imported = store.importImage(rootfsTar("root.tar.gz").toString(), "made/up:1");

    assertThat(store.resolve("made/up:1").layers()).isEqualTo(imported.layers());
    assertThat(store.resolve("made/up:1").layers()).isEqualTo(imported.layers());
    assertThat(store.resolve(imported.id()).layers()).isEqualTo(imported.layers());
    assertThat(store.resolve(imported.id().substring(0, 12)).layers()).isEqualTo(imported.layers());
    assertThat(store.list()).extracting(StoredImage::name).containsExactly("made/up:1");
  }

  @Test
  void aRemovedImageLeavesNothing() throws IOException {
    Image image = store.importImage(rootfsTar("root.tar").toString(), "gone");

    store.remove("gone", Set.of());

    assertThat(image.layers().getFirst()).doesNotExist();
    assertThat(store.list()).isEmpty();
    assertThat(root.resolve("blobs/sha256")).isEmptyDirectory();
    assertThat(root.resolve("layers")).isEmptyDirectory();
    assertThat(root.resolve("tmp")).isEmptyDirectory();
    assertThat(root.resolve("names")).isEmptyDirectory();
    assertThatThrownBy(() -> store.resolve("gone")).isInstanceOf(UsageException.class);
  }

  @Test
  void anImageThatAContainerUsesStays() throws IOException {
    Image image = store.importImage(rootfsTar("root.tar").toString(), "used");

    assertThatThrownBy(() -> store.remove("used", Set.copyOf(image.layers())))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("a container uses it");
    assertThat(image.layers().getFirst().resolve("etc/os-release")).exists();
  }

  @Test
  void aDamagedArchiveLeavesNothingBehind() throws IOException {
    byte[] whole = Files.readAllBytes(rootfsTar("root.tar.gz"));
    byte[] part = Arrays.copyOf(whole, whole.length - 20);
    Path cut = Files.write(folder.resolve("cut.tar.gz"), part);

    assertThatThrownBy(() -> store.importImage(cut.toString(), "cut"))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining(cut.toString())
        .hasMessageContaining("cut off");
    assertThat(root.resolve("blobs/sha256")).isEmptyDirectory();
    assertThat(root.resolve("layers")).isEmptyDirectory();
    assertThat(root.resolve("tmp")).isEmptyDirectory();
  }

  @Test
  void twoNamesOfAnImageGoOneByOne() throws IOException {
    String tar = rootfsTar("root.tar").toString();
    Image image = store.importImage(tar, "one");
    store.importImage(tar, "two");

    store.remove("one", Set.of());

    assertThat(store.list()).extracting(StoredImage::name).containsExactly("two:latest");
    assertThat(store.resolve("two").layers()).isEqualTo(image.layers());
  }
}
