package dev.brig.cli.output;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Rows of a list as a user's `--format` wants them: a line each, or, where the template begins
/// with the word `table`, below headings, as docker and podman have it.
public final class Listing {
  private static final String TABLE = "table ";

  private Listing() {}

  /// Tells whether a format is that of a list without any: none, or `table` alone.
  public static boolean isUsual(String format) {
    return format.isEmpty() || format.strip().equals(TABLE.strip());
  }

  /// Returns the text of a list.
  ///
  /// @param format the value of `--format`
  /// @param fields the fields that there are, each with what stands above it in a table
  /// @param rows the values by field
  /// @throws dev.brig.error.UsageException naming the field that there is not
  public static String text(String format, String[][] fields, List<Map<String, String>> rows) {
    Map<String, String> headings = new LinkedHashMap<>();
    for (String[] field : fields) {
      headings.put(field[0], field[1]);
    }
    List<String> names = List.copyOf(headings.keySet());
    if (!format.startsWith(TABLE)) {
      Template template = Template.parse("--format", format, names);
      StringBuilder text = new StringBuilder();
      for (Map<String, String> row : rows) {
        text.append(template.fill(row)).append('\n');
      }
      return text.toString();
    }
    List<Template> columns = new ArrayList<>();
    // Blanks between fields part columns as tabs do; those in front of one are no column.
    String cells = format.substring(TABLE.length()).strip().replace("\\t", "\t");
    for (String cell : cells.replaceAll("\\}\\}\\s+\\{\\{", "}}\t{{").split("\t+", -1)) {
      columns.add(Template.parse("--format", cell, names));
    }
    Table table = new Table(filled(columns, headings));
    for (Map<String, String> row : rows) {
      table.add(filled(columns, row));
    }
    return table.text();
  }

  private static String[] filled(List<Template> columns, Map<String, String> values) {
    return columns.stream().map(column -> column.fill(values)).toArray(String[]::new);
  }
}
