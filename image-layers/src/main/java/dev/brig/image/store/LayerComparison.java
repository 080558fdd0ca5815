package dev.brig.image.store;

import dev.brig.image.layer.Attributes;
import dev.brig.image.layer.DirectoryTar;
import dev.brig.image.layer.TarContent;
import dev.brig.image.layer.TarEntry;
import dev.brig.image.layer.TarReader;
import dev.brig.linux.Kernel;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Compares two trees entry by entry: types, permissions, owners, times, extended attributes, links
/// and contents.
final class LayerComparison {
  private static final int BUFFER_BYTES = 256 * 1024;

  private final TarReader one;
  private final TarReader other;
  private final byte[] oneData = new byte[BUFFER_BYTES];
  private final byte[] otherData = new byte[BUFFER_BYTES];

  private LayerComparison(TarReader one, TarReader other) {
    this.one = one;
    this.other = other;
  }

  /// Returns the path of the first entry in which two trees differ, and how, or null if they are
  /// equal.
  ///
  /// @param one the tree that is looked at
  /// @param other the tree that it has to be equal to
  static @Nullable String firstDifference(Kernel kernel, String one, String other) {
    DirectoryTar.Purpose purpose = DirectoryTar.Purpose.COMPARISON;
    try (DirectoryTar oneTar = new DirectoryTar(kernel, one, purpose, null);
        DirectoryTar otherTar = new DirectoryTar(kernel, other, purpose, null)) {
      return new LayerComparison(
              new TarReader(oneTar, one, TarReader.End.MARKED),
              new TarReader(otherTar, other, TarReader.End.MARKED))
          .firstDifference();
    }
  }

  private @Nullable String firstDifference() {
    TarEntry its = one.next();
    TarEntry wanted = other.next();
    while (its != null && wanted != null) {
      int order = its.name().compareTo(wanted.name());
      if (order != 0) {
        return order < 0 ? its.name() + " is too much" : wanted.name() + " is missing";
      }
      String difference = difference(its, wanted);
      if (difference != null) {
        return its.name() + " has " + difference;
      }
      its = one.next();
      wanted = other.next();
    }
    if (its != null) {
      return its.name() + " is too much";
    }
    return wanted == null ? null : wanted.name() + " is missing";
  }

  private @Nullable String difference(TarEntry its, TarEntry wanted) {
    if (!its.content().equals(wanted.content())) {
      return "another type, size or target";
    }
    Attributes had = its.attributes();
    Attributes has = wanted.attributes();
    if (had.mode() != has.mode()) {
      return "other permissions";
    }
    if (had.uid() != has.uid() || had.gid() != has.gid()) {
      return "another owner";
    }
    boolean sameTime =
        had.mtimeSeconds() == has.mtimeSeconds() && had.mtimeNanos() == has.mtimeNanos();
    if (!sameTime && !isWhiteout(its.content())) {
      return "another time";
    }
    if (!sameXattrs(had.xattrs(), has.xattrs())) {
      return "other extended attributes";
    }
    return sameData() ? null : "other contents";
  }

  // A mark of overlayfs's, whose time nobody sees.
  private static boolean isWhiteout(TarContent content) {
    return content instanceof TarContent.Device device
        && device.major() == 0
        && device.minor() == 0;
  }

  private static boolean sameXattrs(Map<String, byte[]> some, Map<String, byte[]> others) {
    if (!some.keySet().equals(others.keySet())) {
      return false;
    }
    for (Map.Entry<String, byte[]> each : some.entrySet()) {
      if (!Arrays.equals(each.getValue(), others.get(each.getKey()))) {
        return false;
      }
    }
    return true;
  }

  private boolean sameData() {
    int count = fill(one, oneData);
    while (count > 0) {
      int otherCount = fill(other, otherData);
      if (!Arrays.equals(oneData, 0, count, otherData, 0, otherCount)) {
        return false;
      }
      count = fill(one, oneData);
    }
    return true;
  }

  private static int fill(TarReader tar, byte[] buffer) {
    int filled = 0;
    int count = 0;
    while (count >= 0 && filled < buffer.length) {
      count = tar.read(buffer, filled, buffer.length - filled);
      filled += Math.max(count, 0);
    }
    return filled;
  }
}
