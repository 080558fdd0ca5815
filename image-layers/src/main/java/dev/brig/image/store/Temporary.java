package dev.brig.image.store;

import dev.brig.error.BrigException;
import dev.brig.linux.Fd;

/// A file or directory that is being made, and that goes away with its maker unless it is
/// published.
final class Temporary implements AutoCloseable {
  private final StoreFiles files;
  private final String name;
  private final Fd fd;
  private boolean published;

  Temporary(StoreFiles files, String name, Fd fd) {
    this.files = files;
    this.name = name;
    this.fd = fd;
  }

  /// Returns the path below the store's directory.
  String name() {
    return name;
  }

  /// Returns the open file or directory.
  Fd fd() {
    return fd;
  }

  /// Gives it its final name, in place of what has that name, and stores the change. What it holds
  /// has to be stored before.
  void publish(String finalName) {
    files.kernel().tree().rename(files.root(), name, files.root(), finalName);
    published = true;
    int slash = finalName.lastIndexOf('/');
    files.syncDirectory(slash < 0 ? "." : finalName.substring(0, slash));
  }

  /// Leaves it to whoever renamed it.
  void forget() {
    published = true;
  }

  /// Removes it because of a failure, to which a failure of the removal is added.
  void discard(BrigException failure) {
    try {
      close();
    } catch (BrigException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public void close() {
    try (fd) {
      if (!published) {
        int slash = name.lastIndexOf('/');
        files.remove(name.substring(0, slash), name.substring(slash + 1));
      }
    }
  }
}
