package dev.brig.cgroups;

import dev.brig.linux.Errno;
import dev.brig.linux.KernelException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Files that are only text in memory, and a record of what was done to them.
final class TextCgroupFs implements CgroupFs {
  private final Map<Path, String> files = new LinkedHashMap<>();
  private final Set<Path> locked = new LinkedHashSet<>();
  private final List<String> deeds = new ArrayList<>();

  /// Adds a file, and with it the directories above.
  TextCgroupFs with(String path, String text) {
    files.put(Path.of(path), text);
    return this;
  }

  /// Makes a path and everything below it read-only to this user.
  TextCgroupFs locked(String path) {
    locked.add(Path.of(path));
    return this;
  }

  /// Makes a path below a locked one writable again.
  TextCgroupFs unlocked(String path) {
    files.putIfAbsent(Path.of(path), "");
    unlocked.add(Path.of(path));
    return this;
  }

  private final Set<Path> unlocked = new LinkedHashSet<>();
  private final Map<Path, String> onKill = new LinkedHashMap<>();

  /// Changes a file when the first process is killed.
  TextCgroupFs appearingOnKill(String path, String text) {
    onKill.put(Path.of(path), text);
    return this;
  }

  /// Returns what was done, a line each.
  List<String> deeds() {
    return deeds;
  }

  @Override
  public String read(Path file) {
    String text = files.get(file.normalize());
    if (text == null) {
      throw new KernelException("read " + file, "read(\"" + file + "\")", Errno.ENOENT, "");
    }
    return text;
  }

  @Override
  public String readIfThere(Path file) {
    return files.getOrDefault(file, "");
  }

  @Override
  public void write(Path file, String value) {
    deeds.add("write " + file + " " + value);
    files.put(file, value);
  }

  @Override
  public void makeDirectory(Path directory) {
    deeds.add("mkdir " + directory);
    files.put(directory, "");
  }

  @Override
  public void removeDirectory(Path directory) {
    deeds.add("rmdir " + directory);
    files.keySet().removeIf(path -> path.startsWith(directory));
  }

  @Override
  public List<String> list(Path directory) {
    Set<String> names = new LinkedHashSet<>();
    for (Path path : files.keySet()) {
      if (path.startsWith(directory) && !path.equals(directory)) {
        names.add(path.getName(directory.getNameCount()).toString());
      }
    }
    return List.copyOf(names);
  }

  @Override
  public boolean exists(Path path) {
    for (Path file : files.keySet()) {
      if (file.startsWith(path)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean isWritable(Path path) {
    for (Path open : unlocked) {
      if (path.equals(open)) {
        return true;
      }
    }
    for (Path closed : locked) {
      if (path.startsWith(closed)) {
        return false;
      }
    }
    return exists(path);
  }

  @Override
  public List<String> directories(Path directory) {
    List<String> names = new ArrayList<>();
    for (String name : list(directory)) {
      if (!list(directory.resolve(name)).isEmpty()) {
        names.add(name);
      }
    }
    return names;
  }

  @Override
  public boolean await(Path file, String line, long timeoutMillis) {
    deeds.add("await " + file + " " + line);
    return readIfThere(file).contains(line);
  }

  @Override
  public void pause(long millis) {
    deeds.add("pause " + millis);
  }

  @Override
  public void kill(int pid, Path cgroup) {
    deeds.add("kill " + pid);
    files.putAll(onKill);
    onKill.clear();
  }
}
