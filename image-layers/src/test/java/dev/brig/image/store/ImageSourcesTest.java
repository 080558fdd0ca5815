package dev.brig.image.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import dev.brig.error.BrigException;
import dev.brig.error.UsageException;
import dev.brig.image.Digest;
import dev.brig.image.Image;
import dev.brig.image.ImageException;
import dev.brig.image.Platform;
import dev.brig.image.layer.TarBuilder;
import dev.brig.linux.Kernel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What images come in, right and wrong.
class ImageSourcesTest {
  private static final byte[] BASE =
      new TarBuilder().directory("etc").file("etc/base", "base").file("old", "").bytes();
  private static final byte[] TOP =
      new TarBuilder().directory("etc").file("etc/top", "top").file(".wh.old", "").bytes();

  @TempDir Path folder;

  private Path root;
  private ImageStore store;

  @BeforeEach
  void openStore() {
    root = folder.resolve("store");
    store = ImageStore.open(root, Kernel.ofThisMachine(), line -> {});
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  private static void hasBothLayers(Image image) {
    assertThat(image.layers()).hasSize(2);
    assertThat(image.layers().get(0).resolve("etc/top")).hasContent("top");
    assertThat(image.layers().get(1).resolve("etc/base")).hasContent("base");
  }

  private String write(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes).toString();
  }

  @Test
  void aLayoutIsADirectoryOrATarCompressedOrNot() throws IOException {
    LayoutBuilder layout = new LayoutBuilder().image("1.0", BASE, TOP);
    Path directory = layout.directory(folder.resolve("layout"));

    Image first = store.resolve(directory.toString());
    Image tar = store.resolve(write("layout.tar", layout.tar()));
    Image gzip = store.resolve(write("layout.tar.gz", TarBuilder.gzip(layout.tar())) + ":1.0");
    Image zstd = store.resolve(write("layout.tar.zst", Zstd.compress(layout.tar())));

    hasBothLayers(first);
    assertThat(List.of(tar.layers(), gzip.layers(), zstd.layers())).containsOnly(first.layers());
    assertThat(first.config().cmd()).containsExactly("/bin/sh");
    assertThat(store.list()).hasSize(1);
  }

  @Test
  void aDockerArchiveGivesTheSameIdAsItsConfiguration() throws IOException {
    TarBuilder archive = LayoutBuilder.dockerArchive("team/app:2", BASE, TOP);

    Image image = store.resolve(write("saved.tar", archive.bytes()));

    hasBothLayers(image);
    assertThat(store.list()).extracting(StoredImage::name).containsExactly("team/app:2");
    assertThat(store.resolve("team/app:2").id()).isEqualTo(image.id());
    assertThat(Files.readAllBytes(root.resolve("blobs/sha256/" + Digest.of(BASE).hex())))
        .isEqualTo(BASE);
  }

  @Test
  void severalImagesNeedANameAndTheMessageHasThem() throws IOException {
    LayoutBuilder layout = new LayoutBuilder().image("a", BASE).image("b", TOP);
    String directory = layout.directory(folder.resolve("layout")).toString();

    assertThatThrownBy(() -> store.resolve(directory))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("2 images")
        .extracting(e -> ((BrigException) e).failure().hint())
        .isEqualTo("write " + directory + ":NAME, one of a, b");
    assertThatThrownBy(() -> store.resolve(directory + ":c")).isInstanceOf(UsageException.class);
    assertThat(store.resolve(directory + ":b").layers()).hasSize(1);
  }

  @Test
  void anIndexGivesTheImageForThisMachine() throws IOException {
    LayoutBuilder layout = new LayoutBuilder();
    String arch = System.getProperty("os.arch", "").equals("aarch64") ? "arm64" : "amd64";
    String mine = forPlatform(layout, BASE, arch);
    String other = forPlatform(layout, TOP, "s390x");
    String index = "{\"schemaVersion\":2,\"manifests\":[" + other + "," + mine + "]}";
    String type = "application/vnd.oci.image.index.v1+json";
    layout.index("multi", layout.blob(type, index.getBytes(UTF_8)));

    Image image = store.resolve(layout.directory(folder.resolve("layout")).toString());

    assertThat(image.layers().getFirst().resolve("etc/base")).exists();
  }

  private static String forPlatform(LayoutBuilder layout, byte[] layer, String arch) {
    String blob = layout.blob("application/vnd.oci.image.layer.v1.tar", layer);
    String config = layout.config(List.of("\"" + Digest.of(layer) + "\""));
    String manifest = layout.manifest(config, List.of(blob));
    String platform = ",\"platform\":{\"os\":\"linux\",\"architecture\":\"" + arch + "\"}}";
    return manifest.substring(0, manifest.length() - 1) + platform;
  }

