package dev.brig.linux;

import dev.brig.linux.SubordinateIds.IdRange;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads the id ranges of users from /etc/subuid and /etc/subgid.
public final class SubordinateIdReader {
  private static final int FILE_LENGTH_MAX = 16 << 20;
  private static final int X_OK = 1;

  private final Kernel kernel;
  private final List<String> searchPath;

  /// Makes a reader.
  ///
  /// @param kernel the way to the files
  /// @param searchPath where newuidmap is looked for
  public SubordinateIdReader(Kernel kernel, List<String> searchPath) {
    this.kernel = kernel;
    this.searchPath = searchPath;
  }

  /// Returns the ranges of the user of this id.
  SubordinateIds read(int uid) {
    String number = Integer.toUnsignedString(uid);
    String name = userName(uid, number);
    return new SubordinateIds(
        name,
        ranges(text("/etc/subuid"), name, number),
        ranges(text("/etc/subgid"), name, number),
        new SubordinateIds.Programs(program("newuidmap"), program("newgidmap")));
  }

  /// Returns what the root of a user namespace may map: each id that the namespace has.
  ///
  /// @param identity the root
  SubordinateIds readOfNamespace(Identity identity) {
    return new SubordinateIds(
        Integer.toUnsignedString(identity.uid()),
        others(text("/proc/self/uid_map"), Integer.toUnsignedLong(identity.euid())),
        others(text("/proc/self/gid_map"), Integer.toUnsignedLong(identity.egid())),
        new SubordinateIds.Itself());
  }

  /// Returns the ids that a map has inside, without one of them; user_namespaces(7).
  ///
  /// @param map lines of three numbers: the first id inside, the first outside, how many
  /// @param own the id that is left out
  static List<IdRange> others(String map, long own) {
    List<IdRange> ranges = new ArrayList<>();
    for (int start = 0; start < map.length(); ) {
      int newline = map.indexOf('\n', start);
      int end = newline < 0 ? map.length() : newline;
      int at = blanksEnd(map, start, end);
      int firstEnd = blanksBegin(map, at, end);
      int countBegin = map.lastIndexOf(' ', end - 1) + 1;
      if (firstEnd < countBegin) {
        long first = id(map.substring(at, firstEnd));
        long after = first + id(map.substring(countBegin, end));
        add(ranges, first, Math.min(after, own));
        add(ranges, Math.max(first, own + 1), after);
      }
      start = end + 1;
    }
    return ranges;
  }

  private static void add(List<IdRange> ranges, long first, long after) {
    if (first < after) {
      ranges.add(new IdRange(first, after - first));
    }
  }

  private static int blanksEnd(String text, int from, int end) {
    int at = from;
    while (at < end && text.charAt(at) == ' ') {
      at++;
    }
    return at;
  }

  private static int blanksBegin(String text, int from, int end) {
    int at = from;
    while (at < end && text.charAt(at) != ' ') {
      at++;
    }
    return at;
  }

  /// Returns the ranges of user ids that are given to a name.
  public List<IdRange> userRanges(String name) {
    return ranges(text("/etc/subuid"), name, name);
  }

  /// Returns the ranges of group ids that are given to a name.
  public List<IdRange> groupRanges(String name) {
    return ranges(text("/etc/subgid"), name, name);
  }

  /// Returns the ranges that a file in the format of subuid(5) gives a user, known by name or
  /// number. Lines that are not in the format are passed over, as newuidmap does.
  static List<IdRange> ranges(String file, String name, String number) {
    List<IdRange> ranges = new ArrayList<>();
    for (int start = 0; start < file.length(); ) {
      int newline = file.indexOf('\n', start);
      int end = newline < 0 ? file.length() : newline;
      addRange(file.substring(start, end), name, number, ranges);
      start = end + 1;
    }
    return ranges;
  }

  private static void addRange(String line, String name, String number, List<IdRange> ranges) {
    int first = line.indexOf(':');
    int second = line.indexOf(':', first + 1);
    if (first < 0 || second < 0) {
      return;
    }
    String owner = line.substring(0, first);
    long start = id(line.substring(first + 1, second));
    long count = id(line.substring(second + 1));
    if ((owner.equals(name) || owner.equals(number)) && start >= 0 && count > 0) {
      ranges.add(new IdRange(start, count));
    }
  }

  private static long id(String text) {
    try {
      return Long.parseLong(text.strip());
    } catch (NumberFormatException _) {
      return -1;
    }
  }

  // The C library knows users that are in no file, of LDAP for example; loading jnr-posix to ask it
  // takes longer than all else that brig does, so the file is asked first.
  private String userName(int uid, String number) {
    String name = nameIn(text("/etc/passwd"), number);
    return name.isEmpty() ? UserDatabase.name(uid).orElse(number) : name;
  }

  /// Returns the name that a file in the format of passwd(5) gives a user number, or the empty
  /// string.
  static String nameIn(String passwd, String number) {
    for (int start = 0; start < passwd.length(); ) {
      int newline = passwd.indexOf('\n', start);
      int end = newline < 0 ? passwd.length() : newline;
      int name = passwd.indexOf(':', start);
      int password = name < 0 ? -1 : passwd.indexOf(':', name + 1);
      if (password >= 0 && password < end && passwd.startsWith(number + ":", password + 1)) {
        return passwd.substring(start, name);
      }
      start = end + 1;
    }
    return "";
  }

  private String program(String name) {
    for (String directory : searchPath) {
      String path = directory + "/" + name;
      if (directory.startsWith("/") && kernel.attributes().mayAccess(path, X_OK)) {
        return path;
      }
    }
    return "";
  }

  private String text(String path) {
    Optional<byte[]> bytes = kernel.files().readIfPresent(Fd.CWD, path, FILE_LENGTH_MAX);
    return bytes.isEmpty() ? "" : new String(bytes.get(), StandardCharsets.UTF_8);
  }
}
