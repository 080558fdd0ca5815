package dev.brig.cli.bundle;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The groups that a root file system knows: its /etc/group. Lines that are not of the form are
/// passed over.
///
/// @param entries the groups in the file's order
/// @see <a href="https://man7.org/linux/man-pages/man5/group.5.html">group(5)</a>
public record GroupFile(List<Entry> entries) {

  /// A file without groups.
  public static final GroupFile EMPTY = new GroupFile(List.of());

  /// Copies the list.
  public GroupFile {
    entries = List.copyOf(entries);
  }

  /// A group.
  ///
  /// @param name the group's name
  /// @param gid the group id
  /// @param members the names of users who have it beside their primary group
  public record Entry(String name, long gid, List<String> members) {
    /// Copies the list.
    public Entry {
      members = List.copyOf(members);
    }
  }

  /// Reads the file's text.
  public static GroupFile parse(String text) {
    List<Entry> entries = new ArrayList<>();
    for (List<String> fields : ColonFile.lines(text)) {
      if (fields.size() < 3 || fields.getFirst().isEmpty()) {
        continue;
      }
      long gid = ColonFile.id(fields.get(2));
      if (gid >= 0) {
        String members = fields.size() > 3 ? fields.get(3) : "";
        entries.add(new Entry(fields.getFirst(), gid, ColonFile.split(members, ',')));
      }
    }
    return new GroupFile(entries);
  }

  /// Returns the first group of this name.
  public Optional<Entry> find(String name) {
    for (Entry entry : entries) {
      if (entry.name().equals(name)) {
        return Optional.of(entry);
      }
    }
    return Optional.empty();
  }

  /// Returns the ids of the groups that list the user, each once, in the file's order.
  public List<Long> groupsOf(String user) {
    List<Long> gids = new ArrayList<>();
    for (Entry entry : entries) {
      if (entry.members().contains(user) && !gids.contains(entry.gid())) {
        gids.add(entry.gid());
      }
    }
    return gids;
  }
}
