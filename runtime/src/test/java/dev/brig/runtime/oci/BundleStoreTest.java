package dev.brig.runtime.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.linux.Kernel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BundleStoreTest {
  @TempDir private Path folder;

  private BundleStore store() {
    return new BundleStore(Kernel.ofThisMachine(), folder.resolve("deep/root"));
  }

  private static BundleRecord record(String id) {
    return new BundleRecord(
        id,
        "/b",
        "/b/rootfs",
        "2026-01-01T00:00:00Z",
        1001,
        new BundleRecord.Creator(Integer.MAX_VALUE, 5),
        List.of(Path.of("/sys/fs/cgroup/pids/" + id)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a/b", "../a", "a b", "a\n"})
  void refusesAnIdThatIsNone(String id) {
    assertThatThrownBy(() -> store().take(id)).hasMessageContaining("invalid container ID format");
    assertThatThrownBy(() -> store().find(id)).hasMessageContaining("invalid container ID format");
    assertThatThrownBy(() -> store().remove(id))
        .hasMessageContaining("invalid container ID format");
  }

  @Test
  void givesAnIdToOneOnly() {
    var _ = store().take("a");

    assertThatThrownBy(() -> store().take("a"))
        .hasMessageContaining("container with given ID already exists");
  }

  @Test
  void keepsWhatIsKnownOfAContainer() {
    var _ = store().take("a");
    store().write(record("a"), "{}");

    assertThat(store().container("a").record()).isEqualTo(record("a"));
    assertThat(store().all()).hasSize(1);
  }

  @Test
  void takesAContainerWithoutLivingProcessesForStopped() {
    var _ = store().take("a");
    store().write(record("a"), "{}");

    assertThat(store().container("a").status()).isEqualTo(BundleStatus.STOPPED);
    assertThat(store().container("a").pid()).isZero();
  }

  @Test
  void knowsNothingOfOneThatIsHalfMadeAndRemovesItAllTheSame() {
    Path directory = store().take("a");

    assertThat(store().find("a")).isEmpty();
    assertThatThrownBy(() -> store().container("a")).hasMessageContaining("does not exist");
    store().remove("a");
    assertThat(Files.exists(directory)).isFalse();
  }
}
