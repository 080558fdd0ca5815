package dev.brig.image.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.brig.error.BrigException;
import dev.brig.image.Descriptor;
import dev.brig.image.ImageException;
import dev.brig.image.Index;
import dev.brig.image.JsonNode;
import dev.brig.image.Platform;
import dev.brig.image.layer.TarBuilder;
import dev.brig.linux.Errno;
import dev.brig.linux.Fault;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.TreeRemover;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Pulling from a registry that is a directory.
class RemoteImportTest {
  private static final byte[] BASE = new TarBuilder().directory("d", 0700).file("d/x", "x").bytes();
  private static final byte[] TOP = new TarBuilder().file("d/y", "y").bytes();
  private static final byte[] HOSTILE = new TarBuilder().file("../out", "x").bytes();

  @TempDir Path folder;

  private final Kernel kernel = Kernel.ofThisMachine();
  private Path store;

  @BeforeEach
  void choose() {
    store = folder.resolve("store");
  }

  /// An image layout that stands for a registry.
  private record Layout(Path path, Descriptor root) implements RemoteImage {
    static Layout at(Path path) throws IOException {
      byte[] index = Files.readAllBytes(path.resolve("index.json"));
      return new Layout(path, Index.read(JsonNode.parse(index, "index")).manifests().getFirst());
    }

    @Override
    public String name() {
      return "registry.example/app:1";
    }

    @Override
    public byte[] document(Descriptor descriptor) {
      try {
        return Files.readAllBytes(path.resolve(BlobStore.path(descriptor.digest())));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public InputStream open(Descriptor descriptor, long offsetBytes) {
      byte[] bytes = document(descriptor);
      return new ByteArrayInputStream(Arrays.copyOfRange(bytes, (int) offsetBytes, bytes.length));
    }
  }

  private Layout layout(String name, byte[]... layers) throws IOException {
    return Layout.at(new LayoutBuilder().image("1", layers).directory(folder.resolve(name)));
  }

  private static PulledImage pull(Kernel calls, Path root, RemoteImage remote) {
    try (ImageStore images = ImageStore.open(root, calls, line -> {})) {
      return images.pull(
          remote, new Platform("linux", "amd64", ""), "app:1", TransferListener.NONE);
    }
  }

  private long files(String name) throws IOException {
    try (var files = Files.list(store.resolve(name))) {
      return files.count();
    }
  }

  @Test
  void anImageIsStoredUnderItsName() throws IOException {
    Layout remote = layout("layout", BASE, TOP);

    PulledImage pulled = pull(kernel, store, remote);

    try (ImageStore images = ImageStore.open(store, kernel, line -> {})) {
      assertThat(images.resolve("app:1").id()).isEqualTo(pulled.id());
      assertThat(images.resolve("app:1").layers().getFirst().resolve("d/y")).hasContent("y");
      assertThat(images.find("other")).isEmpty();
      assertThat(images.content("app:1").manifestBytes()).isEqualTo(remote.document(remote.root()));
    }
    assertThat(files("ingest")).isZero();
  }

  @Test
  void aHostileLayerLeavesNothing() throws IOException {
    Layout remote = layout("layout", BASE, HOSTILE);

    assertThatThrownBy(() -> pull(kernel, store, remote))
        .isInstanceOf(ImageException.class)
        .hasNoSuppressedExceptions();

    for (String name : new String[] {"blobs/sha256", "layers", "tmp", "ingest"}) {
      assertThat(files(name)).as(name).isZero();
    }
    assertThat(store.resolve("index.json")).doesNotExist();
  }

  @Test
  void whatAnotherImageHasIsNotTakenFromItByAHostileOne() throws IOException {
    pull(kernel, store, layout("good", BASE));
    Layout remote = layout("bad", BASE, HOSTILE);

    assertThatThrownBy(() -> pull(kernel, store, remote)).isInstanceOf(ImageException.class);

    try (ImageStore images = ImageStore.open(store, kernel, line -> {})) {
      assertThat(images.resolve("app:1").layers().getFirst().resolve("d/x")).exists();
    }
    assertThat(files("blobs/sha256")).isEqualTo(3);
  }

  @Test
  void whatNobodyHasGoneOnWithForADayIsSwept() throws IOException {
    pull(kernel, store, layout("layout", BASE));
    Path old = store.resolve("ingest/sha256-" + "0".repeat(64) + ".part");
    Path fresh = store.resolve("ingest/sha256-" + "1".repeat(64) + ".part");
    Files.writeString(old, "half");
    Files.writeString(fresh, "half");
    Files.setLastModifiedTime(old, FileTime.fromMillis(0));

    pull(kernel, store, layout("layout2", TOP));

    assertThat(old).doesNotExist();
    assertThat(fresh).exists();
  }

  /// For each call of a pull: it says so, and the next pull and removal find everything in order.
  @Test
  void noFailingCallLeavesAnythingThatTheNextDoesNotClear() throws IOException {
    Path memory = Path.of("/dev/shm");
    Path base = Files.isWritable(memory) ? memory : folder;
    Path place = Files.createTempDirectory(base, "brig");
    Layout remote = layout("layout", BASE, TOP);
    try {
      int call = 1;
      while (failsOnce(remote, place.resolve("" + call), call)) {
        call += 3;
      }
      assertThat(call).isGreaterThan(100);
    } finally {
      try (Fd fd = kernel.files().openat(Fd.CWD, base.toString())) {
        new TreeRemover(kernel).remove(fd, base.relativize(place).toString());
      }
    }
  }

  private boolean failsOnce(Layout remote, Path root, int call) {
    Fault fault = new Fault(call, Fault.Extent.ONCE, Errno.EIO);
    boolean failed = false;
    try {
      pull(kernel.failing(fault), root, remote);
    } catch (BrigException e) {
      failed = true;
      assertThat(e.getMessage()).as(fault.toString()).contains("EIO");
    }
    try (ImageStore images = ImageStore.open(root, kernel, line -> {})) {
      pull(kernel, root, remote);
      assertThat(images.resolve("app:1").layers().getFirst().resolve("d/y")).exists();
      images.remove("app:1", Set.of());
      assertThat(root.resolve("blobs/sha256")).isEmptyDirectory();
      assertThat(root.resolve("tmp")).isEmptyDirectory();
    } catch (BrigException e) {
      fail("after " + fault, e);
    }
    return failed;
  }
}
