package dev.brig.cli.images;

import dev.brig.cli.command.Context;
import dev.brig.cli.output.Human;
import dev.brig.image.Descriptor;
import dev.brig.image.store.TransferListener;
import dev.brig.linux.Fd;
import dev.brig.linux.WindowSize;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;

/// Shows on standard error how far blobs have come: bars on a terminal, else a line for each
/// beginning.
final class TransferDisplay implements TransferListener {
  private static final long REFRESH_NANOS = 100_000_000L;
  private static final int WIDTH_USUAL = 80;
  private static final int HEIGHT_USUAL = 20;
  private static final int BAR_MAX = 40;
  private static final int ID_LENGTH = 12;

  private final PrintStream out;
  private final boolean bars;
  private final int width;
  private final int heightMax;
  private final Map<String, Row> rows = new LinkedHashMap<>();
  private int drawn;
  private long drawnNanos;

  private TransferDisplay(PrintStream out, Form form, WindowSize window) {
    this.out = out;
    this.bars = form == Form.BARS;
    this.width = window.columns() > 0 ? window.columns() : WIDTH_USUAL;
    this.heightMax = window.rows() > 3 ? window.rows() - 2 : HEIGHT_USUAL;
  }

  private enum Form {
    BARS,
    LINES
  }

  /// A blob on its way.
  private static final class Row {
    private final long sizeBytes;
    private long countBytes;
    private String note = "";

    Row(long sizeBytes) {
      this.sizeBytes = sizeBytes;
    }
  }

  /// Returns what shows progress in the form that suits standard error.
  static TransferListener of(Context context) {
    boolean terminal = context.kernel().terminals().isTerminal(Fd.STDERR);
    WindowSize window =
        context.kernel().terminals().windowSize(Fd.STDERR).orElse(new WindowSize(0, 0));
    return new TransferDisplay(context.err(), terminal ? Form.BARS : Form.LINES, window);
  }

  private static String name(Descriptor blob) {
    return blob.digest().hex().substring(0, ID_LENGTH);
  }

  private Row row(Descriptor blob) {
    return rows.computeIfAbsent(name(blob), _ -> new Row(blob.sizeBytes()));
  }

  @Override
  public synchronized void present(Descriptor blob) {
    row(blob).countBytes = blob.sizeBytes();
    note(blob, "already there");
  }

  @Override
  public synchronized void waiting(Descriptor blob) {
    note(blob, "another brig is getting it");
  }

  @Override
  public synchronized void started(Descriptor blob, long offsetBytes) {
    row(blob).countBytes = offsetBytes;
    String size = Human.size(blob.sizeBytes());
    note(blob, offsetBytes == 0 ? size : size + ", from " + Human.size(offsetBytes) + " on");
    row(blob).note = "";
  }

  @Override
  public synchronized void advanced(Descriptor blob, long countBytes) {
    row(blob).countBytes += countBytes;
    if (bars && System.nanoTime() - drawnNanos > REFRESH_NANOS) {
      draw();
    }
  }

  @Override
  public synchronized void finished(Descriptor blob) {
    row(blob).countBytes = blob.sizeBytes();
    if (bars) {
      row(blob).note = "done";
      draw();
    }
  }

  private void note(Descriptor blob, String text) {
    row(blob).note = text;
    if (bars) {
      draw();
    } else {
      out.println("Copying blob " + name(blob) + ": " + text);
    }
  }

  private void draw() {
    StringBuilder text = new StringBuilder();
    if (drawn > 0) {
      text.append("\033[").append(drawn).append('A');
    }
    // What has scrolled away cannot be drawn over.
    int hidden = Math.max(0, rows.size() - heightMax);
    int number = 0;
    for (Map.Entry<String, Row> row : rows.entrySet()) {
      if (number++ >= hidden) {
        text.append('\r').append(line(row.getKey(), row.getValue())).append("\033[K\n");
      }
    }
    out.print(text);
    out.flush();
    drawn = rows.size() - hidden;
    drawnNanos = System.nanoTime();
  }

  private String line(String name, Row row) {
    String size = Human.size(row.sizeBytes);
    String count = row.note.isEmpty() ? Human.size(row.countBytes) + " / " + size : row.note;
    String start = "Copying blob " + name + " ";
    int room = Math.min(width - start.length() - count.length() - 4, BAR_MAX);
    if (room < 4) {
      return start + count;
    }
    long share = row.sizeBytes == 0 ? room : row.countBytes * room / row.sizeBytes;
    int filled = Math.clamp(share, 0, room);
    return start + "[" + "=".repeat(filled) + " ".repeat(room - filled) + "] " + count;
  }
}
