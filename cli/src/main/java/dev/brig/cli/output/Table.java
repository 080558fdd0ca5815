package dev.brig.cli.output;

import java.util.ArrayList;
import java.util.List;

/// Rows in aligned columns below a line of headings.
public final class Table {
  private static final int GAP = 2;

  private final List<List<String>> rows = new ArrayList<>();

  /// Makes a table without rows.
  public Table(String... headings) {
    rows.add(List.of(headings));
  }

  /// Adds a row with a cell for each heading.
  public void add(String... cells) {
    if (cells.length != rows.getFirst().size()) {
      throw new IllegalArgumentException(cells.length + " cells");
    }
    rows.add(List.of(cells));
  }

  /// Returns the text, a line for each row.
  public String text() {
    int[] widths = new int[rows.getFirst().size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], length(row.get(i)));
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length - 1; i++) {
        text.append(row.get(i)).repeat(' ', widths[i] - length(row.get(i)) + GAP);
      }
      text.append(row.getLast()).append('\n');
    }
    return text.toString();
  }

  private static int length(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}
