package dev.brig.cli.files;

import dev.brig.cli.command.Context;
import dev.brig.linux.DirectoryEntry;
import dev.brig.linux.Fd;
import dev.brig.linux.FileType;
import dev.brig.linux.Kernel;
import dev.brig.linux.Links;
import dev.brig.linux.OpenFlag;
import dev.brig.runtime.container.AppliedLimit;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.container.ContainerId;
import dev.brig.runtime.container.ContainerPaths;
import dev.brig.runtime.container.ContainerRecord;
import dev.brig.runtime.container.ContainerStore;
import dev.brig.runtime.container.ImageOrigin;
import dev.brig.runtime.container.LockedContainer;
import dev.brig.runtime.files.FrozenLayers;
import dev.brig.runtime.spec.Spec;
import dev.brig.runtime.spec.SpecReader;
import dev.brig.runtime.spec.SpecWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Makes a container with another one's configuration.
final class ContainerCopy {
  private static final int FILE_BYTES_MAX = 16 << 20;

  /// What each container has of its own, or gets when it runs.
  private static final Set<String> OWN =
      Set.of(
          "config.json",
          "container.json",
          "snapshots.json",
          "log",
          "exit",
          "reason",
          "events",
          "trace");

  private final Context context;
  private final Kernel kernel;

  ContainerCopy(Context context) {
    this.context = context;
    this.kernel = context.kernel();
  }

  /// Tells whether a file is each container's own, and copied with none.
  static boolean isOwn(String name) {
    return OWN.contains(name);
  }

  /// Makes a container.
  ///
  /// @param source whose configuration it has
  /// @param name what to call it, or empty for a name that is free
  /// @param layers its layers, the lowest first
  /// @return its id
  String make(Container source, String name, List<Path> layers) {
    ContainerStore store = context.containers();
    ContainerId id = ContainerId.random(kernel);
    ContainerRecord old = source.record();
    List<Path> cgroups = new ArrayList<>();
    for (Path cgroup : old.cgroups()) {
      cgroups.add(Path.of(renamed(cgroup.toString(), source.id(), id)));
    }
    ContainerRecord record =
        ContainerRecord.builder(id, name, System.currentTimeMillis())
            .image(new ImageOrigin(old.image().reference(), old.image().id(), layers))
            .command(old.command())
            .options(old.options())
            .stop(old.stop())
            .userns(old.userns())
            .network(old.network())
            .labels(old.labels())
            .cgroups(cgroups)
            .limits(renamed(old.limits(), source.id(), id))
            .supervision(old.supervision())
            .memory(old.memory())
            .degree(old.degree())
            .build();
    String config = SpecWriter.write(store.spec(source.id()));
    Spec spec = SpecReader.read(renamed(config, source.id(), id));
    try (LockedContainer made = store.create(record, spec)) {
      try {
        copyFiles(source.paths(), made.paths());
        likeRoot(layers.getLast(), source.paths().upper(), made.paths().upper());
      } catch (RuntimeException e) {
        made.remove();
        throw e;
      }
      return made.record().id().text();
    }
  }

  /// Puts one id in the place of another, also where its first digits are the host name.
  static String renamed(String text, ContainerId from, ContainerId to) {
    return text.replace(from.text(), to.text()).replace(from.shortText(), to.shortText());
  }

  /// Puts one id in the place of another where limits are set.
  static List<AppliedLimit> renamed(List<AppliedLimit> limits, ContainerId from, ContainerId to) {
    List<AppliedLimit> renamed = new ArrayList<>();
    for (AppliedLimit limit : limits) {
      renamed.add(new AppliedLimit(limit.name(), limit.value(), renamed(limit.file(), from, to)));
    }
    return renamed;
  }

  private void copyFiles(ContainerPaths from, ContainerPaths to) {
    try (Fd directory =
        kernel
            .files()
            .openat(Fd.CWD, from.directory().toString(), OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY)) {
      for (DirectoryEntry entry : kernel.tree().list(directory)) {
        if (entry.type() == FileType.REGULAR && !OWN.contains(entry.name())) {
          copyFile(directory, entry.name(), new Names(from, to));
        }
      }
    }
  }

  private record Names(ContainerPaths from, ContainerPaths to) {}

  private void copyFile(Fd directory, String name, Names names) {
    byte[] bytes =
        kernel.files().readIfPresent(directory, name, FILE_BYTES_MAX).orElse(new byte[0]);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    String renamed = renamed(text, names.from().id(), names.to().id());
    OpenFlag[] flags = {OpenFlag.O_WRONLY, OpenFlag.O_CREAT, OpenFlag.O_EXCL, OpenFlag.O_NOFOLLOW};
    String path = names.to().directory().resolve(name).toString();
    int permissions = kernel.attributes().stat(directory, name, Links.NOFOLLOW).permissions();
    try (Fd fd = kernel.files().openat(Fd.CWD, path, permissions, flags)) {
      kernel.attributes().chmod(fd, permissions);
      kernel.files().writeAll(fd, renamed.getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  /// The root's own owner and permissions are those of the topmost layer that a container wrote.
  private void likeRoot(Path top, Path upper, Path made) {
    boolean written = top.startsWith(FrozenLayers.place(context.containers().paths()));
    Trees.copyRoot(kernel, written ? top : upper, made);
  }
}
