package dev.brig.image.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.image.ImageException;
import dev.brig.linux.KernelText;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What is written, read again by the strict reader.
class TarEncoderTest {
  private static final Attributes PLAIN = new Attributes(0644, 0, 0, 1_000_000_000, 0, Map.of());

  private static TarEntry read(TarEntry entry) {
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    tar.writeBytes(TarEncoder.header(entry));
    if (entry.content() instanceof TarContent.RegularFile file && file.sizeBytes() < 1 << 20) {
      tar.writeBytes(new byte[(int) file.sizeBytes() + TarEncoder.padding(file.sizeBytes())]);
    }
    tar.writeBytes(TarEncoder.end());
    TarEntry read =
        new TarReader(new ByteArrayInputStream(tar.toByteArray()), "a.tar", TarReader.End.MARKED)
            .next();
    if (read == null) {
      throw new AssertionError("no entry");
    }
    return read;
  }

  static Stream<TarEntry> entries() {
    String odd = KernelText.decode(new byte[] {'a', (byte) 0xff, '\n', (byte) 0xe9});
    TarContent file = new TarContent.RegularFile(3);
    return Stream.of(
        new TarEntry("a", file, PLAIN),
        new TarEntry("d/", new TarContent.Directory(), PLAIN),
        new TarEntry(odd, file, PLAIN),
        new TarEntry("x".repeat(100), file, PLAIN),
        new TarEntry("x".repeat(101), file, PLAIN),
        new TarEntry((odd + "/").repeat(60) + "e", file, PLAIN),
        new TarEntry("l", new TarContent.Symlink("../" + "t".repeat(300) + odd), PLAIN),
        new TarEntry("h", new TarContent.HardLink("t".repeat(300)), PLAIN),
        new TarEntry("p", new TarContent.Fifo(), PLAIN),
        new TarEntry(
            "c", new TarContent.Device(TarContent.Device.Kind.CHARACTER, 10, 0xfffff), PLAIN),
        new TarEntry("b", new TarContent.Device(TarContent.Device.Kind.BLOCK, 0xfff, 1), PLAIN),
        new TarEntry("large", new TarContent.RegularFile(1L << 40), PLAIN),
        new TarEntry("ids", file, new Attributes(06755, 4_000_000_000L, 2_097_152, 0, 0, Map.of())),
        new TarEntry("early", file, new Attributes(0, 0, 0, -2, 500_000_000, Map.of())),
        new TarEntry("earlier", file, new Attributes(0, 0, 0, -1, 1, Map.of())),
        new TarEntry("late", file, new Attributes(0, 0, 0, 1L << 34, 999_999_999, Map.of())));
  }

  @ParameterizedTest
  @MethodSource("entries")
  void anEntryComesBackAsItWas(TarEntry entry) {
    assertThat(read(entry)).isEqualTo(entry);
  }

  @Test
  void extendedAttributesComeBackAsBytes() {
    byte[] value = {1, (byte) 0xff, 0, '\n', '='};
    Attributes attributes = new Attributes(0644, 0, 0, 0, 0, Map.of("user.x y", value));

    TarEntry read = read(new TarEntry("a", new TarContent.RegularFile(0), attributes));

    assertThat(read.attributes().xattrs()).containsOnlyKeys("user.x y");
    assertThat(read.attributes().xattrs().get("user.x y")).isEqualTo(value);
  }

  @Test
  void aNameThatNoArchiveHoldsIsRefused() {
    Attributes attributes = new Attributes(0644, 0, 0, 0, 0, Map.of("user.a=b", new byte[0]));

    assertThatThrownBy(
            () -> TarEncoder.header(new TarEntry("a", new TarContent.Fifo(), attributes)))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("user.a=b");
  }

  @Test
  void aPlainEntryIsOneBlock() {
    for (TarEntry entry : List.of(new TarEntry("a", new TarContent.RegularFile(3), PLAIN))) {
      assertThat(TarEncoder.header(entry)).hasSize(512);
    }
  }
}
