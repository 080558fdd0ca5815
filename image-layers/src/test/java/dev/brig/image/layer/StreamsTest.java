package dev.brig.image.layer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import dev.brig.image.Digest;
import dev.brig.image.ImageException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StreamsTest {
  private static final byte[] TEXT = "some text to be compressed ".repeat(10_000).getBytes(UTF_8);

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] decompress(byte[] bytes) throws IOException {
    try (InputStream in = Compression.open(new ByteArrayInputStream(bytes), "a.tar").content()) {
      return in.readAllBytes();
    }
  }

  @Test
  void decompressesWhatTheBeginningTells() throws IOException {
    assertThat(decompress(TEXT)).isEqualTo(TEXT);
    assertThat(decompress(TarBuilder.gzip(TEXT))).isEqualTo(TEXT);
    assertThat(decompress(Zstd.compress(TEXT))).isEqualTo(TEXT);
  }

  @Test
  void decompressesSeveralMembersAndFrames() throws IOException {
    byte[] half = TarBuilder.gzip(TEXT);
    byte[] frame = Zstd.compress(TEXT);

    assertThat(decompress(join(half, half))).isEqualTo(join(TEXT, TEXT));
    assertThat(decompress(join(half, half, new byte[1024]))).isEqualTo(join(TEXT, TEXT));
    assertThat(decompress(join(frame, frame))).isEqualTo(join(TEXT, TEXT));
  }

  @Test
  void refusesWhatIsBehindTheEnd() {
    byte[] gzip = TarBuilder.gzip(TEXT);

    assertThatThrownBy(() -> decompress(join(gzip, "rubbish".getBytes(UTF_8))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not gzip");
    assertThatThrownBy(() -> decompress(join(gzip, new byte[8], new byte[] {1})))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not gzip");
    assertThatThrownBy(() -> decompress(join(Zstd.compress(TEXT), "rubbish".getBytes(UTF_8))))
        .isInstanceOf(IOException.class);
  }

  @Test
  void refusesDataThatAreCutOffAnywhere() {
    byte[] gzip = TarBuilder.gzip(TEXT);
    byte[] zstd = Zstd.compress(TEXT);

    for (int length = 6; length < gzip.length; length += 7) {
      byte[] part = Arrays.copyOf(gzip, length);
      assertThatThrownBy(() -> decompress(part)).isInstanceOf(IOException.class);
    }
    for (int length = 6; length < zstd.length; length++) {
      byte[] part = Arrays.copyOf(zstd, length);
      assertThatThrownBy(() -> decompress(part)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void refusesAnyChangedBit() throws IOException {
    byte[] gzip = TarBuilder.gzip(TEXT);
    Random random = new Random(7);
    for (int round = 0; round < 300; round++) {
      byte[] damaged = gzip.clone();
      damaged[10 + random.nextInt(gzip.length - 10)] ^= (byte) (1 << random.nextInt(8));
      try {
        assertThat(decompress(damaged)).isEqualTo(TEXT);
      } catch (IOException _) {
        // As it has to be; what is read all the same must be the same text.
      }
    }
  }

  @Test
  void namesACompressionThatItDoesNotRead() {
    byte[] xz = {(byte) 0xfd, '7', 'z', 'X', 'Z', 0, 0, 0};

    assertThatThrownBy(() -> decompress(xz))
        .isInstanceOf(ImageException.class)
        .hasMessage("a.tar: compressed by xz, which brig does not read");
  }

  private static VerifiedStream blob(byte[] bytes, Digest digest, long size) {
    return VerifiedStream.blob(new ByteArrayInputStream(bytes), "blob", digest, size);
  }

  @Test
  void verifiesDigestAndSize() throws IOException {
    Digest digest = Digest.of(TEXT);

    assertThat(blob(TEXT, digest, TEXT.length).finish()).isEqualTo(digest);
    assertThatThrownBy(() -> blob(TEXT, Digest.of(new byte[0]), TEXT.length).finish())
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("its digest is " + digest);
    assertThatThrownBy(() -> blob(TEXT, digest, TEXT.length + 1).finish())
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("cut off");
    assertThatThrownBy(() -> blob(TEXT, digest, TEXT.length - 1).finish())
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("longer than");
  }

  @Test
  void verifiesWhatHasBeenSkipped() throws IOException {
    VerifiedStream stream = blob(TEXT, Digest.of(TEXT), TEXT.length);

    assertThat(stream.skip(1000)).isEqualTo(1000);
    assertThat(stream.finish()).isEqualTo(Digest.of(TEXT));
  }

  @Test
  void stopsADecompressionBomb() {
    Limits limits = new Limits(10, 1 << 20, 10);
    byte[] bomb = TarBuilder.gzip(new TarBuilder().file("zeros", new byte[2 << 20]).bytes());
    VerifiedStream stream = VerifiedStream.unknown(new ByteArrayInputStream(bomb), "bomb");

    try (LayerInput input = new LayerInput(stream, "bomb", null, limits)) {
      assertThatThrownBy(() -> input.tar().drain())
          .isInstanceOf(ImageException.class)
          .hasMessageContaining("more than 1048576 bytes");
    }
  }

  @Test
  void stopsABombThatIsNotYetLargeButGrowsTooFast() throws IOException {
    Limits limits = new Limits(10, Long.MAX_VALUE, 200);
    InputStream zeros =
        new InputStream() {
          @Override
          public int read() {
            return 0;
          }

          @Override
          public int read(byte[] target, int offset, int length) {
            return length;
          }
        };
    LimitedStream stream = new LimitedStream(zeros, "bomb", limits, () -> 1000);

    assertThatThrownBy(() -> readMuch(stream))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("more than 200 times its size");
  }

  private static void readMuch(InputStream stream) throws IOException {
    byte[] buffer = new byte[1 << 20];
    for (int i = 0; i < 2000; i++) {
      var _ = stream.read(buffer, 0, buffer.length);
    }
  }
}
