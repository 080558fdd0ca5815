package dev.brig.image.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.linux.FileStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Images of layers at the edges of the format, as this machine's kernel and fsck.erofs see them.
class ErofsTortureTest {
  private final Path folder;
  private final Unpacker unpacker;

  ErofsTortureTest(@TempDir Path folder) {
    this.folder = folder;
    this.unpacker = new Unpacker(folder, LayerForm.EROFS);
  }

  @AfterEach
  void unmount() {
    unpacker.close();
  }

  private static byte[] noise(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private void check() throws IOException, InterruptedException {
    Process process;
    try {
      process =
          new ProcessBuilder("fsck.erofs", unpacker.image().toString())
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      Assumptions.abort("fsck.erofs is missing (package erofs-utils): " + e.getMessage());
      return;
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
  }

  @Test
  void filesOfEverySizeAroundBlocksAndChunksComeOutWhole()
      throws IOException, InterruptedException {
    TarBuilder tar = new TarBuilder();
    int[] edges = {0, 512, 2048, 4096, 8192, 61440, 65536, 69632, 131072, 524288, 1 << 20};
    for (int edge : edges) {
      for (int more = -1; more <= 1; more++) {
        if (edge + more >= 0) {
          tar.file("f" + edge + "." + more, noise(edge + more, edge));
          tar.file("z" + edge + "." + more, new byte[edge + more]);
        }
      }
    }

    unpacker.add(tar);

    check();
  }

  @Test
  void zerosBetweenDataAreHolesAndReadAsZeros() throws IOException, InterruptedException {
    byte[] mixed = new byte[1 << 20];
    byte[] noise = noise(70_000, 1);
    System.arraycopy(noise, 0, mixed, 0, noise.length);
    System.arraycopy(noise, 0, mixed, 500_000, noise.length);
    System.arraycopy(noise, 0, mixed, mixed.length - 5, 5);

    unpacker.add(new TarBuilder().file("mixed", mixed).file("after", "x"));

    check();
    assertThat(Files.size(unpacker.image())).isLessThan(500_000);
  }

  @Test
  void sixtyFourGigabytesWithAFewBytesTakeFewBytes() throws IOException, InterruptedException {
    TarBuilder tar =
        new TarBuilder()
            .pax("GNU.sparse.size", "68719476736")
            .pax("GNU.sparse.map", "0,3,34359738368,5,68719476735,1")
            .file("huge", "abcdefghi");

    // Reading gigabytes of zeros is nothing to compare: the places of the data are looked at.
    unpacker.addImageOnly(tar.bytes());

    check();
    assertThat(unpacker.status("huge").sizeBytes()).isEqualTo(1L << 36);
    assertThat(unpacker.blocks512()).isLessThan(2048);
    try (var file = Files.newByteChannel(unpacker.path("huge"))) {
      var bytes = ByteBuffer.allocate(5);
      file.position(1L << 35).read(bytes);
      assertThat(bytes.flip()).isEqualTo(StandardCharsets.US_ASCII.encode("defgh"));
    }
  }

  @Test
  void namesOfAnyBytesAreFoundAndSorted() throws IOException, InterruptedException {
    TarBuilder tar = new TarBuilder();
    for (int b = 1; b < 256; b++) {
      if (b != '/' && b != '.') {
        byte[] name = {'d', '/', (byte) b};
        tar.entry('0', "", "", new byte[0], h -> System.arraycopy(name, 0, h, 0, name.length));
      }
    }
    for (int length = 100; length <= 255; length += 31) {
      tar.pax("path", "long/" + "n".repeat(length)).file("", "x");
    }
    tar.pax("path", "long/" + "\u00fc".repeat(127)).file("", "x");

    unpacker.add(tar);

    check();
  }

  @Test
  void aDirectoryMayHaveAHundredThousandNames() throws IOException, InterruptedException {
    TarBuilder tar = new TarBuilder();
    for (int i = 0; i < 100_000; i++) {
      tar.symlink("d/name-" + i, "x");
    }

    unpacker.addAlone(tar.bytes());

    check();
    assertThat(unpacker.path("d").toFile().list()).hasSize(100_000);
    for (int i = 0; i < 100_000; i += 997) {
      assertThat(unpacker.has("d/name-" + i)).isTrue();
    }
    assertThat(unpacker.has("d/name-100000")).isFalse();
  }

  @Test
  void aFileMayHaveMoreNamesThan16BitsCount() throws IOException, InterruptedException {
    TarBuilder tar = new TarBuilder().file("a", "x");
    for (int i = 0; i < 70_000; i++) {
      tar.link("l/" + i, "a");
    }

    unpacker.addAlone(tar.bytes());

    check();
    assertThat(unpacker.status("a").linkCount()).isEqualTo(70_001);
  }

  @Test
  void idsOf32BitsAndTimesOfAnyCenturyAreKept() throws IOException, InterruptedException {
    unpacker.addAlone(
        new TarBuilder()
            .owner(65_535, 65_535)
            .file("compact", "")
            .owner(65_536, 1)
            .file("a", "")
            .owner(4_294_967_294L, 4_000_000_000L)
            .pax("mtime", "-12345678901.25")
            .directory("b")
            .pax("mtime", "253402300800.000000001")
            .symlink("c", "x")
            .bytes());

    check();
    FileStatus b = unpacker.status("b");
    assertThat(Integer.toUnsignedLong(b.uid())).isEqualTo(4_294_967_294L);
    assertThat(b.modified().seconds()).isEqualTo(-12_345_678_902L);
    assertThat(b.modified().nanos()).isEqualTo(750_000_000);
    assertThat(unpacker.status("c").modified().seconds()).isEqualTo(253_402_300_800L);
    assertThat(unpacker.status("c").modified().nanos()).isEqualTo(1);
    assertThat(unpacker.status("a").uid()).isEqualTo(65_536);
  }

  @Test
  void attributesMayBeLargerThanBlocks() throws IOException, InterruptedException {
    byte[] large = noise(65_535, 7);
    byte[] tooLarge = noise(65_536, 8);

    LayerSummary summary =
        unpacker.addAlone(
            new TarBuilder()
                .pax("SCHILY.xattr.user.large", large)
                .pax("SCHILY.xattr.trusted.large", large)
                .file("a", noise(5000, 9))
                .pax("SCHILY.xattr.user.too-large", tooLarge)
                .pax("SCHILY.xattr.user.small", "x")
                .file("b", "x")
                .bytes());

    check();
    assertThat(unpacker.xattr("a", "user.large")).hasValue(large);
    assertThat(unpacker.xattr("a", "trusted.large")).hasValue(large);
    assertThat(unpacker.xattr("b", "user.small")).isPresent();
    assertThat(summary.losses().count(Losses.Kind.XATTR)).isEqualTo(1);
  }

  @Test
  void attributesThatLinuxRefusesAreToldAsLost() {
    LayerSummary summary =
        unpacker.add(
            new TarBuilder()
                .pax("SCHILY.xattr.user.x", "y")
                .pax("SCHILY.xattr.trusted.x", "z")
                .symlink("link", "x")
                .pax("SCHILY.xattr.user.x", "y")
                .fifo("pipe")
                .pax("SCHILY.xattr.nonsense.x", "y")
                .file("file", "x"));

    assertThat(summary.losses().count(Losses.Kind.XATTR)).isEqualTo(3);
    assertThat(unpacker.xattr("link", "trusted.x")).isPresent();
  }

  @Test
  void linksOfEveryLengthAreKept() throws IOException, InterruptedException {
    TarBuilder tar = new TarBuilder();
    for (int length : new int[] {1, 59, 60, 2000, 4031, 4032, 4033, 4064, 4065, 4095}) {
      tar.pax("linkpath", "t".repeat(length)).symlink("link-" + length, "x");
    }

    unpacker.add(tar);

    check();
  }

  // fsck.erofs 1.5 dies of such a depth.
  @Test
  void directoriesMayBeAThousandDeep() {
    unpacker.add(new TarBuilder().pax("path", "d/".repeat(1000) + "f").file("", "deep"));

    assertThat(unpacker.path("d/".repeat(1000) + "f")).hasContent("deep");
  }

  @Test
  void equalLayersMakeEqualImages() throws IOException {
    TarBuilder tar =
        new TarBuilder()
            .pax("SCHILY.xattr.user.b", "1")
            .pax("SCHILY.xattr.user.a", "2")
            .pax("SCHILY.xattr.trusted.c", "3")
            .directory("d")
            .file("d/a", noise(100_000, 3))
            .file("d/b", "x")
            .link("c", "d/b");

    unpacker.addAlone(tar.bytes());
    byte[] once = Files.readAllBytes(unpacker.image());
    try (Unpacker again =
        new Unpacker(Files.createDirectory(folder.resolve("2")), LayerForm.EROFS)) {
      again.addAlone(tar.bytes());
      assertThat(Files.readAllBytes(again.image())).isEqualTo(once);
    }
    assertThat(Arrays.copyOf(once, 1024)).containsOnly(0);
  }

  /// Layers of random entries above each other; what fails is told by its seed.
  @Test
  void randomLayersLookTheSameInBothForms() throws IOException, InterruptedException {
    for (int seed = 0; seed < 25; seed++) {
      Path own = Files.createDirectory(folder.resolve("seed" + seed));
      try (Unpacker each = new Unpacker(own, LayerForm.EROFS)) {
        Random random = new Random(seed);
        for (int layer = 0; layer < 3; layer++) {
          each.add(random(random));
        }
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private static TarBuilder random(Random random) {
    TarBuilder tar = new TarBuilder();
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      String directory = "abc".substring(0, random.nextInt(4)).replaceAll("(.)", "$1/");
      String name = directory + "xyz".charAt(random.nextInt(3));
      tar.mode(random.nextInt(010000)).mtime(random.nextInt(3) * 1000L);
      tar.owner(random.nextInt(3) * 40_000L, random.nextInt(2));
      if (random.nextInt(5) == 0) {
        tar.pax("SCHILY.xattr.user.r", noise(random.nextInt(200), i));
      }
      switch (random.nextInt(8)) {
        case 0, 1 -> {
          tar.file("r/" + name, noise(random.nextInt(9000), i));
          made.add("r/" + name);
        }
        case 2 -> {
          String any = directory + "xyzabc".charAt(random.nextInt(6));
          tar.directory("d/" + any, random.nextInt(010000));
        }
        case 3 -> tar.symlink("l/" + name, "../r");
        case 4 -> tar.file("d/" + directory + ".wh." + "xyzabc".charAt(random.nextInt(6)), "");
        case 5 -> tar.file("d/" + directory + ".wh..wh..opq", "");
        case 6 -> tar.fifo("p/" + i);
        default -> {
          if (!made.isEmpty()) {
            String target = made.get(random.nextInt(made.size()));
            if (made.stream().noneMatch(one -> one.startsWith(target + "/"))) {
              tar.link("h/" + i, target);
            }
          }
        }
      }
    }
    return tar;
  }
}
