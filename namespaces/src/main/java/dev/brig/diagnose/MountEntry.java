package dev.brig.diagnose;

import java.util.ArrayList;
import java.util.List;

/// A line of /proc/PID/mountinfo.
///
/// @param device the filesystem's device, `MAJOR:MINOR`
/// @param root what of the filesystem is seen
/// @param target where it is mounted
/// @param options the mount's own options, separated by commas
/// @param type the filesystem's type
/// @param source the filesystem's source
/// @param superOptions the filesystem's options, separated by commas
/// @see <a
///   href="https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html">proc_pid_mountinfo(5)</a>
public record MountEntry(
    String device,
    String root,
    String target,
    String options,
    String type,
    String source,
    String superOptions) {

  /// Returns the mounts of a whole file; lines that are none are passed over.
  public static List<MountEntry> parse(String mountinfo) {
    List<MountEntry> entries = new ArrayList<>();
    for (String line : mountinfo.split("\n", -1)) {
      int dash = line.indexOf(" - ");
      if (dash < 0) {
        continue;
      }
      String[] own = line.substring(0, dash).split(" ", -1);
      String[] filesystem = line.substring(dash + 3).split(" ", -1);
      if (own.length >= 6 && filesystem.length >= 3) {
        entries.add(
            new MountEntry(
                own[2],
                unescape(own[3]),
                unescape(own[4]),
                own[5],
                filesystem[0],
                unescape(filesystem[1]),
                unescape(filesystem[2])));
      }
    }
    return entries;
  }

  /// Tells whether the mount has an option, `noexec` for example.
  public boolean has(String option) {
    return List.of(options.split(",", -1)).contains(option);
  }

  /// Tells whether this is mounted at a path or below it.
  boolean isAtOrBelow(String path) {
    return target.equals(path) || target.startsWith(path.equals("/") ? "/" : path + "/");
  }

  /// Returns the mount among these that a path of the host is on: the last of the longest.
  public static MountEntry of(String path, List<MountEntry> mounts) {
    MountEntry best = new MountEntry("", "/", "/", "", "", "", "");
    for (MountEntry mount : mounts) {
      boolean covers = path.equals(mount.target) || path.startsWith(withSlash(mount.target));
      if (covers && mount.target.length() >= best.target.length()) {
        best = mount;
      }
    }
    return best;
  }

  private static String withSlash(String target) {
    return target.equals("/") ? "/" : target + "/";
  }

  // Space, tab, newline and backslash are written as three octal digits.
  private static String unescape(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '\\' && i + 3 < text.length() && isOctal(text, i + 1)) {
        out.append((char) Integer.parseInt(text.substring(i + 1, i + 4), 8));
        i += 3;
      } else {
        out.append(text.charAt(i));
      }
    }
    return out.toString();
  }

  private static boolean isOctal(String text, int at) {
    for (int i = at; i < at + 3; i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '7') {
        return false;
      }
    }
    return true;
  }
}