  @Test
  void whatAnotherToolPutIntoTheStoreIsUnpackedWhenItIsWanted() throws IOException {
    new LayoutBuilder().image("put:1", BASE, TOP).directory(root);

    hasBothLayers(store.resolve("put:1"));
    hasBothLayers(store.resolve("put:1"));
    assertThat(store.remove("put:1", Set.of())).hasSize(1);
    assertThat(root.resolve("layers")).isEmptyDirectory();
  }

  @Test
  void anImageWithoutLayersHasAnEmptyOne() throws IOException {
    Path layout = new LayoutBuilder().image("none").directory(folder.resolve("layout"));

    Image image = store.resolve(layout.toString());

    assertThat(image.layers()).hasSize(1);
    assertThat(image.layers().getFirst()).isEmptyDirectory();
  }

  @Test
  void aLayerThatIsThereTwiceIsStackedOnce() throws IOException {
    Path layout =
        new LayoutBuilder().image("twice", TOP, BASE, BASE).directory(folder.resolve("layout"));

    assertThat(store.resolve(layout.toString()).layers()).hasSize(2);
  }

  @Test
  void nothingBelowAnOpaqueRootIsStacked() throws IOException {
    byte[] opaque = new TarBuilder().file(".wh..wh..opq", "").file("only", "").bytes();
    Path layout =
        new LayoutBuilder().image("opaque", BASE, opaque).directory(folder.resolve("layout"));

    Image image = store.resolve(layout.toString());

    assertThat(image.layers()).hasSize(1);
    assertThat(image.layers().getFirst().resolve("only")).exists();
  }

  private void refused(LayoutBuilder layout, String finding) throws IOException {
    String directory = layout.directory(folder.resolve("layout")).toString();

    assertThatThrownBy(() -> store.importImage(directory, "bad"))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining(directory)
        .hasMessageContaining(finding);
    assertThat(store.list()).isEmpty();
    assertThat(root.resolve("layers")).isEmptyDirectory();
    assertThat(root.resolve("blobs/sha256")).isEmptyDirectory();
    assertThat(root.resolve("tmp")).isEmptyDirectory();
  }

  @Test
  void aBlobThatIsNotWhatItsDigestSaysIsRefused() throws IOException {
    LayoutBuilder layout = new LayoutBuilder().image("1", BASE, TOP);
    byte[] gzip = TarBuilder.gzip(TOP);
    String path = "blobs/sha256/" + Digest.of(gzip).hex();
    gzip[gzip.length / 2] ^= 1;
    layout.files().put(path, gzip);

    refused(layout, Digest.of(TarBuilder.gzip(TOP)).toString());
  }

  @Test
  void aLayerThatIsNotWhatItsDiffIdSaysIsRefused() throws IOException {
    LayoutBuilder layout = new LayoutBuilder();
    String blob = layout.blob("application/vnd.oci.image.layer.v1.tar", TOP);
    String config = layout.config(List.of("\"" + Digest.of(BASE) + "\""));
    layout.index("1", layout.manifest(config, List.of(blob)));

    refused(layout, "should be " + Digest.of(BASE));
  }

  @Test
  void aDigestThatIsAPathIsRefused() throws IOException {
    LayoutBuilder layout = new LayoutBuilder();
    String evil = "sha256:../../../../etc/passwd";
    layout.index("1", LayoutBuilder.descriptor("application/json", evil, 1));
    String directory = layout.directory(folder.resolve("layout")).toString();

    assertThatThrownBy(() -> store.importImage(directory, "bad"))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("not sha256:");
  }

  @Test
  void aMissingLayerIsNamed() throws IOException {
    LayoutBuilder layout = new LayoutBuilder().image("1", BASE, TOP);
    layout.files().remove("blobs/sha256/" + Digest.of(TarBuilder.gzip(TOP)).hex());

    refused(layout, "not there");
  }

  @Test
  void anIndexThatIsAManifestAsWellIsRefused() throws IOException {
    refused(
        new LayoutBuilder()
            .file("index.json", "{\"schemaVersion\":2,\"manifests\":[],\"layers\":[]}"),
        "has a manifest's members as well");
  }

