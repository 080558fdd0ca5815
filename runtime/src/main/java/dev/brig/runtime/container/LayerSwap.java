package dev.brig.runtime.container;

import dev.brig.linux.DirectoryEntry;
import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.Kernel;
import dev.brig.linux.Links;
import dev.brig.linux.OpenFlag;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// Puts an empty writable layer in the place of a container's, which is frozen or thrown away.
///
/// ```
///   1. upper.next-KEY, empty             KEY stands for the list of layers that is to come
///   2. container.json with that list     from here on it has happened
///   3. upper -> the frozen layer's place, or upper.old
///   4. upper.next-KEY -> upper
///   5. upper.old is removed
/// ```
///
/// Whoever gets the container's lock next and finds an `upper.next-KEY` whose KEY is that of the
/// list in `container.json` goes on with 3; any other one is the rest of an attempt that did not
/// come to 2.
final class LayerSwap {
  private static final String NEXT = "upper.next-";
  private static final String PREPARED = "upper.new";
  private static final String OLD = "upper.old";
  private static final int KEY_BYTES = 8;

  private final Kernel kernel;
  private final TreeRemover trees;

  LayerSwap(Kernel kernel, TreeRemover trees) {
    this.kernel = kernel;
    this.trees = trees;
  }

  /// Changes the layers below the writable one, which is empty afterwards.
  ///
  /// @param record what brig keeps of the container now
  /// @param layers the layers that are to be below, the lowest first; if the topmost is not there
  ///   yet, the writable layer becomes it
  /// @return the changed record
  ContainerRecord swap(ContainerPaths paths, ContainerRecord record, List<Path> layers) {
    settle(paths, record);
    ImageOrigin image = record.image();
    ContainerRecord changed =
        record.toBuilder().image(new ImageOrigin(image.reference(), image.id(), layers)).build();
    prepare(paths);
    StateFiles files = new StateFiles(kernel);
    String next = paths.directory() + "/" + NEXT + key(layers);
    kernel.tree().rename(Fd.CWD, paths.directory() + "/" + PREPARED, Fd.CWD, next);
    files.store(paths.directory());
    if (!layers.equals(image.layers())) {
      new ContainerFiles(kernel, paths).write(changed);
      files.store(paths.directory());
    }
    settle(paths, changed);
    return changed;
  }

  /// Makes an empty layer whose root is like that of the present one, which is `/` inside.
  private void prepare(ContainerPaths paths) {
    String prepared = paths.directory() + "/" + PREPARED;
    OpenFlag[] flags = {OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY, OpenFlag.O_NOFOLLOW};
    kernel.tree().mkdirat(Fd.CWD, prepared, 0700);
    try (Fd old = kernel.files().openat(Fd.CWD, paths.upper().toString(), flags);
        Fd made = kernel.files().openat(Fd.CWD, prepared, flags)) {
      likeRoot(kernel, old, made);
    }
  }

  /// Gives a layer's root the owner, the permissions and the attributes of another's, but for what
  /// overlayfs notes there.
  static void likeRoot(Kernel kernel, Fd original, Fd copy) {
    FileStatus status = kernel.attributes().stat(original);
    kernel.attributes().chown(copy, status.uid(), status.gid());
    kernel.attributes().chmod(copy, status.permissions());
    for (String name : kernel.xattrs().list(original)) {
      if (!name.contains(".overlay.")) {
        byte[] value = kernel.xattrs().get(original, name).orElse(new byte[0]);
        kernel.xattrs().set(copy, name, value);
      }
    }
    kernel.attributes().setTimes(copy, status.accessed(), status.modified());
  }

  /// Finishes, or takes back, what a brig that was killed had begun.
  void settle(ContainerPaths paths, ContainerRecord record) {
    String next = NEXT + key(record.image().layers());
    for (String name : leftovers(paths)) {
      if (name.equals(next)) {
        finish(paths, record, next);
      } else {
        trees.remove(paths.directory().resolve(name));
      }
    }
    if (kernel.attributes().exists(paths.directory() + "/" + OLD)) {
      trees.remove(paths.directory().resolve(OLD));
    }
  }

  private List<String> leftovers(ContainerPaths paths) {
    List<String> names = new ArrayList<>();
    try (Fd fd =
        kernel
            .files()
            .openat(
                Fd.CWD, paths.directory().toString(), OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY)) {
      for (DirectoryEntry entry : kernel.tree().list(fd)) {
        if (entry.name().startsWith(NEXT)
            || entry.name().equals(PREPARED)
            || entry.name().equals(OLD)) {
          names.add(entry.name());
        }
      }
    }
    // The next layer first: until it is in its place, what is old is not.
    names.sort((one, two) -> Boolean.compare(two.startsWith(NEXT), one.startsWith(NEXT)));
    return names;
  }

  private void finish(ContainerPaths paths, ContainerRecord record, String next) {
    String directory = paths.directory().toString();
    String upper = paths.upper().toString();
    StateFiles files = new StateFiles(kernel);
    Path top = record.image().layers().getLast();
    if (kernel.attributes().exists(upper)) {
      boolean missing =
          kernel.attributes().statIfPresent(Fd.CWD, top.toString(), Links.NOFOLLOW).isEmpty();
      String target = missing ? top.toString() : directory + "/" + OLD;
      kernel.tree().rename(Fd.CWD, upper, Fd.CWD, target);
      Path parent = top.getParent();
      if (missing && parent != null) {
        files.store(parent);
      }
    }
    kernel.tree().rename(Fd.CWD, directory + "/" + next, Fd.CWD, upper);
    files.store(paths.directory());
  }

  private static String key(List<Path> layers) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Path layer : layers) {
        digest.update((layer + "\0").getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(digest.digest(), 0, KEY_BYTES);
    } catch (NoSuchAlgorithmException e) {
      // Every Java platform has SHA-256.
      throw new IllegalStateException(e);
    }
  }
}
