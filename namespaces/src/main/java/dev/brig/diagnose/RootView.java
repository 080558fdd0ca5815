package dev.brig.diagnose;

import dev.brig.diagnose.Lookup.Place;
import dev.brig.diagnose.Lookup.Visit;
import dev.brig.linux.Device;
import dev.brig.linux.Errno;
import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.FileType;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.OpenFlag;
import dev.brig.linux.OpenHow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// A container's root as it would be if it were mounted: layers merged as overlayfs merges them,
/// and mounts.
///
/// When a container has failed, its overlay is gone with its mount namespace; this looks at the
/// layers instead. No link that an image holds leads out: every link is resolved here, and each
/// directory is opened below its layer without following any.
///
/// @see <a href="https://docs.kernel.org/filesystems/overlayfs.html">the kernel's description of
///   overlayfs</a>
final class RootView {
  // As the kernel's MAXSYMLINKS.
  private static final int LINKS_MAX = 40;

  private final Kernel kernel;
  private final Surroundings surroundings;

  RootView(Kernel kernel, Surroundings surroundings) {
    this.kernel = kernel;
    this.surroundings = surroundings;
  }

  static String join(String parent, String name) {
    return parent.equals("/") ? "/" + name : parent + "/" + name;
  }

  /// Walks a path, following links, the last one too.
  ///
  /// @param path absolute, or relative to the command's working directory
  Lookup walk(String path) {
    String absolute =
        path.startsWith("/") ? path : surroundings.command().workingDirectory() + "/" + path;
    return new Walk().walk(absolute);
  }

  /// Opens a regular file that was found, for reading.
  Fd open(Place place) {
    return openBelow(place, OpenFlag.O_RDONLY, OpenFlag.O_NOFOLLOW, OpenFlag.O_NONBLOCK);
  }

  /// Tells whether a place is on one of the container's own mounts that has `noexec`.
  boolean forbidsExecution(Place place) {
    boolean forbidden = false;
    for (Surroundings.Mounted mount : surroundings.mounts()) {
      if (mount.target().equals(place.mount())) {
        forbidden = mount.execution() == Surroundings.Execution.FORBIDDEN;
      }
    }
    return forbidden;
  }

  private Fd openBelow(Place place, OpenFlag... flags) {
    if (place.path().equals(".")) {
      return kernel.files().openat(Fd.CWD, place.layer(), flags);
    }
    try (Fd layer = kernel.files().openat(Fd.CWD, place.layer(), OpenFlag.O_PATH)) {
      return kernel.files().openat2(layer, place.path(), OpenHow.beneath(flags));
    }
  }

