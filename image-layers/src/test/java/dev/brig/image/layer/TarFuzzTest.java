package dev.brig.image.layer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.brig.image.ImageException;
import java.io.ByteArrayInputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Damages archives at random and holds the reader to its word: it returns entries or refuses by an
/// [ImageException], comes to an end, and never reads more than there is. A failure names its seed.
class TarFuzzTest {
  private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 8_000);
  private static final long SEED = Long.getLong("fuzz.seed", 42);

  private static byte[] sample() {
    byte[] map = Arrays.copyOf("1\n0\n3\n".getBytes(UTF_8), 515);
    return new TarBuilder()
        .directory("dir/")
        .pax("mtime", "12.25")
        .pax("SCHILY.xattr.user.x", "value")
        .file("dir/file", "content")
        .extension('L', ("l".repeat(150) + "\0").getBytes(UTF_8))
        .symlink("short", "target")
        .link("hard", "dir/file")
        .device('3', "null", 1, 3)
        .pax("GNU.sparse.major", "1")
        .pax("GNU.sparse.minor", "0")
        .pax("GNU.sparse.name", "sparse")
        .pax("GNU.sparse.realsize", "9999")
        .file("GNUSparseFile.0/sparse", map)
        .pax("GNU.sparse.size", "100")
        .pax("GNU.sparse.map", "0,3,50,4")
        .file("sparse2", "abcdefg")
        .entry('S', "old", "", "abc".getBytes(UTF_8), TarFuzzTest::oldSparse)
        .file("last", "x".repeat(700))
        .bytes();
  }

  private static void oldSparse(byte[] header) {
    TarBuilder.text(header, 257, 8, "ustar  ");
    TarBuilder.octal(header, 386, 12, 0);
    TarBuilder.octal(header, 398, 12, 3);
    TarBuilder.octal(header, 483, 12, 10_000);
  }

  @Test
  void damagedArchivesAreReadOrRefused() {
    byte[] sample = sample();
    int read = 0;
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long seed = SEED + round;
      byte[] damaged = damage(sample, new Random(seed));
      try {
        readAll(damaged, seed);
        read++;
      } catch (ImageException _) {
        refused++;
      } catch (RuntimeException e) {
        fail("seed " + seed, e);
      }
    }
    // Neither all rubbish nor all whole: the damage reaches into the reader.
    assertThat(read).isGreaterThan(ROUNDS / 50);
    assertThat(refused).isGreaterThan(ROUNDS / 5);
  }

  private static void readAll(byte[] archive, long seed) {
    TarReader reader =
        new TarReader(new ByteArrayInputStream(archive), "fuzz", TarReader.End.MARKED);
    byte[] buffer = new byte[4096];
    long entries = 0;
    TarEntry entry = reader.next();
    while (entry != null) {
      entries++;
      assertThat(entries).as("seed %d", seed).isLessThan(archive.length / 256);
      if (entries % 2 == 0) {
        int count = reader.read(buffer, 0, buffer.length);
        while (count >= 0) {
          count = reader.read(buffer, 0, buffer.length);
        }
      }
      assertThat(reader.position()).as("seed %d", seed).isLessThanOrEqualTo(archive.length);
      entry = reader.next();
    }
  }

  // Most headers that are changed at random fail their checksum: half of the rounds mend it, so
  // that the
  // fields behind it are reached.
  private static byte[] damage(byte[] sample, Random random) {
    byte[] damaged = sample.clone();
    int times = 1 + random.nextInt(4);
    for (int i = 0; i < times; i++) {
      int at = random.nextInt(damaged.length);
      switch (random.nextInt(6)) {
        case 0 -> damaged[at] = (byte) random.nextInt(256);
        case 1 -> damaged[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> damaged[at] = (byte) ('0' + random.nextInt(10));
        case 3 -> {
          int from = random.nextInt(damaged.length);
          int length = random.nextInt(Math.min(512, damaged.length - Math.max(at, from)));
          System.arraycopy(sample, from, damaged, at, length);
        }
        case 4 -> {
          int end = Math.min(damaged.length, at + random.nextInt(32));
          Arrays.fill(damaged, at, end, (byte) (random.nextBoolean() ? 0 : 0xff));
        }
        default -> damaged = Arrays.copyOf(damaged, Math.max(512, at));
      }
    }
    if (random.nextBoolean()) {
      mend(damaged);
    }
    return damaged;
  }

  private static void mend(byte[] archive) {
    for (int at = 0; at + 512 <= archive.length; at += 512) {
      boolean header = archive[at + 257] == 'u' && archive[at + 258] == 's';
      if (header) {
        byte[] block = Arrays.copyOfRange(archive, at, at + 512);
        TarBuilder.sum(block);
        System.arraycopy(block, 0, archive, at, 512);
      }
    }
  }
}
