package dev.brig.cli.run;

import dev.brig.cli.bundle.RunOptions;
import dev.brig.cli.bundle.Volume;
import dev.brig.cli.command.Context;
import dev.brig.cli.run.Preparation.Prepared;
import dev.brig.cli.value.Wrong;
import dev.brig.error.BrigException;
import dev.brig.image.Image;
import dev.brig.image.store.ImageStore;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.Links;
import dev.brig.linux.OpenFlag;
import dev.brig.runtime.compile.IdMappings;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.container.ContainerStore;
import dev.brig.runtime.container.Contents;
import dev.brig.runtime.container.Degree;
import dev.brig.runtime.container.Lifecycle;
import dev.brig.runtime.container.LockedContainer;
import dev.brig.runtime.container.Volumes;
import dev.brig.runtime.spec.Linux;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Makes containers on disk: the record, the configuration, and the files that it mounts.
final class ContainerMaker {
  private static final int READABLE = 0644;

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
  /// @param request the image that the user asks for
  /// @param options what else the user asks for
  Made make(ImageRequest request, RunOptions options) {
    ContainerStore store = context.containers();
    // The image cannot be removed while this store is open; a record of the container protects it
    // after.
    try (ImageStore images =
        context.images(context.imagesDirectory(), Preparation.layers(context, options))) {
      Image image = request.resolve(context, images);
      Preparation.checkPlatform(image, request.platform());
      Prepared prepared = new Preparation(context, store).prepare(image, options);
      tellOfOwners(image, prepared.bundle().spec().linux());
      tellOfChroot(prepared.record().degree());
      if (options.lifecycle().has(RunOptions.Switch.REPLACE)) {
        replace(store, options.lifecycle().name());
      }
      return make(prepared, options.lifecycle().cidFile());
    }
  }

  /// Says what an ordinary user loses that is not root inside: the kernel maps the ids of mounts
  /// for the host's root only.
  private void tellOfOwners(Image image, Linux linux) {
    boolean stored = !image.layers().equals(List.of(Path.of("/")));
    long root = IdMappings.hostIdOfRoot(linux.uidMappings());
    if (stored
        && !linux.uidMappings().isEmpty()
        && context.isRootless()
        && root != context.host().identity().euid()) {
      context.warn(
          "image " + image.name() + ": what is root's in it belongs to you in this container");
    }
  }

  private void tellOfChroot(Degree degree) {
    if (degree == Degree.CHROOT) {
      context.warn(
          "chroot changes where paths begin, nothing else: processes, users, network, devices,"
              + " host name and mounts are the host's, and root can walk out of it");
    }
  }

  /// Makes a container that was worked out. If that fails, nothing is left of it.
  ///
  /// @param prepared the container
  /// @param cidFile where its id is written, or empty
  Made make(Prepared prepared, String cidFile) {
    LockedContainer container =
        context
            .containers()
            .create(
                prepared.record(),
                prepared.bundle().spec(),
                new Contents(prepared.bundle().files()));
    try {
      makeVolumes(prepared);
      if (!cidFile.isEmpty()) {
        writeIdFile(cidFile, container.record().id().text());
      }
    } catch (RuntimeException e) {
      discard(container, e);
      throw e;
    }
    return new Made(container, prepared);
  }

  /// Removes the container that has the name, if there is one, when all else about the new one is
  /// known to be right.
  private void replace(ContainerStore store, String name) {
    List<BrigException> problems = new ArrayList<>();
    for (Container container : store.list(problems)) {
      if (container.name().equals(name)) {
        context.lifecycle().remove(container, Lifecycle.Removal.EVEN_IF_RUNNING);
      }
    }
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

  private void makeVolumes(Prepared prepared) {
    Linux linux = prepared.bundle().spec().linux();
    for (Volume volume : prepared.bundle().volumes()) {
      boolean made =
          context
              .volumes()
              .make(
                  volume.name(),
                  switch (volume.filling()) {
                    case IMAGE -> Volumes.Filling.WHEN_MOUNTED;
                    case NONE -> Volumes.Filling.NEVER;
                  });
      if (made) {
        giveToRootInside(context.volumes().directory(volume.name()).toString(), linux);
      }
    }
  }

  /// Gives a volume to whoever is user 0 in the container; only root can, and only root needs to.
  private void giveToRootInside(String path, Linux linux) {
    int uid = (int) IdMappings.hostIdOfRoot(linux.uidMappings());
    int gid = (int) IdMappings.hostIdOfRoot(linux.gidMappings());
    if ((uid != 0 || gid != 0) && !context.isRootless()) {
      kernel.attributes().chownat(Fd.CWD, path, uid, gid, Links.NOFOLLOW);
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
}
