package dev.brig.cli.files;

/// `CONTAINER` or `CONTAINER@SNAPSHOT`.
///
/// @param container the container
/// @param snapshot the snapshot, or empty
record SnapshotReference(String container, String snapshot) {
  static SnapshotReference parse(String text) {
    int at = text.indexOf('@');
    return at <= 0
        ? new SnapshotReference(text, "")
        : new SnapshotReference(text.substring(0, at), text.substring(at + 1));
  }
}
