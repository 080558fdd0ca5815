package dev.brig.cli.build;

import dev.brig.image.ImageException;
import dev.brig.image.build.CopyPlanner.Owner;
import dev.brig.image.layer.Attributes;
import dev.brig.image.layer.Compression;
import dev.brig.image.layer.FdStream;
import dev.brig.image.layer.LayerInput;
import dev.brig.image.layer.Limits;
import dev.brig.image.layer.TarContent;
import dev.brig.image.layer.TarEntry;
import dev.brig.image.layer.TarReader;
import dev.brig.image.layer.VerifiedStream;
import dev.brig.image.tree.EntrySink;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Archives that ADD unpacks: what their first bytes say they are, never their names.
final class Archives {
  private static final String WHITEOUT = ".wh.";
  private static final int BLOCK = 512;
  private static final int MAGIC_AT = 257;

  private final Kernel kernel;
  private final FdTree tree;

  Archives(Kernel kernel, FdTree tree) {
    this.kernel = kernel;
    this.tree = tree;
  }

  /// Tells whether a file is a tar that brig can read, compressed or not.
  boolean isArchive(String path) {
    try (Fd fd = tree.open(path)) {
      byte[] block = new byte[BLOCK];
      Compression.Opened opened = Compression.open(new FdStream(kernel.files(), fd));
      int count = opened.content().readNBytes(block, 0, BLOCK);
      return count == BLOCK && isHeader(block);
    } catch (IOException | ImageException _) {
      // Whatever it is, it is no archive: copied as it is.
      return false;
    }
  }

  private static boolean isHeader(byte[] block) {
    int sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      // The checksum counts as blanks.
      sum += i >= 148 && i < 156 ? ' ' : block[i] & 0xff;
    }
    int stated = 0;
    for (int i = 148; i < 156; i++) {
      if (block[i] >= '0' && block[i] <= '7') {
        stated = stated * 8 + block[i] - '0';
      }
    }
    boolean named = block[0] != 0 || block[MAGIC_AT] == 'u';
    return named && sum == stated;
  }

  /// Unpacks an archive into a layer.
  ///
  /// @param path the archive
  /// @param directory where to, without a slash in front
  /// @param owner whom everything belongs to, or empty for whom the archive says
  /// @param sink the layer
  /// @throws ImageException if the archive is damaged or hostile
  void unpack(String path, String directory, Optional<Owner> owner, EntrySink sink) {
    try (Fd fd = tree.open(path)) {
      VerifiedStream stream = VerifiedStream.unknown(new FdStream(kernel.files(), fd), path);
      try (LayerInput input = new LayerInput(stream, path, null, Limits.DEFAULT)) {
        TarReader tar = input.tar();
        for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
          add(entry, directory, owner, new Target(tar, sink));
        }
      }
    }
  }

  private record Target(TarReader tar, EntrySink sink) {}

  private static void add(TarEntry entry, String directory, Optional<Owner> owner, Target target) {
    String name = placed(directory, entry.name());
    if (name.equals(directory) || name.isEmpty()) {
      // The archive's own root: the directory is as the image has it.
      return;
    }
    TarContent content =
        entry.content() instanceof TarContent.HardLink(String link)
            ? new TarContent.HardLink(placed(directory, link))
            : entry.content();
    Attributes original = entry.attributes();
    Attributes attributes =
        new Attributes(
            original.mode(),
            owner.map(Owner::uid).orElse(original.uid()),
            owner.map(Owner::gid).orElse(original.gid()),
            original.mtimeSeconds(),
            original.mtimeNanos(),
            original.xattrs());
    EntrySink.FileBytes bytes =
        content instanceof TarContent.RegularFile
            ? new EntrySink.FileBytes.OfArchive(target.tar())
            : EntrySink.NO_BYTES;
    target.sink().add(new TarEntry(name, content, attributes), bytes);
  }

  private static String placed(String directory, String name) {
    List<String> parts = new ArrayList<>();
    if (!directory.isEmpty()) {
      parts.add(directory);
    }
    for (String part : name.split("/", -1)) {
      if (part.equals("..")) {
        throw new ImageException("path \"" + name + "\"", "leads upwards by \"..\"", "");
      }
      if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    String last = parts.isEmpty() ? "" : parts.getLast();
    if (last.startsWith(WHITEOUT)) {
      throw new ImageException(
          "path \"" + name + "\"",
          "a layer can't hold this name",
          "there .wh. marks what was removed");
    }
    return String.join("/", parts);
  }
}
