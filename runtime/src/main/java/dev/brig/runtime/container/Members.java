package dev.brig.runtime.container;

import dev.brig.linux.DirectoryEntry;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.OpenFlag;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds the processes of a container: those of its pid namespace, or, if it shares the host's, the
/// descendants of its first process.
///
/// @see <a href="https://man7.org/linux/man-pages/man5/proc.5.html">proc(5)</a>
public final class Members {
  private static final int FILE_BYTES_MAX = 1 << 20;
  // What clock ticks in /proc/PID/stat are on every Linux: USER_HZ, time(7).
  private static final long TICKS_PER_SECOND = 100;

  private final Kernel kernel;

  /// Makes one that reads this machine's /proc.
  public Members(Kernel kernel) {
    this.kernel = kernel;
  }

  /// Returns the processes, by their numbers on the host. One that ends meanwhile is left out.
  public List<MemberProcess> of(Container container) {
    int init = container.processes().initPid();
    Optional<String> namespace = namespace("self");
    Optional<String> wanted = namespace(Integer.toString(init));
    boolean shared = wanted.equals(namespace);
    List<Integer> pids = new ArrayList<>();
    Map<Integer, Integer> parents = new HashMap<>();
    for (int pid : all()) {
      parents.put(pid, parent(pid));
      if (!shared && wanted.isPresent() && namespace(Integer.toString(pid)).equals(wanted)) {
        pids.add(pid);
      }
    }
    if (shared) {
      for (int pid : parents.keySet()) {
        if (descends(pid, init, parents)) {
          pids.add(pid);
        }
      }
    }
    pids.sort(null);
    List<MemberProcess> members = new ArrayList<>();
    for (int pid : pids) {
      read(pid).ifPresent(members::add);
    }
    return members;
  }

  private static boolean descends(int pid, int ancestor, Map<Integer, Integer> parents) {
    Integer at = pid;
    while (at != null && at > 1 && at != ancestor) {
      at = parents.get(at);
    }
    return at != null && at == ancestor;
  }

  private List<Integer> all() {
    List<Integer> pids = new ArrayList<>();
    try (Fd proc =
        kernel.files().openat(Fd.CWD, "/proc", OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY)) {
      for (DirectoryEntry entry : kernel.tree().list(proc)) {
        if (Character.isDigit(entry.name().charAt(0))) {
          pids.add(Integer.parseInt(entry.name()));
        }
      }
    }
    return pids;
  }

  private Optional<String> namespace(String pid) {
    try {
      return Optional.of(kernel.tree().readlinkat(Fd.CWD, "/proc/" + pid + "/ns/pid"));
    } catch (KernelException _) {
      // Another user's, or gone: no member, or one that can't be told.
      return Optional.empty();
    }
  }

  private int parent(int pid) {
    Optional<String[]> fields = stat(pid);
    return fields.isPresent() ? Integer.parseInt(fields.get()[1]) : 0;
  }

  /// Returns the fields of /proc/PID/stat after the name, the state first.
  private Optional<String[]> stat(int pid) {
    Optional<String> text = text(pid, "stat");
    int end = text.isPresent() ? text.get().lastIndexOf(')') : -1;
    return end < 0 ? Optional.empty() : Optional.of(text.get().substring(end + 2).split(" ", -1));
  }

  private Optional<MemberProcess> read(int pid) {
    Optional<String[]> stat = stat(pid);
    Optional<String> status = text(pid, "status");
    Optional<String> command = text(pid, "cmdline");
    if (stat.isEmpty() || status.isEmpty() || command.isEmpty()) {
      return Optional.empty();
    }
    String[] fields = stat.get();
    long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    int parent = Integer.parseInt(fields[1]);
    Optional<String> parentStatus = parent == 0 ? Optional.empty() : text(parent, "status");
    String[] numbers = field(status.get(), "NSpid");
    String[] above = parentStatus.isEmpty() ? new String[0] : field(parentStatus.get(), "NSpid");
    boolean inside = above.length == numbers.length;
    String line = command.get().replace('\0', ' ').strip();
    return Optional.of(
        new MemberProcess(
            inside(pid, Long.parseLong(field(status.get(), "Uid")[0])),
            Integer.parseInt(numbers[numbers.length - 1]),
            inside ? Integer.parseInt(above[above.length - 1]) : 0,
            pid,
            fields[0],
            ticks / TICKS_PER_SECOND,
            line.isEmpty() ? "[" + field(status.get(), "Name")[0] + "]" : line));
  }

  /// Returns the id inside that stands for one outside; user_namespaces(7).
  private long inside(int pid, long uid) {
    for (String line : text(pid, "uid_map").orElse("").split("\n", -1)) {
      String[] numbers = line.strip().split(" +", -1);
      if (numbers.length == 3) {
        long outside = Long.parseLong(numbers[1]);
        if (uid >= outside && uid < outside + Long.parseLong(numbers[2])) {
          return Long.parseLong(numbers[0]) + uid - outside;
        }
      }
    }
    return uid;
  }

  private static String[] field(String status, String name) {
    for (String line : status.split("\n", -1)) {
      if (line.startsWith(name + ":\t")) {
        return line.substring(name.length() + 2).split("\t", -1);
      }
    }
    return new String[] {"0"};
  }

  private Optional<String> text(int pid, String file) {
    try {
      return kernel
          .files()
          .readIfPresent(Fd.CWD, "/proc/" + pid + "/" + file, FILE_BYTES_MAX)
          .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    } catch (KernelException _) {
      // ESRCH: it has just ended.
      return Optional.empty();
    }
  }
}
