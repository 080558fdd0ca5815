package dev.brig.image.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.brig.image.ImageException;
import dev.brig.linux.FileStatus;
import dev.brig.linux.FileType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What layers mean, above each other, told case by case, in whichever form they are kept.
abstract class LayerContract {
  private final Unpacker unpacker;

  LayerContract(Path folder, LayerForm form) {
    this.unpacker = new Unpacker(folder, form);
  }

  @AfterEach
  void unmount() {
    unpacker.close();
  }

  @Test
  void filesGetContentsOwnerPermissionsAndTime() {
    unpacker.add(
        new TarBuilder()
            .mode(04750)
            .owner(7, 4_000_000_000L)
            .pax("mtime", "1234567890.123456789")
            .file("a", "hello"));

    FileStatus a = unpacker.status("a");
    assertThat(unpacker.path("a")).hasContent("hello");
    assertThat(a.permissions()).isEqualTo(04750);
    assertThat(a.modified().seconds()).isEqualTo(1234567890);
    assertThat(a.modified().nanos()).isEqualTo(123456789);
    if (Unpacker.ROOT) {
      assertThat(a.uid()).isEqualTo(7);
      assertThat(Integer.toUnsignedLong(a.gid())).isEqualTo(4_000_000_000L);
    }
  }

  @Test
  void directoriesKeepTheirTimeAndMayForbidEverything() {
    unpacker.add(
        new TarBuilder()
            .mtime(77)
            .directory("closed/", 0)
            .directory("closed/inner", 0500)
            .file("closed/inner/file", "x"));

    assertThat(unpacker.status("closed").permissions()).isZero();
    assertThat(unpacker.status("closed").modified().seconds()).isEqualTo(77);
    if (Unpacker.ROOT) {
      assertThat(unpacker.status("closed/inner").permissions()).isEqualTo(0500);
      assertThat(unpacker.status("closed/inner").modified().seconds()).isEqualTo(77);
    }
  }

  @Test
  void linksOfBothKindsArePutWhereTheyBelong() {
    unpacker.add(
        new TarBuilder()
            .file("dir/a", "x")
            .link("b", "dir/a")
            .link("c", "/dir/a")
            .mtime(99)
            .symlink("s", "../../etc/passwd")
            .link("t", "s"));

    assertThat(unpacker.status("b").sameFile(unpacker.status("dir/a"))).isTrue();
    assertThat(unpacker.status("dir/a").linkCount()).isEqualTo(3);
    assertThat(unpacker.status("s").type()).isEqualTo(FileType.SYMLINK);
    assertThat(unpacker.status("s").modified().seconds()).isEqualTo(99);
    assertThat(unpacker.status("t").sameFile(unpacker.status("s"))).isTrue();
  }

  @Test
  void devicesAndPipesAreMadeByRoot() {
    assumeTrue(Unpacker.ROOT, "devices take root");

    unpacker.add(
        new TarBuilder().mode(0620).device('3', "null", 1, 3).device('4', "sda", 8, 0).fifo("p"));

    assertThat(unpacker.status("null").type()).isEqualTo(FileType.CHARACTER_DEVICE);
    assertThat(unpacker.status("null").special().minor()).isEqualTo(3);
    assertThat(unpacker.status("null").permissions()).isEqualTo(0620);
    assertThat(unpacker.status("sda").type()).isEqualTo(FileType.BLOCK_DEVICE);
    assertThat(unpacker.status("p").type()).isEqualTo(FileType.FIFO);
  }

  @Test
  void extendedAttributesAreBytes() {
    byte[] value = {1, (byte) 0xff, (byte) 0x80, 0, (byte) 0xfe};

    unpacker.add(new TarBuilder().pax("SCHILY.xattr.user.raw", value).file("a", ""));

    assertThat(unpacker.xattr("a", "user.raw")).hasValue(value);
  }

