package dev.brig.image.build;

import dev.brig.error.UsageException;
import java.util.ArrayList;
import java.util.List;

/// What of a context is left out: `.containerignore` or `.dockerignore`.
///
/// A line is a pattern of paths below the context; `!` takes back in; the last line that matches a
/// path, or a directory above it, decides.
///
/// @see <a href="https://docs.docker.com/build/concepts/context/#dockerignore-files">.dockerignore
///   files</a>
public final class IgnoreFile {
  private final List<Line> lines;

  private record Line(Glob glob, boolean back) {}

  private IgnoreFile(List<Line> lines) {
    this.lines = lines;
  }

  /// Returns the file that leaves out nothing.
  public static IgnoreFile none() {
    return new IgnoreFile(List.of());
  }

  /// Reads a file.
  ///
  /// @param file its name, for messages
  /// @param text its contents
  /// @throws UsageException with file and line if a pattern is none
  public static IgnoreFile parse(String file, String text) {
    List<Line> lines = new ArrayList<>();
    String[] all = (text.startsWith("\ufeff") ? text.substring(1) : text).split("\n", -1);
    for (int i = 0; i < all.length; i++) {
      String line = all[i].strip();
      if (line.isEmpty() || all[i].startsWith("#")) {
        continue;
      }
      add(lines, new Place(file, i + 1), line);
    }
    return new IgnoreFile(List.copyOf(lines));
  }

  /// Returns a filter of patterns that all leave out: `COPY --exclude`.
  ///
  /// @param place where they stand, for the complaint
  /// @param patterns the patterns
  static IgnoreFile of(Place place, List<String> patterns) {
    List<Line> lines = new ArrayList<>();
    for (String pattern : patterns) {
      add(lines, place, pattern);
    }
    return new IgnoreFile(List.copyOf(lines));
  }

  private static void add(List<Line> lines, Place place, String text) {
    boolean back = text.startsWith("!");
    String pattern = clean(back ? text.substring(1).strip() : text);
    if (pattern.isEmpty()) {
      if (back) {
        throw place.wrong("a ! without a pattern", "remove the line");
      }
      return;
    }
    try {
      lines.add(new Line(Glob.path(pattern), back));
    } catch (UsageException e) {
      throw place.wrong("\"" + text + "\": " + e.failure().finding(), e.failure().hint());
    }
  }

  /// Returns the path without `.`, `..`, leading and doubled slashes, as Go's filepath.Clean.
  static String clean(String path) {
    List<String> parts = new ArrayList<>();
    for (String part : path.split("/", -1)) {
      if (part.equals("..")) {
        if (!parts.isEmpty()) {
          parts.removeLast();
        }
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    return String.join("/", parts);
  }

  /// Tells whether a file is left out.
  ///
  /// @param path its path below the context, without a slash in front
  public boolean excludes(String path) {
    boolean excluded = false;
    for (Line line : lines) {
      if (line.back() == excluded && matches(line.glob(), path)) {
        excluded = !line.back();
      }
    }
    return excluded;
  }

  private static boolean matches(Glob glob, String path) {
    if (glob.matches(path)) {
      return true;
    }
    for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      if (glob.matches(path.substring(0, slash))) {
        return true;
      }
    }
    return false;
  }

  /// Tells whether something below an excluded directory may have been taken back in.
  public boolean mayTakeBack() {
    for (Line line : lines) {
      if (line.back()) {
        return true;
      }
    }
    return false;
  }

  /// Returns the patterns, one to a line, for messages and for keys.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Line line : lines) {
      text.append(line.back() ? "!" : "").append(line.glob()).append('\n');
    }
    return text.toString();
  }
}
