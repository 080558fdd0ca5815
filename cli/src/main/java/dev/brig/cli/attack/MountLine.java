package dev.brig.cli.attack;

import java.util.ArrayList;
import java.util.List;

/// A line of /proc/PID/mountinfo.
///
/// @param device the file system's device, `MAJOR:MINOR`
/// @param root what of the file system is mounted
/// @param point where, in the process's root
/// @param options the mount's options
/// @param type the file system's type
/// @see <a
///   href="https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html">proc_pid_mountinfo(5)</a>
record MountLine(String device, String root, String point, List<String> options, String type) {
  MountLine {
    options = List.copyOf(options);
  }

  /// Returns the lines of a file; one of another form is left out.
  static List<MountLine> parse(String text) {
    List<MountLine> lines = new ArrayList<>();
    for (String line : text.split("\n", -1)) {
      int dash = line.indexOf(" - ");
      String[] front = line.substring(0, Math.max(0, dash)).split(" ", -1);
      if (dash > 0 && front.length >= 6) {
        String[] back = line.substring(dash + 3).split(" ", -1);
        List<String> options = List.of(front[5].split(",", -1));
        lines.add(new MountLine(front[2], plain(front[3]), plain(front[4]), options, back[0]));
      }
    }
    return lines;
  }

  /// Tells whether nothing can be written through this mount.
  boolean isReadOnly() {
    return options.contains("ro");
  }

  // The kernel writes blanks in octal.
  private static String plain(String path) {
    return path.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\");
  }
}
