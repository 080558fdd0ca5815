package dev.brig.image.layer;

import dev.brig.image.ImageException;
import dev.brig.linux.KernelText;
import java.util.ArrayList;
import java.util.List;

/// The components of a path that a stranger wrote, made harmless as far as text can be: relative,
/// without `.` and empty components, and refused if it has `..`.
///
/// What a component is a symbolic link to is another matter, and [MergedTree]'s.
public final class EntryPath {
  private static final int COMPONENT_BYTES_MAX = 255;

  private EntryPath() {}

  /// Splits an entry's name, or the target of a hard link.
  ///
  /// @param name the path as the archive has it; a leading slash means nothing
  /// @return the components, none for the root itself
  /// @throws ImageException if the path goes up or a component is longer than Linux allows
  public static List<String> split(String name) {
    List<String> parts = new ArrayList<>(8);
    int start = 0;
    while (start <= name.length()) {
      int slash = name.indexOf('/', start);
      int end = slash < 0 ? name.length() : slash;
      String part = name.substring(start, end);
      start = end + 1;
      if (part.isEmpty() || part.equals(".")) {
        continue;
      }
      if (part.equals("..")) {
        throw new ImageException(
            "path \"" + name + "\"", "leads upwards by \"..\"", "no proper layer has such a path");
      }
      // A character is at most three bytes; only long names need the exact count.
      if (part.length() * 3 > COMPONENT_BYTES_MAX
          && KernelText.encode(part).length > COMPONENT_BYTES_MAX) {
        throw new ImageException(
            "path \"" + name + "\"", "has a component longer than 255 bytes, Linux's limit", "");
      }
      parts.add(part);
    }
    return parts;
  }
}
