package dev.brig.runtime.container;

import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/// Follows the lines through a log's records and lets through those that were asked for.
///
/// A line belongs to a stream, begins after the stream's last line break, and has the number and
/// the time of its beginning; the records of the other stream may come in between.
final class LogLines {
  private final LogSink sink;
  private final LogOptions options;
  private final Line output = new Line();
  private final Line error = new Line();
  private long count;

  /// The line that a stream is in.
  private static final class Line {
    private boolean begun;
    private boolean shown;
  }

  /// Makes one.
  ///
  /// @param sink gets the lines that are let through
  LogLines(LogSink sink, LogOptions options) {
    this.sink = sink;
    this.options = options;
  }

  /// Returns how many lines have begun.
  long count() {
    return count;
  }

  /// Counts the lines that begin in a record, and lets none through.
  void count(LogFile record) {
    Line line = lineOf(record.stream());
    for (int i = 0; i < record.length(); i++) {
      if (!line.begun) {
        count++;
      }
      line.begun = record.body()[i] != '\n';
    }
  }

  /// Lets the lines of a record through.
  ///
  /// @param first the number of the first line to let through, from 1
  void pass(LogFile record, long first) {
    Line line = lineOf(record.stream());
    byte[] body = record.body();
    int at = 0;
    while (at < record.length()) {
      if (!line.begun) {
        line.begun = true;
        count++;
        line.shown = count >= first && record.time().compareTo(options.since()) >= 0;
        if (line.shown && options.timestamps() == LogOptions.Timestamps.SHOWN) {
          byte[] time = text(record.time()).getBytes(StandardCharsets.US_ASCII);
          sink.write(record.stream(), time, 0, time.length);
        }
      }
      int end = at;
      while (end < record.length() && body[end] != '\n') {
        end++;
      }
      if (end < record.length()) {
        end++;
        line.begun = false;
      }
      if (line.shown) {
        sink.write(record.stream(), body, at, end - at);
      }
      at = end;
    }
  }

  private Line lineOf(LogSink.Stream stream) {
    return switch (stream) {
      case OUTPUT -> output;
      case ERROR -> error;
    };
  }

  private static String text(LogOptions.Moment moment) {
    String time =
        LocalDateTime.ofEpochSecond(moment.seconds(), moment.nanos(), ZoneOffset.UTC).toString();
    // Without seconds that are zero, and with three, six or nine digits behind them.
    StringBuilder text = new StringBuilder(time);
    if (time.length() == "2000-01-01T00:00".length()) {
      text.append(":00");
    }
    if (time.indexOf('.') < 0) {
      text.append('.');
    }
    while (text.length() < "2000-01-01T00:00:00.000000000".length()) {
      text.append('0');
    }
    return text.append("Z ").toString();
  }
}
