package dev.brig.image.layer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What a layer asks for and does not get, counted, so that it can be said once and in words.
public final class Losses {
  private final Map<Kind, Integer> counts = new TreeMap<>();
  private final Map<Kind, String> examples = new TreeMap<>();

  /// The kinds of thing that can get lost.
  public enum Kind {
    /// A file that belongs to the caller and not to whom the layer says.
    OWNER("keep no owner of their own: an ordinary user cannot give files away"),
    /// A file whose owner or group the user namespace does not have.
    UNMAPPED("belong to ids beyond your ranges in /etc/subuid and /etc/subgid: root's instead"),
    /// A device node that was not made.
    DEVICE("are device nodes, which only root can make: left out"),
    /// An extended attribute that could not be set.
    XATTR("have extended attributes that cannot be set here: left out"),
    /// An extended attribute or a device by which a layer would have talked to overlayfs.
    OVERLAY("carry overlayfs's own marks, by which a layer could hide or move files: left out");

    private final String text;

    Kind(String text) {
      this.text = text;
    }
  }

  /// Makes an empty account.
  public Losses() {}

  void add(Kind kind, String path) {
    counts.merge(kind, 1, Integer::sum);
    examples.putIfAbsent(kind, path);
  }

  /// Adds another layer's losses.
  public void addAll(Losses others) {
    for (Map.Entry<Kind, Integer> entry : others.counts.entrySet()) {
      counts.merge(entry.getKey(), entry.getValue(), Integer::sum);
      examples.putIfAbsent(entry.getKey(), others.examples.getOrDefault(entry.getKey(), ""));
    }
  }

  /// Returns how many files lost something of a kind.
  public int count(Kind kind) {
    return counts.getOrDefault(kind, 0);
  }

  /// Returns a line for each kind of loss, none if nothing got lost.
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (Map.Entry<Kind, Integer> entry : counts.entrySet()) {
      Kind kind = entry.getKey();
      String example = examples.getOrDefault(kind, "");
      lines.add(entry.getValue() + " files (\"" + example + "\"…) " + kind.text);
    }
    return lines;
  }
}
