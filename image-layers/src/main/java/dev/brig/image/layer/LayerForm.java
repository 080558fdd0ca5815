package dev.brig.image.layer;

import dev.brig.image.erofs.ErofsImage;
import dev.brig.linux.Fd;
import dev.brig.linux.FileType;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.OpenFlag;
import java.nio.file.Path;

/// How an unpacked layer is kept. Both forms show the same files.
public enum LayerForm {
  /// A directory that overlayfs takes as it is: for every kernel and every user.
  DIRECTORY("fs"),
  /// One EROFS image: a single file to write, to verify and to remove, which only root can mount.
  EROFS("layer.erofs");

  private final String fileName;

  LayerForm(String fileName) {
    this.fileName = fileName;
  }

  /// Returns the name that a layer of this form has in its directory of the store.
  public String fileName() {
    return fileName;
  }

  /// Opens a layer.
  ///
  /// @param kernel the system calls
  /// @param path a directory, or an EROFS image
  /// @return its root, which the caller closes
  /// @throws KernelException if there is no such file
  /// @throws dev.brig.image.ImageException if it is neither
  public static LayerFile open(Kernel kernel, Path path) {
    String text = path.toString();
    if (text.endsWith(".erofs")) {
      Fd fd = kernel.files().openat(Fd.CWD, text, OpenFlag.O_RDONLY, OpenFlag.O_NONBLOCK);
      if (kernel.attributes().stat(fd).type() == FileType.REGULAR) {
        return ErofsFile.root(new ErofsImage(kernel.files(), fd, text));
      }
      fd.close();
    }
    Fd fd = kernel.files().openat(Fd.CWD, text, OpenFlag.O_PATH, OpenFlag.O_DIRECTORY);
    return new DirectoryFile(kernel, fd);
  }
}
