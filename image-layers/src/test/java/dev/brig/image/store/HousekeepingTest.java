package dev.brig.image.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.image.Digest;
import dev.brig.image.Image;
import dev.brig.image.layer.TarBuilder;
import dev.brig.linux.Kernel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A store that something was done to.
class HousekeepingTest {
  private static final byte[] BASE =
      new TarBuilder().directory("d").file("d/x", "x").file("old", "").bytes();
  private static final byte[] TOP =
      new TarBuilder().directory("d").file("d/y", "y").file(".wh.old", "").bytes();

  @TempDir Path folder;

  private Path root;
  private ImageStore store;
  private Image image;

  @BeforeEach
  void openStore() throws IOException {
    root = folder.resolve("store");
    store = ImageStore.open(root, Kernel.ofThisMachine(), line -> {});
    Path layout = new LayoutBuilder().image("1", BASE, TOP).directory(folder.resolve("layout"));
    image = store.importImage(layout.toString(), "made:1");
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  private List<Damage> verify(Housekeeping.Mending mending) {
    return store.catalogue().housekeeping().verify(mending, InUse.NOTHING, ImageOrigins.NONE);
  }

  private Path baseBlob() {
    return root.resolve("blobs/sha256/" + Digest.of(TarBuilder.gzip(BASE)).hex());
  }

  @Test
  void aWholeStoreHasNoDamage() {
    assertThat(verify(Housekeeping.Mending.NONE)).isEmpty();
    assertThat(verify(Housekeeping.Mending.DROP)).isEmpty();
    assertThat(root.resolve("tmp")).isEmptyDirectory();
    assertThat(image.layers().getFirst().resolve("d/y")).hasContent("y");
  }

  @Test
  void aChangedFileOfALayerIsNamedAndMendedFromTheBlob() throws IOException {
    Path file = image.layers().getLast().resolve("d/x");
    Files.writeString(file, "z");

    assertThat(verify(Housekeeping.Mending.NONE))
        .singleElement()
        .satisfies(damage -> {
          assertThat(damage.kind()).isEqualTo(Damage.Kind.LAYER);
          assertThat(damage.finding()).startsWith("d/x has another time");
          assertThat(damage.images()).containsExactly("made:1");
        });
    assertThat(verify(Housekeeping.Mending.MEND))
        .extracting(Damage::outcome)
        .containsExactly(Damage.Outcome.MENDED);
    assertThat(file).hasContent("x");
    assertThat(verify(Housekeeping.Mending.NONE)).isEmpty();
  }

  @Test
  void aLayerOfARunningContainerIsLeftAlone() throws IOException {
    Path file = image.layers().getLast().resolve("d/x");
    Files.delete(file);
    InUse running = new InUse(Set.of(image.id()), new HashSet<>(image.layers()));

    List<Damage> damages =
        store
            .catalogue()
            .housekeeping()
            .verify(Housekeeping.Mending.MEND, running, ImageOrigins.NONE);

    assertThat(damages).extracting(Damage::outcome).containsExactly(Damage.Outcome.IN_USE);
    assertThat(file).doesNotExist();
  }

  @Test
  void aDamagedBlobIsLostUntilTheImageIsImportedAgain() throws IOException {
    byte[] bytes = Files.readAllBytes(baseBlob());
    bytes[bytes.length / 2] ^= 1;
    Files.write(baseBlob(), bytes);

    assertThat(verify(Housekeeping.Mending.NONE))
        .extracting(Damage::what)
        .containsExactly("blobs/sha256/" + baseBlob().getFileName());
    assertThat(verify(Housekeeping.Mending.MEND))
        .extracting(Damage::outcome)
        .containsExactly(Damage.Outcome.LOST);

    store.importImage(folder.resolve("layout").toString(), "made:2");

    assertThat(verify(Housekeeping.Mending.NONE)).isEmpty();
  }

  @Test
  void aBlobThatItsOriginHasIsFetched() throws IOException {
    byte[] bytes = Files.readAllBytes(baseBlob());
    Files.delete(baseBlob());
    ImageOrigins origins =
        name -> {
          try {
            Files.write(baseBlob(), bytes);
            return name.equals("made:1");
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        };

    List<Damage> damages =
        store.catalogue().housekeeping().verify(Housekeeping.Mending.MEND, InUse.NOTHING, origins);

    assertThat(damages).extracting(Damage::outcome).containsExactly(Damage.Outcome.MENDED);
    assertThat(verify(Housekeeping.Mending.NONE)).isEmpty();
  }

  @Test
  void whatCannotBeMendedIsDroppedWhenAsked() throws IOException {
    Files.delete(baseBlob());

    assertThat(verify(Housekeeping.Mending.DROP))
        .extracting(Damage::outcome)
        .containsExactly(Damage.Outcome.DROPPED);

    assertThat(store.list()).isEmpty();
    assertThat(verify(Housekeeping.Mending.NONE)).isEmpty();
  }

  @Test
  void pruningRemovesWhatNobodyNeedsAndNothingElse() throws IOException {
    Files.writeString(root.resolve("blobs/sha256/" + "0".repeat(64)), "left over");
    Files.createDirectories(root.resolve("layers/" + "1".repeat(64) + "/fs"));

    Housekeeping.Pruned pruned =
        store.catalogue().housekeeping().prune(Housekeeping.Scope.NAMELESS, InUse.NOTHING);

    assertThat(pruned.images()).isEmpty();
    assertThat(pruned.blobs()).isEqualTo(1);
    assertThat(pruned.layers()).isEqualTo(1);
    assertThat(root.resolve("layers/" + "1".repeat(64))).doesNotExist();
    assertThat(root.resolve("tmp")).isEmptyDirectory();
    assertThat(verify(Housekeeping.Mending.NONE)).isEmpty();
    assertThat(store.resolve("made:1").layers()).isEqualTo(image.layers());
  }

  @Test
  void pruningAllSparesWhatContainersWereMadeFrom() {
    InUse used = new InUse(Set.of(image.id()), new HashSet<>(image.layers()));

    store.catalogue().untag("made:1", List.of());
    assertThat(store.catalogue().housekeeping().prune(Housekeeping.Scope.UNUSED, used).images())
        .isEmpty();
    assertThat(store.resolve(image.id()).layers()).isEqualTo(image.layers());

    assertThat(
            store
                .catalogue()
                .housekeeping()
                .prune(Housekeeping.Scope.NAMELESS, InUse.NOTHING)
                .images())
        .hasSize(1);
    assertThat(root.resolve("blobs/sha256")).isEmptyDirectory();
    assertThat(root.resolve("layers")).isEmptyDirectory();
  }

  @Test
  void roomIsCountedOnceAndByUse() {
    store.catalogue().tag("made:1", List.of("made:2", "made:3"));
    InUse used = new InUse(Set.of(image.id()), new HashSet<>(image.layers()));

    DiskUsage unused = store.catalogue().housekeeping().usage(InUse.NOTHING);
    DiskUsage kept = store.catalogue().housekeeping().usage(used);

    assertThat(unused.images()).hasSize(1);
    assertThat(unused.kinds()).extracting(DiskUsage.Kind::total).containsExactly(1, 2, 0);
    assertThat(unused.kinds()).allMatch(kind -> kind.reclaimableBytes() == kind.bytes());
    assertThat(kept.kinds()).allMatch(kind -> kind.reclaimableBytes() == 0);
    assertThat(kept.kinds()).extracting(DiskUsage.Kind::active).containsExactly(1, 2, 0);
  }

  @Test
  void namesComeAndGoAndTheImageStays() {
    store.catalogue().tag("made:1", List.of("other", "made:2"));
    assertThat(store.list())
        .extracting(StoredImage::name)
        .containsExactly("made:1", "made:2", "other:latest");

    store.catalogue().untag("other", List.of("made:1"));
    store.catalogue().untag("made:2", List.of());

    assertThat(store.list()).extracting(StoredImage::name).containsExactly("");
    assertThat(store.resolve(image.id()).layers()).isEqualTo(image.layers());
  }
}
