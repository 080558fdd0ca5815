package dev.brig.cli.bundle;

import dev.brig.cli.bundle.RunOptions.ImageVolumes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// The mounts that the user asked for and those that the image declares as volumes, with a name for
/// each volume that has none.
final class Volumes {
  private final RunOptions options;
  private final BundleFacts facts;
  private final List<MountOption> mounts = new ArrayList<>();
  private final List<Volume> volumes = new ArrayList<>();

  /// Sorts them out.
  ///
  /// @param declared the paths that the image declares as volumes
  Volumes(RunOptions options, BundleFacts facts, List<String> declared) {
    this.options = options;
    this.facts = facts;
    for (MountOption mount : options.files().mounts()) {
      add(mount);
    }
    for (String target : declared) {
      declare(target);
    }
  }

  /// Returns all mounts; those of volumes name the directory as a source.
  List<MountOption> mounts() {
    return mounts;
  }

  /// Returns the volumes among them.
  List<Volume> all() {
    return volumes;
  }

  private void declare(String declared) {
    String target = clean(declared);
    for (MountOption mount : mounts) {
      if (mount.target().equals(target)) {
        return;
      }
    }
    if (target.equals("/")) {
      return;
    }
    ImageVolumes kind = options.files().imageVolumes();
    switch (kind) {
      case ANONYMOUS -> add(new MountOption(MountOption.Kind.VOLUME, "", target, List.of()));
      case TMPFS -> add(new MountOption(MountOption.Kind.TMPFS, "", target, List.of("exec")));
      case IGNORE -> {}
    }
  }

  private void add(MountOption mount) {
    if (mount.kind() != MountOption.Kind.VOLUME) {
      mounts.add(mount);
      return;
    }
    boolean named = !mount.source().isEmpty();
    String name = named ? mount.source() : anonymous(mount.target());
    String directory = facts.places().volumesDirectory() + "/" + name;
    List<String> words = new ArrayList<>(mount.options());
    boolean empty = words.remove("nocopy");
    volumes.add(
        new Volume(
            name,
            directory,
            named ? Volume.Bond.NAMED : Volume.Bond.ANONYMOUS,
            empty ? Volume.Filling.NONE : Volume.Filling.IMAGE));
    mounts.add(new MountOption(MountOption.Kind.BIND, directory, mount.target(), words));
  }

  /// Returns a name of 64 hexadecimal digits, as podman's are: the container's own digits, so that
  /// it can be seen whose it is, and some that differ from target to target.
  private String anonymous(String target) {
    byte[] bytes = (facts.id() + target).getBytes(StandardCharsets.UTF_8);
    String digits = UUID.nameUUIDFromBytes(bytes).toString().replace("-", "");
    return facts.id().substring(0, 32) + digits;
  }

  private static String clean(String path) {
    StringBuilder clean = new StringBuilder();
    for (String name : ColonFile.split(path, '/')) {
      if (!name.equals(".") && !name.equals("..")) {
        clean.append('/').append(name);
      }
    }
    return clean.isEmpty() ? "/" : clean.toString();
  }
}
