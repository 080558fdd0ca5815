package dev.brig.image.store;

import dev.brig.image.ImageException;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.OpenFlag;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/// A new directory.
final class DirectorySink implements ArchiveSink {
  private static final int BUFFER_BYTES = 256 * 1024;

  private final Kernel kernel;
  private final Fd root;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private final ByteBuffer direct = ByteBuffer.allocateDirect(BUFFER_BYTES);

  /// Makes a sink.
  ///
  /// @param root the directory; closed with this
  DirectorySink(Kernel kernel, Fd root) {
    this.kernel = kernel;
    this.root = root;
  }

  @Override
  public void directory(String path) {
    kernel.tree().mkdirat(root, path, 0755);
  }

  @Override
  public void file(String path, long sizeBytes, InputStream content) {
    OpenFlag[] flags = {OpenFlag.O_WRONLY, OpenFlag.O_CREAT, OpenFlag.O_EXCL};
    try (Fd fd = kernel.files().openat(root, path, 0644, flags)) {
      int count = content.read(buffer, 0, buffer.length);
      while (count >= 0) {
        direct.clear().put(buffer, 0, count).flip();
        kernel.files().writeAll(fd, direct);
        count = content.read(buffer, 0, buffer.length);
      }
    } catch (IOException e) {
      throw new ImageException(path, "cannot be read: " + e.getMessage(), "", e);
    }
  }

  @Override
  public void finish() {
    kernel.files().syncfs(root);
  }

  @Override
  public void close() {
    root.close();
  }
}
