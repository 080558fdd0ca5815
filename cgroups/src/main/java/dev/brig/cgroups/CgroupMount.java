package dev.brig.cgroups;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A mounted cgroup hierarchy, as a line of /proc/PID/mountinfo tells it.
///
/// @param version its interface
/// @param root the cgroup that is visible at the mount point
/// @param mountPoint where it is mounted
/// @param readOnly whether the mount or the file system is read-only
/// @param names a v1 hierarchy's controllers by their kernel names, comma-separated, or `name=…`
///   for one without controllers
/// @param controllers those that brig knows
/// @see <a
///   href="https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html">proc_pid_mountinfo(5)</a>
record CgroupMount(
    Version version,
    String root,
    Path mountPoint,
    Mode readOnly,
    String names,
    List<Controller> controllers) {

  private static final String SYSTEMD = "name=systemd";

  /// Whether a mount can be written to.
  enum Mode {
    /// `rw`.
    READ_WRITE,
    /// `ro`.
    READ_ONLY
  }

  /// Returns the cgroup mounts in a mountinfo file, each hierarchy once (the first mount that has
  /// it), the unified one last. v1 hierarchies without controllers are left out, but systemd's.
  static List<CgroupMount> parse(String text) {
    List<CgroupMount> found = new ArrayList<>();
    List<CgroupMount> unified = new ArrayList<>();
    int start = 0;
    while (start < text.length()) {
      int end = text.indexOf('\n', start);
      if (end < 0) {
        end = text.length();
      }
      // Most lines are not about cgroups; look before splitting.
      int separator = text.indexOf(" - cgroup", start);
      if (separator < 0) {
        break;
      }
      if (separator < end) {
        add(text.substring(start, end), separator - start, found, unified);
      }
      start = end + 1;
    }
    found.addAll(unified);
    return found;
  }

  private static void add(
      String line, int separator, List<CgroupMount> found, List<CgroupMount> unified) {
    String[] front = fields(line, 0, separator, 6);
    String[] back = fields(line, separator + 3, line.length(), 3);
    if (front.length < 6 || back.length < 3) {
      return;
    }
    Version version;
    String names = "";
    switch (back[0]) {
      case "cgroup" -> {
        version = Version.V1;
        names = named(back[2]);
        if (names.isEmpty() && option(back[2], SYSTEMD)) {
          names = SYSTEMD;
        }
      }
      case "cgroup2" -> version = Version.V2;
      default -> {
        return;
      }
    }
    List<CgroupMount> list = version == Version.V1 ? found : unified;
    List<Controller> controllers = Controller.parse(names, ',', version);
    boolean useless = version == Version.V1 && names.isEmpty();
    for (CgroupMount mount : list) {
      useless |= mount.names.equals(names);
    }
    if (!useless) {
      Mode mode =
          option(front[5], "ro") || option(back[2], "ro") ? Mode.READ_ONLY : Mode.READ_WRITE;
      list.add(
          new CgroupMount(
              version, unescape(front[3]), Path.of(unescape(front[4])), mode, names, controllers));
    }
  }

  /// Returns the directory of the process's own cgroup below this mount point, or the mount point
  /// if the mount doesn't show it.
  Path home(List<OwnCgroup> own) {
    for (OwnCgroup cgroup : own) {
      if (!cgroup.names().equals(names)) {
        continue;
      }
      String path = cgroup.path();
      String prefix = root.equals("/") ? "" : root;
      if (path.startsWith(prefix + "/") && !path.startsWith("/..")) {
        return mountPoint.resolve(path.substring(prefix.length() + 1));
      }
    }
    return mountPoint;
  }

  /// Returns the names of controllers among a v1 file system's options, which also has rw, xattr,
  /// release_agent=… and the like.
  private static String named(String options) {
    StringBuilder names = new StringBuilder();
    int start = 0;
    while (start < options.length()) {
      int end = options.indexOf(',', start);
      if (end < 0) {
        end = options.length();
      }
      String option = options.substring(start, end);
      if (isController(option)) {
        names.append(names.isEmpty() ? "" : ",").append(option);
      }
      start = end + 1;
    }
    return names.toString();
  }

  private static boolean isController(String option) {
    return switch (option) {
      case "rw",
          "ro",
          "all",
          "none",
          "noprefix",
          "clone_children",
          "cpuset_v2_mode",
          "xattr",
          "favordynmods" ->
          false;
      default -> !option.startsWith("release_agent=") && !option.startsWith("name=");
    };
  }

  private static boolean option(String options, String wanted) {
    return ("," + options + ",").contains("," + wanted + ",");
  }

  /// Returns the first `count` fields between two positions, separated by single spaces.
  private static String[] fields(String line, int start, int end, int count) {
    List<String> fields = new ArrayList<>(count);
    int at = start;
    while (at < end && fields.size() < count) {
      int space = line.indexOf(' ', at);
      if (space < 0 || space > end) {
        space = end;
      }
      fields.add(line.substring(at, space));
      at = space + 1;
    }
    return fields.toArray(new String[0]);
  }

  /// Undoes the kernel's octal escapes of space, tab, newline and backslash.
  private static String unescape(String text) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    StringBuilder plain = new StringBuilder();
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c == '\\' && i + 3 < text.length()) {
        plain.append((char) Integer.parseInt(text, i + 1, i + 4, 8));
        i += 4;
      } else {
        plain.append(c);
        i++;
      }
    }
    return plain.toString();
  }
}