  @Test
  void documentsThatAreNoStrictJsonAreRefused() throws IOException {
    for (String text :
        List.of(
            "{\"schemaVersion\":2,\"manifests\":[],\"manifests\":[]}",
            "{'schemaVersion':2}",
            "{\"schemaVersion\":2,\"manifests\":[]} more",
            "[".repeat(5000),
            "{\"schemaVersion\":2e999999999,\"manifests\":[]}",
            "",
            "null")) {
      refused(new LayoutBuilder().file("index.json", text), "index.json");
    }
  }

  @Test
  void aPlainDirectoryBecomesALayer() throws IOException {
    Path directory = Files.createDirectories(folder.resolve("rootfs/etc"));
    Files.writeString(directory.resolve("base"), "base");
    Files.createLink(directory.resolve("same"), directory.resolve("base"));
    String rootfs = folder.resolve("rootfs").toString();

    Image first = store.importImage(rootfs, "dir");
    Image second = store.importImage(rootfs, "again");

    assertThat(first.layers()).hasSize(1).isEqualTo(second.layers());
    assertThat(first.layers().getFirst().resolve("etc/same")).hasContent("base");
    assertThat(Files.getAttribute(first.layers().getFirst().resolve("etc/base"), "unix:nlink"))
        .isEqualTo(2);
    assertThat(store.list()).extracting(StoredImage::id).containsOnly(first.id());
  }

  @Test
  void anArchiveOfSeveralImagesIsLoadedWhole() throws IOException {
    LayoutBuilder layout = new LayoutBuilder().image("lab/a:1", BASE).image("lab/b:2", BASE, TOP);
    String tar = write("several.tar", layout.tar());

    List<LoadedImage> loaded = store.load(tar, Platform.host());

    assertThat(loaded)
        .extracting(LoadedImage::names)
        .containsExactly(List.of("lab/a:1"), List.of("lab/b:2"));
    assertThat(store.list()).extracting(StoredImage::name).containsExactly("lab/a:1", "lab/b:2");
    hasBothLayers(store.resolve("lab/b:2"));
  }

  @Test
  void aRootFileSystemIsNoArchiveToLoad() throws IOException {
    String tar = write("root.tar", BASE);

    assertThatThrownBy(() -> store.load(tar, Platform.host()))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("a root file system");
  }

  @Test
  void whatIsSavedIsLoadedWithAllItsDigests() throws IOException {
    Path layout = new LayoutBuilder().image("1", BASE, TOP).directory(folder.resolve("layout"));
    store.importImage(layout.toString(), "lab/saved:1");
    store.catalogue().tag("lab/saved:1", List.of("plain"));
    StoredImage before = store.list().getFirst();

    for (ImageSaver.Format format : ImageSaver.Format.values()) {
      String saved = folder.resolve("saved-" + format).toString();
      store.catalogue().saver(List.of(before.id())).write(format, saved);
      Path other = folder.resolve("other-" + format);
      try (ImageStore empty = ImageStore.open(other, Kernel.ofThisMachine(), line -> {})) {
        empty.load(saved, Platform.host());
        StoredImage after = empty.list().getFirst();
        assertThat(after.manifest()).as(format.name()).isEqualTo(before.manifest());
        assertThat(after.id()).as(format.name()).isEqualTo(before.id());
        if (format != ImageSaver.Format.DOCKER_DIR) {
          assertThat(empty.list())
              .extracting(StoredImage::name)
              .containsExactly("lab/saved:1", "plain:latest");
        }
      }
    }
  }

  @Test
  void aSavedFileIsThereWhenItIsWholeAndNotBefore() throws IOException {
    Path layout = new LayoutBuilder().image("1", BASE).directory(folder.resolve("layout"));
    store.importImage(layout.toString(), "lab/saved:1");
    Path blob = root.resolve("blobs/sha256/" + Digest.of(TarBuilder.gzip(BASE)).hex());
    byte[] bytes = Files.readAllBytes(blob);
    bytes[20] ^= 1;
    Files.write(blob, bytes);
    String target = folder.resolve("saved.tar").toString();

    assertThatThrownBy(() ->
            store
                .catalogue()
                .saver(List.of("lab/saved:1"))
                .write(ImageSaver.Format.OCI_ARCHIVE, target))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("its digest is");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.startsWith("saved"));
    }
  }

  @Test
  void whatIsNoArchiveIsNamed() throws IOException {
    String script = write("script", "#!/bin/sh\necho".getBytes(UTF_8));
    String empty = write("empty", new byte[0]);

    assertThatThrownBy(() -> store.resolve(script)).hasMessageContaining(script + ": ");
    assertThatThrownBy(() -> store.resolve(empty)).hasMessage(empty + ": an empty file");
    assertThatThrownBy(() -> store.resolve(folder + "/missing"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("there is no such file");
  }
}
