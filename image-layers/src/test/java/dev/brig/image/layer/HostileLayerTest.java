package dev.brig.image.layer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.brig.image.ImageException;
import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.Links;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Layers that were made to get out. Beside the directories that they are unpacked into lies a
/// canary; all that a layer's files can say about it (that it is written, linked, given away, given
/// another time) shows in its status.
class HostileLayerTest {
  @TempDir Path folder;

  private Path outside;
  private Path canary;
  private List<String> before;

  @BeforeEach
  void putTheCanaryOut() throws IOException {
    outside = Files.createDirectories(folder.resolve("outside"));
    canary = Files.writeString(outside.resolve("canary"), "alive");
    before = state();
  }

  private List<String> state() throws IOException {
    List<String> state = new ArrayList<>();
    for (Path path : List.of(folder, outside, canary)) {
      FileStatus status =
          Unpacker.KERNEL.attributes().stat(Fd.CWD, path.toString(), Links.NOFOLLOW);
      state.add(path + " " + status.mode() + " " + status.uid() + ":" + status.gid());
      if (!path.equals(folder)) {
        // The link count tells a hard link, the time of the last change everything else.
        state.add(status.linkCount() + " " + status.modified() + " " + status.changed());
        state.add(Files.isRegularFile(path) ? Files.readString(path) : list(path));
      }
    }
    return state;
  }

  private static String list(Path directory) throws IOException {
    try (Stream<Path> names = Files.list(directory)) {
      return names.sorted().toList().toString();
    }
  }

  /// An attack.
  ///
  /// @param name what it is called, after the advisories that told of it
  /// @param refusal a part of the message, or empty if the layers are unpacked and harmless
  /// @param layers makes the layers, the bottom one first, given the canary's directory
  record Attack(String name, String refusal, Function<String, List<TarBuilder>> layers) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Attack harmless(String name, Function<String, TarBuilder> layer) {
    return new Attack(name, "", out -> List.of(layer.apply(out)));
  }

  private static Attack refused(String name, String refusal, Function<String, TarBuilder> layer) {
    return new Attack(name, refusal, out -> List.of(layer.apply(out)));
  }

  private static Attack twoLayers(
      String name,
      String refusal,
      Function<String, TarBuilder> lower,
      Function<String, TarBuilder> upper) {
    return new Attack(name, refusal, out -> List.of(lower.apply(out), upper.apply(out)));
  }

  private static TarBuilder tar() {
    return new TarBuilder();
  }

  static Stream<Attack> names() {
    return Stream.of(
        refused("dotdot-name", "leads upwards", out -> tar().file("../outside/canary", "dead")),
        refused("dotdot-mid", "leads upwards", out -> tar().file("a/../../outside/x", "dead")),
        refused("dotdot-directory", "leads upwards", out -> tar().directory("..", 0777)),
        harmless("absolute-name", out -> tar().file(out + "/canary", "dead")),
        refused(
            "pax-path-dotdot",
            "leads upwards",
            out -> tar().pax("path", "../outside/canary").file("innocent", "dead")),
        refused(
            "gnu-long-name-dotdot",
            "leads upwards",
            out ->
                tar().extension('L', "../outside/canary\0".getBytes(UTF_8)).file("innocent", "x")),
        refused("root-is-symlink", "can only be a directory", out -> tar().symlink("./", out)),
        refused("root-is-symlink2", "can only be a directory", out -> tar().symlink("/.", out)),
        refused("root-is-file", "can only be a directory", out -> tar().file(".", "dead")));
  }

  static Stream<Attack> symlinks() {
    return Stream.of(
        harmless("symlink-abs-write", out -> tar().symlink("l", out).file("l/canary", "dead")),
        harmless(
            "symlink-rel-write", out -> tar().symlink("l", "../outside").file("l/canary", "dead")),
        harmless(
            "symlink-chain-write",
            out ->
                tar()
                    .symlink("a", "..")
                    .symlink("b", "a/../..")
                    .symlink("c", "b/../../outside")
                    .file("c/canary", "dead")),
        harmless(
            "symlink-overwrite-file", out -> tar().symlink("l", out + "/canary").file("l", "dead")),
        harmless(
            "symlink-chmod",
            out -> tar().symlink("l", out + "/canary").mode(0777).owner(9, 9).file("l", "")),
        harmless(
            "dir-over-symlink-chmod",
            out -> tar().symlink("l", out).mode(0777).owner(9, 9).directory("l", 0777)),
        harmless(
            "deferred-dir-mtime",
            out -> tar().mtime(1).directory("d", 0777).symlink("d", out).file("e", "")),
        harmless(
            "deferred-dir-mtime2",
            out -> tar().mtime(1).directory("d/e", 0777).symlink("d", out + "/..")),
        refused(
            "symlink-loop",
            "leads in circles",
            out -> tar().symlink("a", "b").symlink("b", "a").file("a/x", "dead")),
        twoLayers(
            "symlink-cross-layer",
            "",
            out -> tar().symlink("l", out).symlink("m", "../outside"),
            out -> tar().file("l/canary", "dead").file("m/canary", "dead")),
        twoLayers(
            "dir-over-symlink-cross-layer",
            "",
            out -> tar().symlink("l", out),
            out -> tar().mode(0777).owner(9, 9).directory("l", 0777)));
  }

