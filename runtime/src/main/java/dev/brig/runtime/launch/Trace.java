package dev.brig.runtime.launch;

import dev.brig.linux.Errno;
import dev.brig.plan.Op;
import dev.brig.plan.Plan;
import dev.brig.plan.PlanText;
import dev.brig.plan.Step;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The trace of a program: each system call that it made, with its result and its time; `--trace`.
///
/// Before the program starts, the texts of its calls are written down, one a line; the program
/// appends a record for each call. Afterwards both make the trace that is printed.
public final class Trace {
  private static final int RECORD_BYTES = 24;
  private static final int NANOS_PER_MICRO = 1000;

  private Trace() {}

  /// Returns the texts of a plan's calls, a line each: the process, a tab, the call.
  public static String texts(Plan plan) {
    StringBuilder text = new StringBuilder();
    String process = "";
    for (Step step : plan.steps()) {
      if (step.op() instanceof Op.Guard(String name, _)) {
        process = name;
      } else if (step.op() instanceof Op.Call call) {
        text.append(process).append('\t').append(oneLine(PlanText.text(call))).append('\n');
      }
    }
    return text.toString();
  }

  private static String oneLine(String text) {
    return text.replace("\n", "\\n");
  }

  /// Returns the lines to print: number, microseconds since the process's call before, process,
  /// call and result.
  ///
  /// @param texts what [#texts] returned
  /// @param records what the program wrote
  public static List<String> lines(String texts, byte[] records) {
    String[] calls = texts.split("\n", -1);
    ByteBuffer buffer = ByteBuffer.wrap(records).order(ByteOrder.LITTLE_ENDIAN);
    Map<String, Long> before = new HashMap<>();
    List<String> lines = new ArrayList<>();
    long start = 0;
    while (buffer.remaining() >= RECORD_BYTES) {
      int number = buffer.getInt();
      var _ = buffer.getInt();
      long result = buffer.getLong();
      long nanos = buffer.getLong();
      if (number == 0) {
        start = nanos;
        continue;
      }
      if (number > calls.length) {
        break;
      }
      String line = calls[number - 1];
      int tab = line.indexOf('\t');
      String process = line.substring(0, tab);
      long micros = (nanos - before.getOrDefault(process, start)) / NANOS_PER_MICRO;
      before.put(process, nanos);
      lines.add(line(number, micros, process, line.substring(tab + 1), result));
    }
    return lines;
  }

  private static String line(int number, long micros, String process, String call, long result) {
    StringBuilder line = new StringBuilder();
    pad(line, Integer.toString(number), 4);
    pad(line, Long.toString(micros), 9);
    line.append(" us  ").append(process);
    line.repeat(' ', Math.max(1, 11 - process.length()));
    line.append(call).append(" = ");
    if (result < 0 && result >= -4095) {
      line.append("-1 ").append(Errno.of((int) -result).name());
    } else if (call.startsWith("umask(")) {
      line.append('0').append(Long.toOctalString(result));
    } else {
      line.append(result);
    }
    return line.toString();
  }

  private static void pad(StringBuilder line, String text, int width) {
    line.repeat(' ', Math.max(0, width - text.length())).append(text);
  }
}
