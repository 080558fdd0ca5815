package dev.brig.image.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.image.ImageException;
import dev.brig.image.layer.TarContent.Device;
import dev.brig.image.layer.TarContent.Directory;
import dev.brig.image.layer.TarContent.Fifo;
import dev.brig.image.layer.TarContent.HardLink;
import dev.brig.image.layer.TarContent.RegularFile;
import dev.brig.image.layer.TarContent.Symlink;
import dev.brig.linux.KernelText;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class TarWriterTest {
  private static final String LONG = "directory/".repeat(20) + "file";
  private static final byte[] DATA = "some data".getBytes(StandardCharsets.UTF_8);

  private static Attributes attributes(long id, long seconds, int nanos) {
    return new Attributes(04755, id, id, seconds, nanos, Map.of());
  }

  private static byte[] written(List<TarEntry> entries) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TarWriter tar = new TarWriter(out);
    for (TarEntry entry : entries) {
      tar.begin(entry);
      if (entry.content() instanceof RegularFile) {
        tar.write(DATA, 0, DATA.length);
      }
    }
    tar.finish();
    return out.toByteArray();
  }

  private static List<TarEntry> read(byte[] archive) {
    TarReader reader =
        new TarReader(new ByteArrayInputStream(archive), "archive", TarReader.End.MARKED);
    List<TarEntry> entries = new ArrayList<>();
    for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
      entries.add(entry);
    }
    return entries;
  }

  @Test
  void whatIsWrittenIsReadAsItWas() throws IOException {
    Attributes plain = attributes(0, 1_700_000_000, 0);
    String odd = KernelText.decode(new byte[] {'o', (byte) 0xff, '\n', 'x'});
    List<TarEntry> entries =
        List.of(
            new TarEntry("dir/", new Directory(), plain),
            new TarEntry("dir/file", new RegularFile(DATA.length), plain),
            new TarEntry("dir/link", new HardLink("dir/file"), plain),
            new TarEntry(LONG, new RegularFile(DATA.length), plain),
            new TarEntry("to-long", new Symlink(LONG), plain),
            new TarEntry(odd, new Fifo(), plain),
            new TarEntry("null", new Device(Device.Kind.CHARACTER, 1, 3), plain),
            new TarEntry("disk", new Device(Device.Kind.BLOCK, 259, 70_000), plain),
            new TarEntry("ids", new Fifo(), attributes(4_000_000_000L, 5, 0)),
            new TarEntry("precise", new Fifo(), attributes(7, 1_700_000_000, 123_456_789)),
            new TarEntry("before", new Fifo(), attributes(7, -2, 750_000_000)),
            new TarEntry("justBefore", new Fifo(), attributes(7, -1, 1)),
            new TarEntry("longBefore", new Fifo(), attributes(7, -77, 0)),
            new TarEntry("late", new Fifo(), attributes(7, 1L << 35, 0)));

    assertThat(read(written(entries))).isEqualTo(entries);
  }

  @Test
  void attributesAreKeptToTheByte() throws IOException {
    byte[] value = {1, (byte) 0xff, 0, '\n', '=', (byte) 0x80};
    for (int length : new int[] {0, 1, 70, 80, 971, 972, 9960, 65_000}) {
      byte[] large = new byte[length];
      Map<String, byte[]> xattrs =
          Map.of("security.capability", value, "user.large", large, "user.empty", new byte[0]);
      Attributes attributes = new Attributes(0644, 0, 0, 0, 0, xattrs);
      TarEntry entry = new TarEntry("f", new Fifo(), attributes);

      Map<String, byte[]> found = read(written(List.of(entry))).getFirst().attributes().xattrs();

      assertThat(found.get("security.capability")).isEqualTo(value);
      assertThat(found.get("user.large")).isEqualTo(large);
      assertThat(found).hasSize(3);
    }
  }

  @Test
  void refusesAnAttributeWhoseNameTheFormatCannotHold() {
    Attributes attributes = new Attributes(0644, 0, 0, 0, 0, Map.of("user.a=b", DATA));

    assertThatThrownBy(() -> written(List.of(new TarEntry("f", new Fifo(), attributes))))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("user.a=b");
  }

  @Test
  void compressedPiecesMakeOneStreamThatIsAlwaysTheSame() throws IOException {
    for (int size : new int[] {0, 1, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 3_000_000}) {
      byte[] data = new byte[size];
      new Random(size).nextBytes(data);
      Arrays.fill(data, size / 2, size, (byte) 'z');

      byte[] first = compressed(data, 1000);

      assertThat(compressed(data, 77_777)).as("size %d", size).isEqualTo(first);
      try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(first))) {
        assertThat(in.readAllBytes()).isEqualTo(data);
      }
    }
  }

  private static byte[] compressed(byte[] data, int step) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GzipOutput gzip = new GzipOutput(out)) {
      for (int at = 0; at < data.length; at += step) {
        gzip.write(data, at, Math.min(step, data.length - at));
      }
    }
    return out.toByteArray();
  }
}
