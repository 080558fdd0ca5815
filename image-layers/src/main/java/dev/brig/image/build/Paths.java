package dev.brig.image.build;

/// Paths inside an image, as text.
final class Paths {
  private Paths() {}

  /// Returns a path that is absolute and has no `.`, `..` and doubled slashes.
  ///
  /// @param path the path
  /// @param directory what a relative one is relative to
  static String absolute(String path, String directory) {
    String whole = path.startsWith("/") ? path : directory + "/" + path;
    return "/" + IgnoreFile.clean(whole);
  }

  /// Returns the target of a copy: absolute, with a slash at its end if it means a directory.
  static String target(String path, String directory) {
    String absolute = absolute(path, directory);
    boolean isDirectory =
        path.endsWith("/") || path.equals(".") || path.endsWith("/.") || path.endsWith("..");
    return isDirectory && !absolute.equals("/") ? absolute + "/" : absolute;
  }
}
