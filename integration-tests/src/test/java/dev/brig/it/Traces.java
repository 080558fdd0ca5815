package dev.brig.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// What belongs to one root of brig on this machine: mounts, files, cgroups, processes, and network
/// namespaces. Another brig's are not looked at, so that tests and users may run beside each other.
///
/// What belongs to the root is known by the root's path, which is in the environment of each of its
/// programs and in the mounts of each of its containers, and by the identifiers of all containers
/// that it has had since this was made.
final class Traces implements AutoCloseable {
  private static final int ROUNDS_MAX = 400;
  private static final int PAUSE_MILLIS = 25;

  private final Path root;
  private final WatchService watch;
  private final Set<String> ids = ConcurrentHashMap.newKeySet();
  private final Map<String, Long> networks = new ConcurrentHashMap<>();
  private volatile boolean incomplete;

  private Traces(Path root, WatchService watch) {
    this.root = root;
    this.watch = watch;
  }

  /// Begins to note the containers of a root.
  ///
  /// @param brig how brig is called for it
  /// @param root its directory
  static Traces of(Brig brig, Path root) throws IOException, InterruptedException {
    Brig.Ended ended = brig.run("ps");
    if (ended.status() != 0) {
      throw new AssertionError(ended.err());
    }
    Path running = root.resolve("run/containers");
    Traces traces = new Traces(root, running.getFileSystem().newWatchService());
    // Whoever makes a container makes its entry here first.
    running.register(traces.watch, StandardWatchEventKinds.ENTRY_CREATE);
    Thread.ofPlatform().daemon().name("ids").start(traces::note);
    return traces;
  }

  private void note() {
    try {
      while (true) {
        WatchKey key = watch.take();
        for (WatchEvent<?> event : key.pollEvents()) {
          if (event.context() instanceof Path name) {
            ids.add(name.toString());
          } else {
            incomplete = true;
          }
        }
        key.reset();
      }
    } catch (ClosedWatchServiceException | InterruptedException _) {
      // The test is over.
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    watch.close();
  }

  /// Returns what is there now and was not before, after what ends in the background had a moment:
  /// the removal of a tree, of a network namespace.
  ///
  /// @param before what [#look] returned
  List<String> since(List<String> before) throws IOException, InterruptedException {
    List<String> left = List.of();
    for (int round = 0; round < ROUNDS_MAX; round++) {
      left = new ArrayList<>(look());
      left.removeAll(before);
      if (left.isEmpty()) {
        break;
      }
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    }
    if (incomplete) {
      left.add("some identifiers of containers were missed");
    }
    return left;
  }

  /// Returns what is there now, a line each.
  List<String> look() throws IOException {
    List<String> found = new ArrayList<>();
    for (String line : lines(Path.of("/proc/self/mountinfo"))) {
      if (isOurs(line)) {
        found.add("mount " + line);
      }
    }
    files(root, 0, found);
    cgroups(found);
    processes(found);
    return found;
  }

  private boolean isOurs(String text) {
    if (text.contains(root.toString())) {
      return true;
    }
    for (String id : ids) {
      if (text.contains(id)) {
        return true;
      }
    }
    return false;
  }

  /// The tree, without the inside of a container, and of the image store only what is temporary.
  private void files(Path directory, int depth, List<String> found) throws IOException {
    Path images = root.resolve("images");
    for (Path path : entries(directory)) {
      boolean stored = path.startsWith(images) && !path.startsWith(images.resolve("tmp"));
      if (!stored && !path.equals(images.resolve("tmp"))) {
        found.add("file " + path);
      }
      boolean whole =
          (stored && !path.equals(images))
              || (path.startsWith(root.resolve("containers")) && depth > 0);
      if (!whole && depth < 3 && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        files(path, depth + 1, found);
      }
    }
  }

  private static List<Path> entries(Path directory) throws IOException {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(entries::add);
    } catch (IOException e) {
      if (Files.exists(directory)) {
        throw e;
      }
    }
    return entries;
  }

  private void cgroups(List<String> found) throws IOException {
    Files.walkFileTree(
        Path.of("/sys/fs/cgroup"),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
            if (ids.contains(path.getFileName().toString())) {
              found.add("cgroup " + path);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            // Somebody else's, gone meanwhile.
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private void processes(List<String> found) throws IOException {
    String own = link(Path.of("/proc/self/ns/net"));
    for (Path process : entries(Path.of("/proc"))) {
      String pid = process.getFileName().toString();
      if (!pid.chars().allMatch(Character::isDigit) || pid.equals(ownPid())) {
        continue;
      }
      String network = link(process.resolve("ns/net"));
      if (isOursRunning(process)) {
        found.add("process " + pid + " " + text(process.resolve("cmdline")).replace('\0', ' '));
        if (!network.equals(own) && !network.isEmpty()) {
          networks.merge(network, started(process), Math::max);
        }
      } else if (isHeldBy(process, network)) {
        found.add("network namespace " + network + " of process " + pid);
      }
      for (Path fd : networks.isEmpty() ? List.<Path>of() : readable(process.resolve("fd"))) {
        if (isHeldBy(process, link(fd))) {
          found.add("network namespace " + link(fd) + " held by " + fd);
        }
      }
    }
  }

  /// The number of a namespace that has ended is given to the next one. So what holds one of ours
  /// is there at the latest when its last process is, and is no program of another brig.
  private boolean isHeldBy(Path process, String network) {
    Long latest = networks.get(network);
    return latest != null
        && started(process) <= latest
        && !("\0" + text(process.resolve("environ"))).contains("\0BRIG_ROOT=");
  }

  // proc_pid_stat(5): the 22nd field, in clock ticks since boot. The second is in parentheses and
  // may
  // hold any character.
  private static long started(Path process) {
    String stat = text(process.resolve("stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
    return fields.length > 19 ? Long.parseLong(fields[19]) : Long.MAX_VALUE;
  }

  /// A program of brig's has the root in its environment, also while it is the container's half; a
  /// container's process lives in its mounts, and in its cgroups.
  private boolean isOursRunning(Path process) {
    String environment = "\0" + text(process.resolve("environ"));
    return environment.contains("\0BRIG_ROOT=" + root + "\0")
        || isOurs(text(process.resolve("mountinfo")))
        || isOurs(text(process.resolve("cgroup")));
  }

  private static String ownPid() {
    return Long.toString(ProcessHandle.current().pid());
  }

  private static List<Path> readable(Path directory) {
    try {
      return entries(directory);
    } catch (IOException _) {
      // It has ended, or is one that even root can't look into.
      return List.of();
    }
  }

  private static String link(Path path) {
    try {
      return Files.readSymbolicLink(path).toString();
    } catch (IOException _) {
      return "";
    }
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), ISO_8859_1);
    } catch (IOException _) {
      // It has ended.
      return "";
    }
  }

  private static Set<String> lines(Path file) {
    try {
      return new TreeSet<>(Files.readAllLines(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
