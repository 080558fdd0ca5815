package dev.brig.linux;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The descriptors that a kernel has opened and not closed, for tests that look for leaks.
public final class DescriptorLedger {
  private final Map<Integer, Opening> open = new LinkedHashMap<>();

  /// Returns a line for each descriptor that is open, with the call that opened it and the code
  /// that made the call.
  public synchronized List<String> open() {
    List<String> lines = new ArrayList<>();
    open.forEach((number, opening) -> {
      StringBuilder line = new StringBuilder();
      line.append(number).append(" of ").append(opening.call());
      for (StackTraceElement frame : opening.where().getStackTrace()) {
        boolean seam = frame.getClassName().startsWith("dev.brig.linux.");
        if (!seam) {
          line.append(" at ").append(frame);
          break;
        }
      }
      lines.add(line.toString());
    });
    return lines;
  }

  synchronized void opened(int number, String call) {
    open.put(number, new Opening(call, new Throwable(call)));
  }

  synchronized void closed(int number) {
    open.remove(number);
  }

  private record Opening(String call, Throwable where) {}
}
