package dev.brig.cgroups;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// What the event files of a container held when it ended, as the supervising program wrote them
/// down.
///
/// The text is, for each file, a line of two equal signs, a space and the file's path, then what
/// the file held, a newline included:
///
/// ```
/// == /sys/fs/cgroup/pids/brig/ID/pids.events
/// max 3
/// == /sys/fs/cgroup/memory/brig/ID/memory.oom_control
/// oom_kill_disable 0
/// under_oom 0
/// oom_kill 1
/// ```
///
/// No file of a cgroup has a line that starts with an equal sign. A file that couldn't be read has
/// a header and nothing else.
///
/// @param contents what each file held, by path
public record EventDump(Map<Path, String> contents) {
  /// What the supervising program writes before each path.
  public static final String HEADER = "== ";

  /// Copies the map, keeping its order.
  public EventDump {
    contents = Collections.unmodifiableMap(new LinkedHashMap<>(contents));
  }

  /// Reads a dump. Text before the first header is left out, and so is a header that was cut off.
  public static EventDump parse(String text) {
    Map<Path, String> contents = new LinkedHashMap<>();
    Path file = Path.of("");
    StringBuilder content = new StringBuilder();
    int start = 0;
    while (start < text.length()) {
      int end = text.indexOf('\n', start);
      if (end < 0) {
        break;
      }
      if (text.startsWith(HEADER, start)) {
        keep(file, content, contents);
        file = Path.of(text.substring(start + HEADER.length(), end));
      } else {
        content.append(text, start, end + 1);
      }
      start = end + 1;
    }
    keep(file, content, contents);
    return new EventDump(contents);
  }

  private static void keep(Path file, StringBuilder content, Map<Path, String> contents) {
    if (!file.toString().isEmpty()) {
      contents.put(file, content.toString());
    }
    content.setLength(0);
  }

  /// Returns the largest number after a key in the files of this name, or `absent`.
  ///
  /// There may be two of a name: on a hybrid host cpu.stat of the v1 controller, and that of the
  /// unified hierarchy, which has fewer lines.
  ///
  /// @param name the file's name, `memory.events`
  /// @param key the first word of the line, or empty for a file that is one number
  /// @param absent what to return if there is no such file, line or number
  public long number(String name, String key, long absent) {
    long largest = Long.MIN_VALUE;
    for (Map.Entry<Path, String> entry : contents.entrySet()) {
      if (entry.getKey().endsWith(name)) {
        largest = Math.max(largest, FlatFile.number(entry.getValue(), key, Long.MIN_VALUE));
      }
    }
    return largest == Long.MIN_VALUE ? absent : largest;
  }
}
