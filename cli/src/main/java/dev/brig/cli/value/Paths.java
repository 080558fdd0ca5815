package dev.brig.cli.value;

/// Paths as options name them.
public final class Paths {
  private Paths() {}

  /// Returns an absolute path without doubled slashes, `.` and a slash at its end.
  ///
  /// @throws dev.brig.error.UsageException for a relative path, and one with `..`, which would not
  ///   mean inside a container what it says
  public static String inside(String option, String text, String path) {
    if (!path.startsWith("/")) {
      throw Wrong.value(
          option, text, "the path inside the container must be absolute: " + Wrong.quoted(path));
    }
    StringBuilder clean = new StringBuilder();
    int at = 0;
    while (at < path.length()) {
      int end = path.indexOf('/', at);
      end = end < 0 ? path.length() : end;
      String name = path.substring(at, end);
      if (name.equals("..")) {
        throw Wrong.value(option, text, "the path inside the container must not have \"..\"");
      }
      if (!name.isEmpty() && !name.equals(".")) {
        clean.append('/').append(name);
      }
      at = end + 1;
    }
    return clean.isEmpty() ? "/" : clean.toString();
  }
}
