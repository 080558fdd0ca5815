package dev.brig.cli.run;

import dev.brig.cli.bundle.RunOptions;
import dev.brig.cli.command.Context;
import dev.brig.cli.run.Preparation.Prepared;
import dev.brig.cli.value.Wrong;
import dev.brig.image.Image;
import dev.brig.image.store.ImageStore;
import dev.brig.linux.Errno;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.OpenFlag;
import dev.brig.runtime.container.ContainerStore;
import dev.brig.runtime.container.LockedContainer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Makes containers on disk: the record, the configuration, and the files that it mounts.
final class ContainerMaker {
  private static final int READABLE = 0644;
  private static final int PUBLIC_DIRECTORY = 0755;

  private final Context context;
  private final Kernel kernel;

  ContainerMaker(Context context) {
    this.context = context;
    this.kernel = context.kernel();
  }

  /// A container that was made.
  ///
  /// @param container the container, locked by this process
  /// @param prepared what it was made from
  record Made(LockedContainer container, Prepared prepared) {}

  /// Makes a container. If that fails, nothing is left of it.
  ///
  /// @param reference the image as the user names it
  /// @param platform the platform that the user asks for, or empty
  /// @param options what the user asks for
  Made make(String reference, String platform, RunOptions options) {
    ContainerStore store = context.containers();
    // The image cannot be removed while this store is open; a record of the container protects it
    // after.
    try (ImageStore images = context.images()) {
      Image image = images.resolve(reference);
      Preparation.checkPlatform(image, platform);
      Prepared prepared = new Preparation(context, store).prepare(image, options);
      return make(prepared, options.lifecycle().cidFile());
    }
  }

  /// Makes a container that was worked out. If that fails, nothing is left of it.
  ///
  /// @param prepared the container
  /// @param cidFile where its id is written, or empty
  Made make(Prepared prepared, String cidFile) {
    LockedContainer container =
        context.containers().create(prepared.record(), prepared.bundle().spec());
    try {
      writeFiles(container, prepared, cidFile);
    } catch (RuntimeException e) {
      discard(container, e);
      throw e;
    }
    return new Made(container, prepared);
  }

  /// Removes a container that came to nothing.
  ///
  /// @param reason what was in the way; a failure to remove is added to it
  static void discard(LockedContainer container, Throwable reason) {
    try (container) {
      container.remove();
    } catch (RuntimeException e) {
      reason.addSuppressed(e);
    }
  }

  private void writeFiles(LockedContainer container, Prepared prepared, String cidFile) {
    for (Map.Entry<String, String> volume : prepared.bundle().volumes().entrySet()) {
      makeDirectories(Path.of(volume.getValue()));
    }
    String directory = container.paths().directory().toString();
    for (Map.Entry<String, String> file : prepared.bundle().files().entrySet()) {
      write(directory + "/" + file.getKey(), file.getValue());
    }
    if (!cidFile.isEmpty()) {
      writeIdFile(cidFile, container.record().id().text());
    }
  }

  private void write(String path, String text) {
    try (Fd fd =
        kernel
            .files()
            .openat(
                Fd.CWD,
                path,
                READABLE,
                OpenFlag.O_WRONLY,
                OpenFlag.O_CREAT,
                OpenFlag.O_EXCL,
                OpenFlag.O_NOFOLLOW)) {
      // The caller's umask is not the container's business.
      kernel.attributes().chmod(fd, READABLE);
      kernel.files().writeAll(fd, text.getBytes(StandardCharsets.UTF_8));
    } catch (KernelException e) {
      throw e.during("write " + path);
    }
  }

  private void writeIdFile(String path, String id) {
    try {
      Optional<Fd> file = kernel.files().createIfAbsent(Fd.CWD, path, READABLE, OpenFlag.O_WRONLY);
      if (file.isEmpty()) {
        throw Wrong.value("--cidfile", path, "the file is there already");
      }
      try (Fd fd = file.get()) {
        kernel.files().writeAll(fd, id.getBytes(StandardCharsets.UTF_8));
      }
    } catch (KernelException e) {
      throw e.during("--cidfile " + path);
    }
  }

  private void makeDirectories(Path directory) {
    try {
      var _ = kernel.tree().mkdirIfAbsent(Fd.CWD, directory.toString(), PUBLIC_DIRECTORY);
    } catch (KernelException e) {
      Path parent = directory.getParent();
      if (e.errno() != Errno.ENOENT || parent == null) {
        throw e.during("make volume " + directory);
      }
      makeDirectories(parent);
      var _ = kernel.tree().mkdirIfAbsent(Fd.CWD, directory.toString(), PUBLIC_DIRECTORY);
    }
  }
}
