package dev.brig.cli.bundle;

import dev.brig.error.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Finds out who `--user`, or the image's user, is: by the files of the container's own root.
///
/// A name must be there. A number need not: it stands for itself, with group 0 and no home. Without
/// a group in the option, the user also has the groups that list it; with one, only that.
///
/// @param passwd the users
/// @param group the groups
public record UserLookup(PasswdFile passwd, GroupFile group) {

  /// A user as the kernel needs it.
  ///
  /// @param uid the user id
  /// @param gid the group id
  /// @param groups the supplementary groups
  /// @param home the home directory
  public record Identity(long uid, long gid, List<Long> groups, String home) {
    /// Copies the list.
    public Identity {
      groups = List.copyOf(groups);
    }
  }

  /// Returns who the text means.
  ///
  /// @param text `NAME|UID[:GROUP|GID]`, or empty for user 0
  /// @param more names or ids of further groups
  /// @throws UsageException naming the user or the group that is not there
  public Identity resolve(String text, List<String> more) {
    int colon = text.indexOf(':');
    String user = colon < 0 ? text : text.substring(0, colon);
    String chosenGroup = colon < 0 ? "" : text.substring(colon + 1);
    Optional<PasswdFile.Entry> entry = entry(user.isEmpty() ? "0" : user, text);
    long uid = entry.isPresent() ? entry.get().uid() : ColonFile.id(user);
    long gid = entry.isPresent() ? entry.get().gid() : 0;
    List<Long> groups = new ArrayList<>();
    if (!chosenGroup.isEmpty()) {
      gid = gid("user " + text, chosenGroup);
    } else if (entry.isPresent()) {
      groups.addAll(group.groupsOf(entry.get().name()));
    }
    for (String name : more) {
      Long further = gid("--group-add " + name, name);
      if (!groups.contains(further)) {
        groups.add(further);
      }
    }
    String home = entry.isPresent() ? entry.get().home() : "";
    return new Identity(Math.max(uid, 0), gid, groups, home.isEmpty() ? "/" : home);
  }

  private Optional<PasswdFile.Entry> entry(String user, String text) {
    // A number is never taken for a name, whatever an image calls its users.
    if (ColonFile.isNumber(user)) {
      return passwd.find(id("user " + text, user));
    }
    Optional<PasswdFile.Entry> named = passwd.find(user);
    if (named.isPresent()) {
      return named;
    }
    throw new UsageException(
        "user " + text,
        "the image's /etc/passwd has no user \"" + user + "\"",
        passwd.entries().isEmpty()
            ? "the image has no users by name: give a number (--user 1000)"
            : "give a number, or a name that is there: brig run --rm IMAGE cat /etc/passwd");
  }

  private static long id(String subject, String number) {
    long id = ColonFile.id(number);
    if (id < 0) {
      throw new UsageException(subject, number + " is no id that Linux has: 0 to 4294967294", "");
    }
    return id;
  }

  private long gid(String subject, String name) {
    if (ColonFile.isNumber(name)) {
      return id(subject, name);
    }
    Optional<GroupFile.Entry> entry = group.find(name);
    long gid = entry.isPresent() ? entry.get().gid() : -1;
    if (gid < 0) {
      throw new UsageException(subject, "the image's /etc/group has no group \"" + name + "\"", "");
    }
    return gid;
  }
}