  @Test
  void fileCapabilitiesSurviveTheChangeOfOwner() {
    assumeTrue(Unpacker.ROOT, "capabilities take root");
    byte[] netRaw = {1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

    unpacker.add(
        new TarBuilder()
            .owner(1, 1)
            .pax("SCHILY.xattr.security.capability", netRaw)
            .file("ping", "x"));

    assertThat(unpacker.xattr("ping", "security.capability")).hasValue(netRaw);
    assertThat(unpacker.status("ping").uid()).isEqualTo(1);
  }

  @Test
  void overlayfssOwnMarksAreNotTakenFromALayer() {
    LayerSummary summary =
        unpacker.add(
            new TarBuilder()
                .pax("SCHILY.xattr.trusted.overlay.redirect", "/etc")
                .pax("SCHILY.xattr.user.overlay.opaque", "y")
                .directory("d")
                .device('3', "hidden", 0, 0));

    assertThat(unpacker.xattr("d", "trusted.overlay.redirect")).isEmpty();
    assertThat(unpacker.xattr("d", "user.overlay.opaque")).isEmpty();
    assertThat(unpacker.has("hidden")).isFalse();
    assertThat(summary.losses().count(Losses.Kind.OVERLAY)).isEqualTo(3);
  }

  @Test
  void namesThatAreNoUtf8ComeOutAsTheyAre() throws IOException {
    byte[] name = {'a', (byte) 0xff, (byte) 0xfe};
    TarBuilder tar = new TarBuilder().entry('0', "", "", new byte[0], h -> put(h, name));

    unpacker.add(tar);

    assertThat(unpacker.has("a\uDCFF\uDCFE")).isTrue();
  }

  private static void put(byte[] header, byte[] name) {
    System.arraycopy(name, 0, header, 0, name.length);
  }

  @Test
  void zerosBecomeHoles() {
    byte[] zeros = new byte[4 << 20];
    zeros[zeros.length - 1] = 1;

    unpacker.add(new TarBuilder().file("zeros", zeros));

    assertThat(unpacker.path("zeros")).hasBinaryContent(zeros);
    assertThat(unpacker.blocks512()).isLessThan(256);
  }

  @Test
  void aLaterEntryTakesThePlaceOfAnEarlierOne() {
    unpacker.add(
        new TarBuilder()
            .file("a", "first")
            .link("b", "a")
            .file("a", "second")
            .directory("d")
            .file("d/x", "x")
            .file("d", "now a file")
            .symlink("e", "nowhere")
            .directory("e"));

    assertThat(unpacker.path("a")).hasContent("second");
    assertThat(unpacker.path("b")).hasContent("first");
    assertThat(unpacker.path("d")).hasContent("now a file");
    assertThat(unpacker.status("e").isDirectory()).isTrue();
  }

  @Test
  void aLayerWithAllItsDirectoriesDependsOnNoOther() {
    LayerSummary bottom = unpacker.add(new TarBuilder().directory("a").file("a/b", ""));
    LayerSummary top =
        unpacker.add(new TarBuilder().directory("a").file("a/c", "").link("d", "a/c"));

    assertThat(bottom.dependsOnLower()).isFalse();
    assertThat(top.dependsOnLower()).isFalse();
  }

  @Test
  void anImpliedDirectoryLooksAsInTheLayersBelow() {
    unpacker.add(
        new TarBuilder()
            .owner(7, 8)
            .mtime(55)
            .pax("SCHILY.xattr.user.x", "y")
            .directory("srv", 0700)
            .owner(0, 0)
            .file("srv/a", ""));

    LayerSummary summary = unpacker.add(new TarBuilder().file("srv/b", ""));

    assertThat(summary.dependsOnLower()).isTrue();
    assertThat(unpacker.status("srv").permissions()).isEqualTo(0700);
    assertThat(unpacker.status("srv").modified().seconds()).isEqualTo(55);
    assertThat(unpacker.xattr("srv", "user.x")).isPresent();
    assertThat(unpacker.has("srv/a")).isFalse();
    if (Unpacker.ROOT) {
      assertThat(unpacker.status("srv").uid()).isEqualTo(7);
      assertThat(unpacker.status("srv").gid()).isEqualTo(8);
    }
  }

  @Test
  void anImpliedDirectoryThatIsNowhereIsRoots() {
    LayerSummary summary = unpacker.add(new TarBuilder().owner(9, 9).file("new/deep/file", ""));

    assertThat(unpacker.status("new").permissions()).isEqualTo(0755);
    assertThat(unpacker.status("new/deep").modified().seconds()).isZero();
    assertThat(summary.dependsOnLower()).isTrue();
  }

  @Test
  void aWhiteoutHidesWhatIsBelow() {
    unpacker.add(new TarBuilder().directory("d", 0711).file("d/x", "").file("y", ""));

    unpacker.add(new TarBuilder().file("d/.wh.x", "").link(".wh.y", "anything"));

    assertThat(unpacker.isWhiteout("d/x")).isTrue();
    assertThat(unpacker.isWhiteout("y")).isTrue();
    assertThat(unpacker.status("d").permissions()).isEqualTo(0711);
  }

  @Test
  void aWhiteoutOfNothingIsNothing() {
    unpacker.add(new TarBuilder().file("x", ""));

    unpacker.add(new TarBuilder().file(".wh.missing", "").file("nodir/.wh.z", ""));

    assertThat(unpacker.has("missing")).isFalse();
    assertThat(unpacker.has("nodir")).isFalse();
  }

  @Test
  void aWhiteoutNeverHidesItsOwnLayer() {
    unpacker.add(new TarBuilder().file("k", "old").file("m", "old"));

    unpacker.add(
        new TarBuilder().file("k", "new").file(".wh.k", "").file(".wh.m", "").file("m", "new"));

    assertThat(unpacker.path("k")).hasContent("new");
    assertThat(unpacker.path("m")).hasContent("new");
  }

  @Test
  void aDirectoryThatIsRemovedAndMadeAgainIsOpaque() {
    unpacker.add(new TarBuilder().directory("x", 0700).file("x/old", ""));

    unpacker.add(new TarBuilder().file(".wh.x", "").directory("x").file("x/new", ""));

    assertThat(unpacker.isOpaque("x")).isTrue();
    assertThat(unpacker.has("x/new")).isTrue();

    unpacker.add(new TarBuilder().file("x/newer", "").file(".wh.x", ""));

    assertThat(unpacker.isOpaque("x")).isTrue();
    assertThat(unpacker.status("x").permissions()).isEqualTo(0755);
  }

  @Test
  void anOpaqueDirectoryHidesWhatIsBelowAndNeedsNoWhiteouts() {
    unpacker.add(new TarBuilder().directory("x", 0750).file("x/a", "").file("x/b", ""));

    unpacker.add(new TarBuilder().file("x/.wh.a", "").file("x/c", "").file("x/.wh..wh..opq", ""));

    assertThat(unpacker.isOpaque("x")).isTrue();
    assertThat(unpacker.has("x/a")).isFalse();
    assertThat(unpacker.has("x/c")).isTrue();
    assertThat(unpacker.status("x").permissions()).isEqualTo(0750);
  }

  @Test
  void anOpaqueRootIsToldAndNotMarked() {
    unpacker.add(new TarBuilder().file("a", ""));
    LayerSummary summary = unpacker.add(new TarBuilder().file(".wh..wh..opq", "").file("b", ""));

    assertThat(summary.opaqueRoot()).isTrue();
    assertThat(unpacker.isOpaque("")).isFalse();
  }

  @Test
  void aFileThatReplacesADirectoryIsNoDirectoryAgain() {
    unpacker.add(new TarBuilder().directory("d").file("d/old", ""));

    unpacker.add(new TarBuilder().file("d", "file").directory("d").file("d/new", ""));

    assertThat(unpacker.isOpaque("d")).isTrue();
  }

  @Test
  void aPathThroughALinkOfALayerBelowEndsWhereTheLinkLeads() {
    unpacker.add(new TarBuilder().directory("run", 0711).symlink("var", "run"));

    unpacker.add(new TarBuilder().file("var/x", "").file("lib/y", ""));

    assertThat(unpacker.has("run/x")).isTrue();
    assertThat(unpacker.has("var")).isFalse();
    assertThat(unpacker.status("run").permissions()).isEqualTo(0711);
  }

  @Test
  void aWhiteoutedLinkIsNotFollowedAnyMore() {
    unpacker.add(new TarBuilder().directory("run").symlink("var", "run"));

    unpacker.add(new TarBuilder().file(".wh.var", "").file("var/x", ""));

    assertThat(unpacker.status("var").isDirectory()).isTrue();
    assertThat(unpacker.has("var/x")).isTrue();
    assertThat(unpacker.has("run")).isFalse();
  }

  @Test
  void aDirectoryEntryReplacesALinkOfALayerBelow() {
    unpacker.add(new TarBuilder().directory("usr/bin").symlink("bin", "usr/bin"));

    unpacker.add(new TarBuilder().directory("bin"));

    assertThat(unpacker.status("bin").isDirectory()).isTrue();
  }

  @Test
  void aLinkToAFileOfALayerBelowCopiesTheFileUp() {
    unpacker.add(
        new TarBuilder()
            .mode(0600)
            .owner(5, 6)
            .mtime(123)
            .pax("SCHILY.xattr.user.x", "y")
            .file("a", "content"));

    unpacker.add(new TarBuilder().link("b", "a"));

    assertThat(unpacker.status("a").sameFile(unpacker.status("b"))).isTrue();
    assertThat(unpacker.path("b")).hasContent("content");
    assertThat(unpacker.status("b").permissions()).isEqualTo(0600);
    assertThat(unpacker.status("b").modified().seconds()).isEqualTo(123);
    assertThat(unpacker.xattr("b", "user.x")).isPresent();
  }

  @Test
  void aLinkToAFileThatTheLayerRemovesIsRefused() {
    unpacker.add(new TarBuilder().file("a", "content"));
    assertThatThrownBy(() -> unpacker.add(new TarBuilder().file(".wh.a", "").link("b", "a")))
        .isInstanceOf(ImageException.class)
        .hasMessage("entry \"b\" of layer.tar: a hard link to \"a\", which is not there");
  }

  @Test
  void aWhiteoutUnderAFileThatReplacedADirectoryIsNothing() {
    unpacker.add(new TarBuilder().directory("d").file("d/x", ""));
    unpacker.add(new TarBuilder().file("d", "file").file("d/.wh.x", ""));

    assertThat(unpacker.path("d")).hasContent("file");
  }

  @Test
  void whatAufsKeptForItselfIsPassedOver() {
    unpacker.add(
        new TarBuilder()
            .directory(".wh..wh.plnk")
            .file(".wh..wh.plnk/0.1", "")
            .file(".wh..wh.aufs", "")
            .file("a", ""));

    assertThat(unpacker.top().toFile().list()).containsExactly("a");
  }

  @Test
  void theRootsAttributesAreTheArchives() throws IOException {
    unpacker.add(new TarBuilder().mtime(42).directory("./", 01777).file("./a", ""));

    assertThat(unpacker.status("").permissions()).isEqualTo(01777);
    assertThat(unpacker.status("").modified().seconds()).isEqualTo(42);
    assertThat(Files.readString(unpacker.path("a"), StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void anOrdinaryUserIsToldWhatCannotBe() {
    assumeTrue(!Unpacker.ROOT, "root can do all of it");

    LayerSummary summary =
        unpacker.add(new TarBuilder().owner(5, 5).file("a", "").device('3', "null", 1, 3));

    assertThat(summary.losses().count(Losses.Kind.OWNER)).isEqualTo(1);
    assertThat(summary.losses().count(Losses.Kind.DEVICE)).isEqualTo(1);
  }
}
