package dev.brig.cli.files;

/// One end of a copy, as docker's users write it: `CONTAINER:PATH`, a path of this machine, or `-`
/// for an archive on a standard stream.
///
/// @param container the container, or empty for this machine
/// @param path the path, or `-` alone
record CopyPath(String container, String path) {

  /// Reads one. A path of this machine that has a colon begins with `/` or `.`.
  static CopyPath parse(String text) {
    int colon = text.indexOf(':');
    if (colon <= 0 || text.startsWith("/") || text.startsWith(".")) {
      return new CopyPath("", text);
    }
    return new CopyPath(text.substring(0, colon), text.substring(colon + 1));
  }

  boolean isLocal() {
    return container.isEmpty();
  }

  boolean isStream() {
    return isLocal() && path.equals("-");
  }

  /// Tells whether what is in the directory is meant, and not the directory: its last component is
  /// `.`, or it is the root.
  boolean meansContents() {
    String name = path.endsWith("/") ? "" : path.substring(path.lastIndexOf('/') + 1);
    return name.equals(".") || isRoot();
  }

  private boolean isRoot() {
    return !path.isEmpty() && path.chars().allMatch(c -> c == '/');
  }

  /// Tells whether only a directory can be meant.
  boolean meansDirectory() {
    return path.endsWith("/") || meansContents();
  }

  @Override
  public String toString() {
    return isLocal() ? path : container + ":" + path;
  }
}
