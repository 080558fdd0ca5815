package dev.brig.image.build;

import dev.brig.image.build.Heredoc.Expansion;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Takes a build file apart: directives, comments, continued lines, documents.
///
/// @see <a href="https://docs.docker.com/reference/dockerfile/#format">format</a>
final class LineReader {
  private static final Set<String> WITH_DOCUMENTS = Set.of("RUN", "COPY", "ADD");

  private final String file;
  private final List<String> lines;
  private char escape = '\\';
  private int next;

  private LineReader(String file, String text) {
    this.file = file;
    String whole = text.startsWith("\ufeff") ? text.substring(1) : text;
    List<String> split = new ArrayList<>();
    for (String line : whole.split("\n", -1)) {
      split.add(line.endsWith("\r") ? line.substring(0, line.length() - 1) : line);
    }
    this.lines = split;
  }

  /// What a file has in it.
  ///
  /// @param lines its instructions
  /// @param escape the character that continues lines and takes the meaning from others
  record Lines(List<LogicalLine> lines, char escape) {
    Lines {
      lines = List.copyOf(lines);
    }
  }

  /// Takes a file apart.
  ///
  /// @param file its name, for messages
  /// @param text its contents
  /// @throws dev.brig.error.UsageException if a directive is wrong or a document has no end
  static Lines read(String file, String text) {
    LineReader reader = new LineReader(file, text);
    reader.directives();
    List<LogicalLine> found = new ArrayList<>();
    while (reader.next < reader.lines.size()) {
      String line = reader.lines.get(reader.next).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        reader.next++;
      } else {
        found.add(reader.logical());
      }
    }
    return new Lines(found, reader.escape);
  }

  // Only the very first lines can be directives. "syntax" names a front end, of which brig has one.
  private void directives() {
    List<String> seen = new ArrayList<>();
    while (next < lines.size()) {
      String line = lines.get(next).strip();
      int equals = line.indexOf('=');
      if (!line.startsWith("#") || equals < 0) {
        return;
      }
      String name = line.substring(1, equals).strip().toLowerCase(Locale.ROOT);
      if (!Set.of("syntax", "escape", "check").contains(name)) {
        return;
      }
      Place place = new Place(file, next + 1);
      if (seen.contains(name)) {
        throw place.wrong("the directive " + name + " is there twice", "remove one of them");
      }
      seen.add(name);
      if (name.equals("escape")) {
        escape = escape(place, line.substring(equals + 1).strip());
      }
      next++;
    }
  }

  private static char escape(Place place, String value) {
    if (!value.equals("\\") && !value.equals("`")) {
      throw place.wrong(
          "\"" + value + "\" can't be the escape character", "write # escape=\\ or # escape=`");
    }
    return value.charAt(0);
  }

  private LogicalLine logical() {
    Place place = new Place(file, next + 1);
    StringBuilder text = new StringBuilder();
    boolean continued = true;
    while (continued && next < lines.size()) {
      String line = lines.get(next);
      next++;
      // A comment or an empty line between the parts of an instruction is not a part of it.
      if (!text.isEmpty() && isSkipped(line)) {
        continue;
      }
      int end = continuation(line);
      continued = end >= 0;
      text.append(continued ? line.substring(0, end) : line);
    }
    LogicalLine bare = new LogicalLine(place, text.toString().strip(), List.of());
    return new LogicalLine(place, bare.text(), documents(bare));
  }

  private static boolean isSkipped(String line) {
    String stripped = line.strip();
    return stripped.isEmpty() || stripped.startsWith("#");
  }

  /// Returns where the escape character that continues a line stands, or -1: at the end, blanks
  /// behind it not counted, and not after another one.
  private int continuation(String line) {
    int at = line.length() - 1;
    while (at >= 0 && (line.charAt(at) == ' ' || line.charAt(at) == '\t')) {
      at--;
    }
    boolean found = at >= 0 && line.charAt(at) == escape;
    boolean escaped = at >= 1 && line.charAt(at - 1) == escape;
    return found && !escaped ? at : -1;
  }

  private List<Heredoc> documents(LogicalLine line) {
    String keyword = line.keyword().toUpperCase(Locale.ROOT);
    LogicalLine inner =
        keyword.equals("ONBUILD") ? new LogicalLine(line.place(), line.rest(), List.of()) : line;
    if (!WITH_DOCUMENTS.contains(inner.keyword().toUpperCase(Locale.ROOT))
        || Flags.of(inner.place(), inner.rest()).rest().startsWith("[")) {
      return List.of();
    }
    List<Heredoc> documents = new ArrayList<>();
    for (String word : ShellWords.raw(inner.rest(), escape)) {
      int at = 0;
      while (at < word.length() && Character.isDigit(word.charAt(at))) {
        at++;
      }
      boolean tabs = word.startsWith("<<-", at);
      String name = word.startsWith("<<", at) ? word.substring(at + (tabs ? 3 : 2)) : "";
      if (name.isEmpty() || name.indexOf('<') >= 0) {
        continue;
      }
      documents.add(document(line.place(), word, name, tabs ? Tabs.REMOVED : Tabs.KEPT));
    }
    return documents;
  }

  private enum Tabs {
    KEPT,
    REMOVED
  }

  private Heredoc document(Place place, String word, String quoted, Tabs tabs) {
    String name = ShellWords.unquoted(quoted, escape);
    Expansion expansion = name.equals(quoted) ? Expansion.EXPANDED : Expansion.LITERAL;
    StringBuilder text = new StringBuilder();
    while (next < lines.size()) {
      String line = lines.get(next);
      next++;
      String shown = tabs == Tabs.REMOVED ? withoutTabs(line) : line;
      if (shown.equals(name)) {
        return new Heredoc(name, word, text.toString(), expansion);
      }
      text.append(shown).append('\n');
    }
    throw place.wrong(
        "the document " + word + " has no end",
        "put a line with nothing but " + name + " below it");
  }

  private static String withoutTabs(String line) {
    int at = 0;
    while (at < line.length() && line.charAt(at) == '\t') {
      at++;
    }
    return line.substring(at);
  }
}
