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
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

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
    try (InputStream in = Compression.open(new ByteArrayInputStream(bytes)).content()) {
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

  // What bzip2 -9 makes of BZIP2_TEXT.
  private static final byte[] BZIP2 =
      Base64.getDecoder()
          .decode("QlpoOTFBWSZTWZenXHIAAAjVAAAQQAAEACJEoAAgqk09TIQwIvSEw5XsNHxdyRThQkJenXHI");

  private static final byte[] BZIP2_TEXT =
      ("hello ".repeat(4) + "a".repeat(72) + "\n").getBytes(UTF_8);

  private static byte[] xz(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (XZOutputStream xz = new XZOutputStream(out, new LZMA2Options(0))) {
      xz.write(bytes);
    }
    return out.toByteArray();
  }

  @Test
  void decompressesXzAndBzip2OfSeveralStreams() throws IOException {
    byte[] xz = xz(TEXT);

    assertThat(decompress(xz)).isEqualTo(TEXT);
    assertThat(decompress(join(xz, xz))).isEqualTo(join(TEXT, TEXT));
    assertThat(decompress(BZIP2)).isEqualTo(BZIP2_TEXT);
    assertThat(decompress(join(BZIP2, BZIP2))).isEqualTo(join(BZIP2_TEXT, BZIP2_TEXT));
  }

  @Test
  void refusesBzip2ThatIsDamagedOrCutOff() throws IOException {
    assertThatThrownBy(() -> decompress(join(BZIP2, "rubbish".getBytes(UTF_8))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Unexpected data");
    for (int length = 4; length < BZIP2.length; length++) {
      byte[] part = Arrays.copyOf(BZIP2, length);
      assertThatThrownBy(() -> decompress(part))
          .as("%d bytes", length)
          .isInstanceOf(IOException.class);
    }
    for (int bit = 32; bit < 8 * BZIP2.length; bit++) {
      byte[] damaged = BZIP2.clone();
      damaged[bit / 8] ^= (byte) (1 << (bit % 8));
      try {
        // The last bits pad the last byte.
        assertThat(decompress(damaged)).as("bit %d", bit).isEqualTo(BZIP2_TEXT);
      } catch (IOException _) {
        // As it has to be.
      }
    }
  }

  @Test
  void passesOverTheTableOfContentsOfAChunkedLayer() throws IOException {
    byte[] skippable = {0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4};
    byte[] zstd = Zstd.compress(TEXT);

    assertThat(decompress(join(zstd, zstd, skippable))).isEqualTo(join(TEXT, TEXT));
    assertThat(decompress(join(skippable, zstd))).isEqualTo(TEXT);
  }

  @Test
  void bringsWhatNoImageMayHoldIntoGzipAndLeavesTheRest() throws IOException {
    for (byte[] kept : new byte[][] {TEXT, TarBuilder.gzip(TEXT), Zstd.compress(TEXT)}) {
      try (InputStream in =
          Recompression.of(new ByteArrayInputStream(kept), "a.tar", Limits.DEFAULT)) {
        assertThat(in.readAllBytes()).isEqualTo(kept);
      }
    }
    byte[] first;
    try (InputStream in =
        Recompression.of(new ByteArrayInputStream(xz(TEXT)), "a.tar", Limits.DEFAULT)) {
      first = in.readAllBytes();
    }
    try (InputStream in = new GzipEncoder(new ByteArrayInputStream(TEXT))) {
      assertThat(in.readAllBytes()).isEqualTo(first);
    }
    assertThat(decompress(first)).isEqualTo(TEXT);
  }

  @Test
  void aBombInXzIsStoppedAsWell() throws IOException {
    byte[] bomb = xz(new byte[1 << 20]);
    Limits limits = new Limits(10, 1 << 16, 10);

    assertThatThrownBy(
            () -> {
              try (InputStream in =
                  Recompression.of(new ByteArrayInputStream(bomb), "a.tar", limits)) {
                in.readAllBytes();
              }
            })
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("the limit");
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