  private Optional<Entry> look(Place place) {
    try (Fd fd = openBelow(place, OpenFlag.O_PATH, OpenFlag.O_NOFOLLOW)) {
      FileStatus status = kernel.attributes().stat(fd);
      boolean link = status.type() == FileType.SYMLINK;
      boolean opaque = status.isDirectory() && isOpaque(fd);
      return Optional.of(
          new Entry(
              place,
              status,
              link ? kernel.tree().readlinkat(fd, "") : "",
              opaque ? Below.HIDDEN : Below.SEEN));
    } catch (KernelException e) {
      if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR || e.errno() == Errno.ELOOP) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private boolean isOpaque(Fd directory) {
    for (String name : new String[] {"trusted.overlay.opaque", "user.overlay.opaque"}) {
      Optional<byte[]> value = kernel.xattrs().get(directory, name);
      if (value.isPresent() && value.get().length == 1 && value.get()[0] == 'y') {
        return true;
      }
    }
    return false;
  }

  private enum Below {
    SEEN,
    HIDDEN
  }

  private record Entry(Place place, FileStatus status, String target, Below below) {
    private static final Device WHITEOUT = new Device(0, 0);

    boolean isWhiteout() {
      return status.type() == FileType.CHARACTER_DEVICE && status.special().equals(WHITEOUT);
    }
  }

  /// What a path inside the root is made of: one entry, or the directories of several layers.
  private record Level(String path, List<Entry> entries) {
    Entry top() {
      return entries.getFirst();
    }
  }

  private final class Walk {
    private final List<Visit> visits = new ArrayList<>();
    private final Deque<Level> levels = new ArrayDeque<>();
    private final Deque<String> rest = new ArrayDeque<>();
    private int links;

    Lookup walk(String path) {
      List<Place> root = new ArrayList<>();
      for (String layer : surroundings.layers()) {
        root.add(new Place(layer, ".", ""));
      }
      List<Entry> entries = merge(root);
      if (entries.isEmpty()) {
        return new Lookup.Missing(visits, "/", ".");
      }
      levels.push(new Level("/", entries));
      push(path);
      while (!rest.isEmpty()) {
        Level here = levels.getFirst();
        if (!here.top().status().isDirectory()) {
          return new Lookup.Blocked(visits, here.path(), here.top().status().type());
        }
        visits.add(new Visit(here.path(), here.top().status()));
        Optional<Lookup> end = step(here, rest.pop());
        if (end.isPresent()) {
          return end.get();
        }
      }
      Level end = levels.getFirst();
      return new Lookup.Found(visits, end.path(), end.top().place(), end.top().status());
    }

    // Goes one name further, or returns how the walk ends.
    private Optional<Lookup> step(Level here, String name) {
      if (name.equals("..")) {
        if (levels.size() > 1) {
          levels.pop();
        }
        return Optional.empty();
      }
      String path = join(here.path(), name);
      Optional<Surroundings.Mounted> mount = mountAt(path);
      if (mount.isPresent() && mount.get().source().isEmpty()) {
        return Optional.of(new Lookup.Hidden(visits, path));
      }
      List<Entry> entries =
          mount.isPresent()
              ? merge(List.of(new Place(mount.get().source(), ".", path)))
              : merge(below(here, name));
      if (entries.isEmpty()) {
        return Optional.of(new Lookup.Missing(visits, here.path(), name));
      }
      if (entries.getFirst().status().type() == FileType.SYMLINK) {
        return follow(path, entries.getFirst());
      }
      levels.push(new Level(path, entries));
      return Optional.empty();
    }

    private Optional<Lookup> follow(String path, Entry link) {
      visits.add(new Visit(path, link.status()));
      links++;
      if (links > LINKS_MAX) {
        return Optional.of(new Lookup.Loop(visits, path));
      }
      while (link.target().startsWith("/") && levels.size() > 1) {
        levels.pop();
      }
      push(link.target());
      return Optional.empty();
    }

    private void push(String path) {
      String[] names = path.split("/", -1);
      for (int i = names.length - 1; i >= 0; i--) {
        if (!names[i].isEmpty() && !names[i].equals(".")) {
          rest.push(names[i]);
        }
      }
    }
  }

  private static List<Place> below(Level here, String name) {
    List<Place> places = new ArrayList<>();
    for (Entry entry : here.entries()) {
      Place place = entry.place();
      String path = place.path().equals(".") ? name : place.path() + "/" + name;
      places.add(new Place(place.layer(), path, place.mount()));
    }
    return places;
  }

  // The later mount covers the earlier.
  private Optional<Surroundings.Mounted> mountAt(String path) {
    Optional<Surroundings.Mounted> found = Optional.empty();
    for (Surroundings.Mounted mount : surroundings.mounts()) {
      if (!mount.source().equals(Surroundings.Mounted.COPIED) && mount.target().equals(path)) {
        found = Optional.of(mount);
      }
    }
    return found;
  }

  // What is seen of these places, the topmost layer first: a directory shows those below it,
  // anything else
  // hides them, and a whiteout hides itself too.
  private List<Entry> merge(List<Place> places) {
    List<Entry> entries = new ArrayList<>();
    for (Place place : places) {
      Optional<Entry> entry = look(place);
      if (entry.isEmpty()) {
        continue;
      }
      boolean directory = entry.get().status().isDirectory();
      boolean whiteout = entry.get().isWhiteout() && surroundings.layers().size() > 1;
      if (whiteout || (!directory && !entries.isEmpty())) {
        break;
      }
      entries.add(entry.get());
      if (!directory || entry.get().below() == Below.HIDDEN) {
        break;
      }
    }
    return entries;
  }
}
