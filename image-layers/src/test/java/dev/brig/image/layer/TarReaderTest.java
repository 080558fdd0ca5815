package dev.brig.image.layer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.image.ImageException;
import dev.brig.image.layer.TarContent.Device;
import dev.brig.image.layer.TarContent.HardLink;
import dev.brig.image.layer.TarContent.RegularFile;
import dev.brig.image.layer.TarContent.Segment;
import dev.brig.image.layer.TarContent.Symlink;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TarReaderTest {

  private static TarReader reader(byte[] archive) {
    return new TarReader(new ByteArrayInputStream(archive), "a.tar", TarReader.End.MARKED);
  }

  private static List<TarEntry> entries(byte[] archive) {
    TarReader reader = reader(archive);
    List<TarEntry> entries = new ArrayList<>();
    TarEntry entry = reader.next();
    while (entry != null) {
      entries.add(entry);
      entry = reader.next();
    }
    return entries;
  }

  private static TarEntry only(TarBuilder tar) {
    List<TarEntry> entries = entries(tar.bytes());
    assertThat(entries).hasSize(1);
    return entries.getFirst();
  }

  private static byte[] content(TarReader reader) {
    byte[] all = new byte[64 * 1024];
    int at = 0;
    int count = reader.read(all, 0, all.length);
    while (count > 0) {
      at += count;
      count = reader.read(all, at, all.length - at);
    }
    return Arrays.copyOf(all, at);
  }

  private static void refuses(TarBuilder tar, String finding) {
    assertThatThrownBy(() -> entries(tar.bytes()))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("a.tar")
        .hasMessageContaining(finding);
  }

  @Test
  void readsAllThatUstarHas() {
    TarEntry entry =
        only(
            new TarBuilder()
                .mode(0107644)
                .owner(1000, 100)
                .mtime(1234)
                .entry('0', "name", "", "data".getBytes(UTF_8), h -> prefix(h, "some/prefix")));

    assertThat(entry.name()).isEqualTo("some/prefix/name");
    assertThat(entry.content()).isEqualTo(new RegularFile(4));
    assertThat(entry.attributes().mode()).isEqualTo(07644);
    assertThat(entry.attributes().uid()).isEqualTo(1000);
    assertThat(entry.attributes().gid()).isEqualTo(100);
    assertThat(entry.attributes().mtimeSeconds()).isEqualTo(1234);
  }

  private static void prefix(byte[] header, String prefix) {
    TarBuilder.text(header, 345, 155, prefix);
  }

  @Test
  void readsDataAndPassesOverWhatIsNotRead() {
    byte[] archive =
        new TarBuilder().file("a", "x".repeat(1000)).file("b", "hello").file("c", "").bytes();
    TarReader reader = reader(archive);

    var _ = reader.next();
    var _ = reader.next();

    assertThat(content(reader)).asString(UTF_8).isEqualTo("hello");
    assertThat(reader.next()).extracting(TarEntry::name).isEqualTo("c");
    assertThat(reader.next()).isNull();
    assertThat(reader.next()).isNull();
  }

  @Test
  void readsNamesOfAnyLength() {
    String name = "d/".repeat(200) + "file";
    byte[] zero = (name + "\0").getBytes(UTF_8);

    assertThat(only(new TarBuilder().extension('L', zero).file("short", "")).name())
        .isEqualTo(name);
    assertThat(only(new TarBuilder().pax("path", name).file("short", "")).name()).isEqualTo(name);
    assertThat(only(new TarBuilder().extension('K', zero).symlink("l", "short")).content())
        .isEqualTo(new Symlink(name));
    assertThat(only(new TarBuilder().pax("linkpath", name).link("l", "short")).content())
        .isEqualTo(new HardLink(name));
  }

  @Test
  void aLongNameIsForTheNextEntryOnly() {
    byte[] archive = new TarBuilder().pax("path", "long").file("a", "").file("b", "").bytes();

    assertThat(entries(archive)).extracting(TarEntry::name).containsExactly("long", "b");
  }

  @Test
  void readsNumbersInBase256() {
    TarEntry entry = only(new TarBuilder().owner(4_000_000_000L, 3).mtime(-5).file("a", ""));

    assertThat(entry.attributes().uid()).isEqualTo(4_000_000_000L);
    assertThat(entry.attributes().mtimeSeconds()).isEqualTo(-5);
  }

  @Test
  void readsTimesToTheNanosecond() {
    TarEntry after = only(new TarBuilder().pax("mtime", "12.5").file("a", ""));
    TarEntry before = only(new TarBuilder().pax("mtime", "-1.25").file("a", ""));

    assertThat(after.attributes().mtimeSeconds()).isEqualTo(12);
    assertThat(after.attributes().mtimeNanos()).isEqualTo(500_000_000);
    assertThat(before.attributes().mtimeSeconds()).isEqualTo(-2);
    assertThat(before.attributes().mtimeNanos()).isEqualTo(750_000_000);
  }

  @Test
  void aRecordForAllFilesCountsUnlessAFileHasItsOwn() {
    byte[] all = TarBuilder.record("uid", "5".getBytes(UTF_8));
    byte[] archive =
        new TarBuilder()
            .extension('g', all)
            .file("a", "")
            .pax("uid", "6")
            .file("b", "")
            .file("c", "")
            .bytes();

    assertThat(entries(archive))
        .extracting(entry -> entry.attributes().uid())
        .containsExactly(5L, 6L, 5L);
  }

  @Test
  void readsDevices() {
    assertThat(only(new TarBuilder().device('3', "null", 1, 3)).content())
        .isEqualTo(new Device(Device.Kind.CHARACTER, 1, 3));
    assertThat(only(new TarBuilder().device('4', "sda", 8, 17)).content())
        .isEqualTo(new Device(Device.Kind.BLOCK, 8, 17));
  }

  @Test
  void aSizeOfSomethingWithoutDataIsNoData() {
    byte[] archive =
        new TarBuilder()
            .entry('2', "l", "t", new byte[0], h -> TarBuilder.octal(h, 124, 12, 512))
            .file("a", "")
            .bytes();

    assertThat(entries(archive)).extracting(TarEntry::name).containsExactly("l", "a");
  }

  @Test
  void theSizeOfAnExtendedHeaderIsItsOwn() {
    // TARmageddon, CVE-2025-62518: the size in the records is the file's, never the long name's.
    byte[] name = "long\0".getBytes(UTF_8);
    byte[] record = TarBuilder.record("size", "4".getBytes(UTF_8));
    byte[] archive =
        new TarBuilder()
            .extension('x', record)
            .extension('L', name)
            .file("short", "data")
            .file("next", "")
            .bytes();

    assertThat(entries(archive)).extracting(TarEntry::name).containsExactly("long", "next");
  }

  @Test
  void theRecordsSizeReplacesTheHeaders() {
    byte[] inner = new TarBuilder().file("hidden", "").unended();
    byte[] archive =
        new TarBuilder()
            .pax("size", Integer.toString(inner.length))
            .entry('0', "outer", "", inner, h -> TarBuilder.octal(h, 124, 12, 0))
            .file("next", "")
            .bytes();

    assertThat(entries(archive)).extracting(TarEntry::name).containsExactly("outer", "next");
  }

  @Test
  void refusesWhatIsNoArchive() {
    assertThatThrownBy(() -> entries("#!/bin/sh\n".repeat(100).getBytes(UTF_8)))
        .isInstanceOf(ImageException.class)
        .hasMessage("a.tar: not a tar archive");
  }

  @Test
  void refusesADamagedHeader() {
    byte[] archive = new TarBuilder().file("a", "x").file("b", "x").bytes();
    archive[1024 + 5] ^= 1;

    assertThatThrownBy(() -> entries(archive))
        .isInstanceOf(ImageException.class)
        .hasMessage("a.tar: the header's checksum is wrong: damaged data (byte 1024)");
  }

  @Test
  void refusesAnArchiveThatIsCutOffAnywhere() {
    byte[] archive =
        new TarBuilder().pax("uid", "5").file("a", "hello").file("b", "x".repeat(600)).bytes();

    for (int length = 0; length < archive.length - 512; length += 100) {
      byte[] part = Arrays.copyOf(archive, length);
      assertThatThrownBy(() -> entries(part))
          .isInstanceOf(ImageException.class)
          .hasMessageContaining(length < 512 ? "not an archive" : "cut off");
    }
  }

  @Test
  void anArchiveWithoutAnEndIsGoodForWhoeverKnowsItsDigest() {
    byte[] archive = new TarBuilder().file("a", "hello").unended();
    TarReader reader = new TarReader(new ByteArrayInputStream(archive), "a.tar", TarReader.End.ANY);

    assertThat(reader.next()).isNotNull();
    assertThat(reader.next()).isNull();
  }

  @Test
  void anArchiveWithoutPaddingIsGoodForWhoeverKnowsItsDigest() {
    byte[] archive = Arrays.copyOf(new TarBuilder().file("a", "hello").unended(), 512 + 5);
    TarReader reader = new TarReader(new ByteArrayInputStream(archive), "a.tar", TarReader.End.ANY);

    assertThat(reader.next()).isNotNull();
    assertThat(reader.next()).isNull();
    assertThat(reader.next()).isNull();
  }

  @Test
  void anArchiveThatEndsWithinDataIsCutOffWhoeverReadsIt() {
    byte[] archive = Arrays.copyOf(new TarBuilder().file("a", "hello").unended(), 512 + 4);
    TarReader reader = new TarReader(new ByteArrayInputStream(archive), "a.tar", TarReader.End.ANY);

    assertThat(reader.next()).isNotNull();
    assertThatThrownBy(reader::next).hasMessageContaining("cut off");
  }

  @Test
  void refusesWhatReadersDisagreeAbout() {
    refuses(new TarBuilder().pax("path", "a\0b").file("a", ""), "NUL");
    refuses(new TarBuilder().pax("size", "-1").file("a", ""), "not a number");
    refuses(new TarBuilder().pax("uid", "4294967295").file("a", ""), "not a pair of Linux ids");
    refuses(new TarBuilder().extension('x', new byte[] {'9', ' ', 'a'}), "length is wrong");
    refuses(new TarBuilder().extension('x', "12 key=val".getBytes(UTF_8)), "length is wrong");
    refuses(new TarBuilder().extension('x', "x key=val\n".getBytes(UTF_8)), "without a length");
    refuses(new TarBuilder().extension('x', "9 keyval\n".getBytes(UTF_8)), "without a keyword");
    refuses(
        new TarBuilder().extension('g', TarBuilder.record("path", new byte[] {'a'})),
        "one path for all files");
    refuses(new TarBuilder().extension('L', new byte[(1 << 20) + 1]), "the limit is 1 MiB");
    refuses(new TarBuilder().symlink("l", ""), "a link to nothing");
    refuses(new TarBuilder().raw(new byte[512]).file("a", ""), "lone block of zeros");
  }

  @Test
  void refusesSizesThatAreNone() {
    refuses(sized(-1), "negative size");
    refuses(sized(Long.MAX_VALUE), "a size of");
  }

  private static TarBuilder sized(long size) {
    return new TarBuilder()
        .entry('0', "a", "", new byte[0], header -> base256(header, 124, 12, size));
  }

  private static void base256(byte[] header, int offset, int length, long value) {
    for (int i = 0; i < length; i++) {
      header[offset + i] = (byte) (value >> Math.min(8 * (length - 1 - i), 63));
    }
    header[offset] |= (byte) 0x80;
  }

  @Test
  void readsAllNotationsOfHoles() {
    RegularFile expected =
        new RegularFile(10_000, List.of(new Segment(0, 3), new Segment(8192, 3)));
    TarBuilder version00 =
        new TarBuilder()
            .extension('x', sparse00())
            .entry('0', "a", "", "abcdef".getBytes(UTF_8), h -> {});
    TarBuilder version01 =
        new TarBuilder()
            .pax("GNU.sparse.major", "0")
            .pax("GNU.sparse.minor", "1")
            .pax("GNU.sparse.name", "a")
            .pax("GNU.sparse.size", "10000")
            .pax("GNU.sparse.map", "0,3,8192,3,10000,0")
            .file("GNUSparseFile.0/a", "abcdef");
    byte[] map = Arrays.copyOf("2\n0\n3\n8192\n3\n".getBytes(UTF_8), 518);
    System.arraycopy("abcdef".getBytes(UTF_8), 0, map, 512, 6);
    TarBuilder version10 =
        new TarBuilder()
            .pax("GNU.sparse.major", "1")
            .pax("GNU.sparse.minor", "0")
            .pax("GNU.sparse.name", "a")
            .pax("GNU.sparse.realsize", "10000")
            .file("GNUSparseFile.0/a", map);
    TarBuilder old =
        new TarBuilder().entry('S', "a", "", "abcdef".getBytes(UTF_8), TarReaderTest::oldSparse);

    for (TarBuilder tar : List.of(version00, version01, version10, old)) {
      TarReader reader = reader(tar.bytes());
      TarEntry entry = Objects.requireNonNull(reader.next());
      assertThat(entry.name()).isEqualTo("a");
      assertThat(entry.content()).isEqualTo(expected);
      assertThat(content(reader)).asString(UTF_8).isEqualTo("abcdef");
      assertThat(reader.next()).isNull();
    }
  }

  private static byte[] sparse00() {
    StringBuilder records = new StringBuilder();
    String[][] pairs = {
      {"size", "10000"},
      {"numblocks", "2"},
      {"offset", "0"},
      {"numbytes", "3"},
      {"offset", "8192"},
      {"numbytes", "3"}
    };
    for (String[] pair : pairs) {
      byte[] value = pair[1].getBytes(UTF_8);
      records.append(new String(TarBuilder.record("GNU.sparse." + pair[0], value), UTF_8));
    }
    return records.toString().getBytes(UTF_8);
  }

  private static void oldSparse(byte[] header) {
    TarBuilder.text(header, 257, 8, "ustar  ");
    TarBuilder.octal(header, 386, 12, 0);
    TarBuilder.octal(header, 398, 12, 3);
    TarBuilder.octal(header, 410, 12, 8192);
    TarBuilder.octal(header, 422, 12, 3);
    TarBuilder.octal(header, 483, 12, 10_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0,3,2,3", "0,3", "0,9,8192,3", "5,-1", "0,3,9999,3", "a,b", "0,3,,3", "1"})
  void refusesMapsThatDoNotFitTheFile(String map) {
    refuses(
        new TarBuilder()
            .pax("GNU.sparse.size", "10000")
            .pax("GNU.sparse.map", map)
            .file("a", "abcdef"),
        "sparse file");
  }

  @Test
  void theDataOfAVolumesLabelAreNoEntry() {
    byte[] archive =
        new TarBuilder().entry('V', "label", "", new byte[0], h -> {}).file("a", "").bytes();

    assertThat(entries(archive)).extracting(TarEntry::name).containsExactly("a");
  }
}
