package dev.brig.cli.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.error.UnsupportedException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuestKernelTest {
  @TempDir Path folder;

  private Path image;

  /// A boot sector as the boot protocol has it, whose version string is at 0x200 + 0x300.
  @BeforeEach
  void makeKernel() throws IOException {
    byte[] start = new byte[0x1000];
    System.arraycopy("HdrS".getBytes(StandardCharsets.US_ASCII), 0, start, 0x202, 4);
    start[0x20f] = 3;
    byte[] version = "6.1.0-x (builder) #1".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(version, 0, start, 0x500, version.length);
    Files.createDirectories(folder.resolve("boot"));
    image = folder.resolve("boot/vmlinuz-6.1.0-x");
    Files.write(image, start);
  }

  private void module(String path, String depends) throws IOException {
    Path file = folder.resolve("lib/modules/6.1.0-x").resolve(path);
    Files.createDirectories(file.getParent());
    byte[] content = ("ELF\0depends=" + depends + "\0").getBytes(StandardCharsets.US_ASCII);
    try (OutputStream out =
        path.endsWith(".gz")
            ? new GZIPOutputStream(Files.newOutputStream(file))
            : Files.newOutputStream(file)) {
      out.write(content);
    }
  }

  @Test
  void findsTheReleaseAndTheModulesBesideTheImage() throws IOException {
    module("fs/erofs.ko", "");

    GuestKernel kernel = GuestKernel.of(image);

    assertThat(kernel.release()).isEqualTo("6.1.0-x");
    assertThat(kernel.modules()).isEqualTo(folder.resolve("lib/modules/6.1.0-x"));
  }

  @Test
  void loadsWhatAModuleNeedsFirstAndEachOnce() throws IOException {
    module("a/virtiofs.ko.gz", "fuse,virtio");
    module("b/fuse.ko", "");
    module("c/virtio-blk.ko", "virtio");
    module("c/virtio.ko", "");

    Map<String, byte[]> drivers =
        GuestKernel.of(image).drivers(List.of("virtio_blk", "virtiofs", "built_in"));

    assertThat(drivers.keySet()).containsExactly("virtio", "virtio_blk", "fuse", "virtiofs");
    assertThat(drivers.get("virtiofs")).asString(StandardCharsets.US_ASCII).startsWith("ELF");
  }

  @Test
  void saysWhatIsMissing() throws IOException {
    Path text = folder.resolve("boot/text");
    Files.writeString(text, "text");

    assertThatThrownBy(() -> GuestKernel.of(text))
        .isInstanceOf(UnsupportedException.class)
        .hasMessageContaining("no bzImage");
    assertThatThrownBy(() -> GuestKernel.of(image))
        .isInstanceOf(UnsupportedException.class)
        .hasMessageContaining("modules of 6.1.0-x");
  }
}
