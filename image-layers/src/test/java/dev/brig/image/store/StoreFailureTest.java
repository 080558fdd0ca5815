package dev.brig.image.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.brig.error.BrigException;
import dev.brig.image.Image;
import dev.brig.image.layer.TarBuilder;
import dev.brig.linux.Errno;
import dev.brig.linux.Fault;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.TreeRemover;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The store while calls fail, makers die and others work at the same time.
class StoreFailureTest {
  private static final byte[] BASE =
      new TarBuilder().directory("d", 0700).file("d/x", "x").symlink("l", "d").bytes();
  private static final byte[] TOP =
      new TarBuilder().file("d/.wh.x", "").link("d/l2", "l").directory("e").bytes();

  @TempDir Path folder;

  private static ImageStore open(Path root, Kernel kernel) {
    return ImageStore.open(root, kernel, line -> {});
  }

  private static long openDescriptors() {
    try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
      return fds.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void isEmpty(Path root) {
    for (String name : List.of("layers", "blobs/sha256", "tmp", "names", "sources")) {
      assertThat(root.resolve(name)).as(name).isEmptyDirectory();
    }
  }

  /// For each call of an import, once with the call failing and once with all after it failing too:
  /// the import says so, the index names nothing, no descriptor stays open, and the next import and
  /// removal find everything in order.
  @Test
  void noFailingCallLeavesAnythingThatTheNextDoesNotClear() throws IOException {
    // Five hundred imports wait for the disk a thousand times, where there is one to wait for.
    Path memory = Path.of("/dev/shm");
    Path base = Files.isWritable(memory) ? memory : folder;
    Path place = Files.createTempDirectory(base, "brig");
    try {
      failEachCall(place);
    } finally {
      Kernel kernel = Kernel.ofThisMachine();
      try (Fd fd = kernel.files().openat(Fd.CWD, base.toString())) {
        new TreeRemover(kernel).remove(fd, base.relativize(place).toString());
      }
    }
  }

  private static void failEachCall(Path place) throws IOException {
    Kernel kernel = Kernel.ofThisMachine();
    String source =
        new LayoutBuilder().image("1", BASE, TOP).directory(place.resolve("layout")).toString();
    int call = 1;
    boolean reached = true;
    while (reached) {
      reached = false;
      for (Fault.Extent extent : Fault.Extent.values()) {
        Path root = place.resolve(extent + "-" + call);
        reached |= failsOnce(kernel, source, root, new Fault(call, extent, Errno.EIO));
      }
      call++;
    }
    assertThat(call).isGreaterThan(100);
  }

  private static boolean failsOnce(Kernel kernel, String source, Path root, Fault fault) {
    long before = openDescriptors();
    boolean failed = false;
    try (ImageStore store = open(root, kernel.failing(fault))) {
      store.importImage(source, "image");
    } catch (BrigException e) {
      failed = true;
      assertThat(e.getMessage()).as(fault.toString()).contains("EIO");
    }
    assertThat(openDescriptors()).as(fault.toString()).isEqualTo(before);
    try (ImageStore store = open(root, kernel)) {
      assertThat(store.list().size()).as(fault.toString()).isLessThanOrEqualTo(1);
      Image image = store.importImage(source, "image");
      assertThat(image.layers().getFirst().resolve("d/x")).exists();
      store.remove("image", Set.of());
      isEmpty(root);
    } catch (BrigException e) {
      fail("after " + fault, e);
    }
    return failed;
  }

  @Test
  void manyAtOnceUnpackALayerOnce() throws ExecutionException, IOException, InterruptedException {
    Path root = folder.resolve("store");
    String source =
        new LayoutBuilder().image("1", BASE, TOP).directory(folder.resolve("layout")).toString();
    List<Callable<Image>> imports = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      String name = "image" + i;
      imports.add(() -> {
        try (ImageStore store = open(root, Kernel.ofThisMachine())) {
          store.importImage(source, name);
          return store.resolve(name);
        }
      });
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (Future<Image> image : threads.invokeAll(imports)) {
        assertThat(image.get().layers()).hasSize(2);
      }
    }
    try (ImageStore store = open(root, Kernel.ofThisMachine());
        Stream<Path> layers = Files.list(root.resolve("layers"))) {
      assertThat(store.list()).hasSize(8);
      assertThat(layers).hasSize(2);
    }
    assertThat(root.resolve("tmp")).isEmptyDirectory();
  }

  @Test
  void whatTheDeadLeftIsSwept() throws IOException {
    Path root = folder.resolve("store");
    String source =
        new LayoutBuilder().image("1", BASE).directory(folder.resolve("layout")).toString();
    try (ImageStore store = open(root, Kernel.ofThisMachine())) {
      store.importImage(source, "one");
    }
    Files.createDirectories(root.resolve("tmp/layer-1-dead/fs/deep"));
    Files.writeString(root.resolve("tmp/file-1-dead"), "half a blob");

    try (ImageStore store = open(root, Kernel.ofThisMachine())) {
      store.importImage(source, "two");
    }

    assertThat(root.resolve("tmp")).isEmptyDirectory();
  }

  @Test
  void aResolvedImageCannotBeRemovedUntilTheStoreIsClosed()
      throws ExecutionException, IOException, InterruptedException {
    Path root = folder.resolve("store");
    String source =
        new LayoutBuilder().image("1", BASE).directory(folder.resolve("layout")).toString();
    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      Future<List<StoredImage>> removal;
      try (ImageStore store = open(root, Kernel.ofThisMachine())) {
        Image image = store.importImage(source, "held");
        removal =
            threads.submit(() -> {
              try (ImageStore other = open(root, Kernel.ofThisMachine())) {
                return other.remove("held", Set.of());
              }
            });
        for (int i = 0; i < 200; i++) {
          assertThat(image.layers().getFirst().resolve("d/x")).exists();
        }
        assertThat(removal.isDone()).isFalse();
      }
      assertThat(removal.get()).hasSize(1);
    }
    isEmpty(root);
  }
}
