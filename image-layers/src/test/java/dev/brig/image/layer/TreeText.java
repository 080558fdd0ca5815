package dev.brig.image.layer;

import dev.brig.image.Digest;
import dev.brig.linux.FileType;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// All that a tree shows, a line for each file: type, permissions, owner, time, attributes,
/// contents, and which names are the same file.
final class TreeText {
  private final List<String> lines = new ArrayList<>();
  private final Map<Long, String> firstNames = new HashMap<>();

  /// Returns the lines of a tree, sorted by path.
  static List<String> of(LayerFile root) {
    TreeText text = new TreeText();
    text.add("", root);
    return text.lines;
  }

  private void add(String path, LayerFile file) {
    Attributes a = file.attributes();
    StringBuilder line = new StringBuilder(path + " " + file.type());
    if (file.isWhiteout()) {
      // When it was made is nobody's business: overlayfs shows it to nobody.
      lines.add(line.append(" whiteout").toString());
      return;
    }
    line.append(' ').append(Integer.toOctalString(a.mode()));
    line.append(' ').append(a.uid()).append(':').append(a.gid());
    line.append(' ').append(a.mtimeSeconds()).append('.').append(a.mtimeNanos());
    new TreeMap<>(a.xattrs())
        .forEach((name, value) -> line.append(' ').append(name).append('=').append(hash(value)));
    switch (file.type()) {
      case REGULAR -> line.append(' ').append(file.sizeBytes()).append(' ').append(hash(file));
      case SYMLINK -> line.append(" -> ").append(file.target());
      case CHARACTER_DEVICE, BLOCK_DEVICE -> line.append(' ').append(file.special());
      default -> {}
    }
    if (file.type() != FileType.DIRECTORY) {
      String first = firstNames.putIfAbsent(file.inode(), path);
      line.append(' ').append(file.linkCount()).append(first == null ? "" : " is " + first);
    }
    lines.add(line.toString());
    for (String name :
        file.isDirectory() ? file.names().stream().sorted().toList() : List.<String>of()) {
      try (LayerFile child = file.child(name).orElseThrow()) {
        add(path + "/" + name, child);
      }
    }
  }

  private static String hash(byte[] value) {
    return value.length <= 16 ? HexFormat.of().formatHex(value) : Digest.of(value).hex();
  }

  private static String hash(LayerFile file) {
    MessageDigest digest = Digest.newSha256();
    byte[] bytes = new byte[100_000];
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    try (LayerFile.Contents contents = file.contents()) {
      long at = 0;
      int count = contents.read(buffer, at);
      while (count > 0) {
        digest.update(bytes, 0, count);
        at += count;
        buffer.clear();
        count = contents.read(buffer, at);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
