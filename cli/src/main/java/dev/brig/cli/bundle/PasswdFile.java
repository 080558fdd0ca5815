package dev.brig.cli.bundle;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The users that a root file system knows: its /etc/passwd. Lines that are not of the form are
/// passed over, as the C library does.
///
/// @param entries the users in the file's order
/// @see <a href="https://man7.org/linux/man-pages/man5/passwd.5.html">passwd(5)</a>
public record PasswdFile(List<Entry> entries) {

  /// A file without users.
  public static final PasswdFile EMPTY = new PasswdFile(List.of());

  /// Copies the list.
  public PasswdFile {
    entries = List.copyOf(entries);
  }

  /// A user.
  ///
  /// @param name the login name
  /// @param uid the user id
  /// @param gid the id of the primary group
  /// @param home the home directory, or empty
  public record Entry(String name, long uid, long gid, String home) {}

  /// Reads the file's text.
  public static PasswdFile parse(String text) {
    List<Entry> entries = new ArrayList<>();
    for (List<String> fields : ColonFile.lines(text)) {
      if (fields.size() < 4 || fields.getFirst().isEmpty()) {
        continue;
      }
      long uid = ColonFile.id(fields.get(2));
      long gid = ColonFile.id(fields.get(3));
      if (uid >= 0 && gid >= 0) {
        entries.add(new Entry(fields.getFirst(), uid, gid, fields.size() > 5 ? fields.get(5) : ""));
      }
    }
    return new PasswdFile(entries);
  }

  /// Returns the first user of this name.
  public Optional<Entry> find(String name) {
    for (Entry entry : entries) {
      if (entry.name().equals(name)) {
        return Optional.of(entry);
      }
    }
    return Optional.empty();
  }

  /// Returns the first user with this id.
  public Optional<Entry> find(long uid) {
    for (Entry entry : entries) {
      if (entry.uid() == uid) {
        return Optional.of(entry);
      }
    }
    return Optional.empty();
  }
}