  static Stream<Attack> hardLinks() {
    return Stream.of(
        refused("hardlink-abs", "not there", out -> tar().link("h", out + "/canary")),
        refused("hardlink-rel", "leads upwards", out -> tar().link("h", "../outside/canary")),
        refused(
            "hardlink-via-symlink-dir",
            "not there",
            out -> tar().symlink("l", out).link("h", "l/canary").file("h", "dead")),
        harmless(
            "hardlink-to-symlink-then-write",
            out -> tar().symlink("l", out + "/canary").link("h", "l").file("h", "dead")),
        harmless(
            "hardlink-to-symlink-chmod",
            out ->
                tar().symlink("l", out + "/canary").mode(0777).owner(9, 9).mtime(1).link("h", "l")),
        refused(
            "pax-linkpath-abs",
            "not there",
            out -> tar().pax("linkpath", out + "/canary").link("h", "innocent")),
        refused("hardlink-to-root", "to the directory", out -> tar().link("h", "/")),
        refused(
            "hardlink-to-directory",
            "to the directory",
            out -> tar().directory("d").link("h", "d")));
  }

  static Stream<Attack> whiteouts() {
    return Stream.of(
        twoLayers(
            "whiteout-via-symlink",
            "",
            out -> tar().symlink("l", out),
            out -> tar().file("l/.wh.canary", "")),
        harmless(
            "whiteout-via-symlink-same-layer",
            out -> tar().symlink("l", out).file("l/.wh.canary", "")),
        twoLayers(
            "opaque-via-symlink",
            "",
            out -> tar().symlink("l", out),
            out -> tar().file("l/.wh..wh..opq", "")),
        refused(
            "whiteout-rel-name", "leads upwards", out -> tar().file("../outside/.wh.canary", "")),
        refused("whiteout-dot", "which no file is called", out -> tar().file(".wh..", "")),
        refused("whiteout-dotdot", "which no file is called", out -> tar().file(".wh...", "")),
        refused("whiteout-empty", "which no file is called", out -> tar().file("d/.wh.", "")),
        refused("whiteout-as-parent", "through a whiteout", out -> tar().file(".wh.a/b", "")),
        harmless(
            "whiteout-as-hardlink", out -> tar().file("x", "").link(".wh.canary", out + "/canary")),
        harmless("whiteout-as-directory", out -> tar().directory(".wh.canary", 0777)),
        harmless("whiteout-as-symlink", out -> tar().symlink(".wh.canary", out + "/canary")));
  }

  static Stream<Attack> others() {
    return Stream.of(
        refused("file-as-parent", "has to be", out -> tar().file("a", "").file("a/b", "")),
        harmless("newline-name", out -> tar().file("a\nb,upperdir=/", "").directory("c\nd")),
        refused(
            "long-component", "255 bytes", out -> tar().pax("path", "x".repeat(256)).file("", "")),
        refused(
            "long-path", "4095 bytes", out -> tar().pax("path", "x/".repeat(2500)).file("", "")),
        refused("unknown-type", "unknown type", out -> entry('Q')),
        refused("gnu-multivolume", "unknown type", out -> entry('M')));
  }

  private static TarBuilder entry(char type) {
    return tar().entry(type, "x", "", new byte[0], header -> {});
  }

  static Stream<Attack> attacks() {
    return Stream.of(names(), symlinks(), hardLinks(), whiteouts(), others()).flatMap(s -> s);
  }

  static Stream<Arguments> attacksOnForms() {
    return attacks()
        .flatMap(
            attack -> Arrays.stream(LayerForm.values()).map(form -> Arguments.of(attack, form)));
  }

  @ParameterizedTest
  @MethodSource("attacksOnForms")
  void nothingOutsideChanges(Attack attack, LayerForm form) throws IOException {
    Throwable failure;
    try (Unpacker unpacker = new Unpacker(folder, form)) {
      failure =
          catchThrowable(() -> attack.layers().apply(outside.toString()).forEach(unpacker::add));
    }

    assertThat(state()).as("HOST PATH WAS CHANGED").isEqualTo(before);
    if (attack.refusal().isEmpty()) {
      assertThat(failure).isNull();
    } else {
      assertThat(failure).isInstanceOf(ImageException.class).hasMessageContaining(attack.refusal());
    }
  }

  @Test
  void moreEntriesThanTheLimitAreRefused() {
    Unpacker unpacker = new Unpacker(folder, new Limits(2, 1 << 20, 100), LayerForm.DIRECTORY);
    TarBuilder tar = tar().file("a", "").file("b", "").file("c", "");

    Throwable failure = catchThrowable(() -> unpacker.add(tar));

    assertThat(failure).isInstanceOf(ImageException.class).hasMessageContaining("2 entries");
  }
}
