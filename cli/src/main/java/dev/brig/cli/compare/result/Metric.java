package dev.brig.cli.compare.result;

import java.util.ArrayList;
import java.util.List;

/// What is compared.
public enum Metric {
  /// From the start of the arm's command to the probe's first byte, by the host's clock.
  START("start", "ms", Better.LOWER, 'h', 1e6, "start"),
  /// From the probe's last byte to the end of the arm's command, by the host's clock.
  STOP("stop", "ms", Better.LOWER, 'z', 1e6, "stop"),
  /// What each further idle instance takes, all its processes on the host together.
  MEMORY("mem.instance", "MB", Better.LOWER, 'n', 1e6, "memory of an idle instance"),
  /// getppid(2).
  GETPPID("sys.getppid", "ns", Better.LOWER, 'g', 1, "system call (getppid)"),
  /// openat(2) and close(2).
  OPEN_CLOSE("sys.openclose", "µs", Better.LOWER, 'o', 1e3, "open and close a file"),
  /// newfstatat(2).
  STAT("sys.stat", "µs", Better.LOWER, 's', 1e3, "look at a file (stat)"),
  /// A byte to another process and back over pipes.
  PIPE("ctx.pipe", "µs", Better.LOWER, 'p', 1e3, "two context switches (pipe)"),
  /// A process that ends at once.
  FORK("proc.fork", "µs", Better.LOWER, 'f', 1e3, "make a process (fork, wait)"),
  /// A process that executes a program.
  EXEC("proc.exec", "µs", Better.LOWER, 'e', 1e3, "execute a program (fork, exec, wait)"),
  /// The first touch of a page.
  FAULT("mem.fault", "µs", Better.LOWER, 'v', 1e3, "touch a fresh page"),
  /// Copies of 16 MiB.
  COPY("mem.copy", "GB/s", Better.HIGHER, 'm', 1, "copy memory"),
  /// A turn of a loop of arithmetic.
  INTEGER("cpu.int", "ns", Better.LOWER, 'i', 1, "integer arithmetic"),
  /// A write of 4 KiB into the page cache.
  WRITE("fs.write4k", "µs", Better.LOWER, 'w', 1e3, "write 4 KiB to a file"),
  /// A file made and removed.
  CREATE("fs.create", "µs", Better.LOWER, 'c', 1e3, "make and remove a file"),
  /// A byte over TCP and back.
  TCP("net.rtt", "µs", Better.LOWER, 't', 1e3, "TCP round trip (127.0.0.1)"),
  /// Bulk over TCP.
  BULK("net.bw", "GB/s", Better.HIGHER, 'b', 1, "TCP bandwidth (127.0.0.1)"),
  /// How much slower arithmetic is beside busy neighbours of the same arm than alone.
  NEIGHBOUR("neigh.cpu", "×", Better.LOWER, 'l', 1, "arithmetic beside busy neighbours"),
  /// The system calls of brig's own program, from the first to the execution of the command.
  MECHANISM("start.mech", "ms", Better.LOWER, 'M', 1e3, "brig's own steps of a start, traced"),
  /// Starts and ends, one after the other.
  RATE_1("rate.1", "1/s", Better.HIGHER, '1', 1, "starts per second, one at a time"),
  /// The same, two at a time.
  RATE_2("rate.2", "1/s", Better.HIGHER, '2', 1, "starts per second, two at a time"),
  /// The same, four at a time.
  RATE_4("rate.4", "1/s", Better.HIGHER, '4', 1, "starts per second, four at a time"),
  /// The same, eight at a time.
  RATE_8("rate.8", "1/s", Better.HIGHER, '8', 1, "starts per second, eight at a time");

  /// Which way is better.
  public enum Better {
    /// Less is better.
    LOWER,
    /// More is better.
    HIGHER
  }

  private final String id;
  private final String unit;
  private final Better better;
  private final char letter;
  private final double scale;
  private final String words;

  Metric(String id, String unit, Better better, char letter, double scale, String words) {
    this.id = id;
    this.unit = unit;
    this.better = better;
    this.letter = letter;
    this.scale = scale;
    this.words = words;
  }

  /// Returns the name in files: `sys.getppid`.
  public String id() {
    return id;
  }

  /// Returns the unit of values.
  public String unit() {
    return unit;
  }

  /// Returns which way is better.
  public Better better() {
    return better;
  }

  /// Returns the probe's letter for it.
  public char letter() {
    return letter;
  }

  /// Returns how many nanoseconds or bytes the unit is.
  public double scale() {
    return scale;
  }

  /// Returns what it is, in a few words.
  public String words() {
    return words;
  }

  /// Tells whether the probe measures it by its own clock, batch by batch.
  public boolean isProbes() {
    return switch (this) {
      case START, STOP, MEMORY, NEIGHBOUR, MECHANISM, RATE_1, RATE_2, RATE_4, RATE_8 -> false;
      case GETPPID,
          OPEN_CLOSE,
          STAT,
          PIPE,
          FORK,
          EXEC,
          FAULT,
          COPY,
          INTEGER,
          WRITE,
          CREATE,
          TCP,
          BULK ->
          true;
    };
  }

  /// Returns how many starts at a time a rate is about, or 0 for what is no rate.
  public int concurrency() {
    return id.startsWith("rate.") ? letter - '0' : 0;
  }

  /// Tells whether it takes longer than most people like to wait.
  public boolean isThorough() {
    return this == MECHANISM || concurrency() > 0;
  }

  /// Returns the metrics that a word means: one by its name, or a group by what its names begin
  /// with (`sys`, `fs`).
  ///
  /// @return none if the word means nothing
  public static List<Metric> named(String word) {
    List<Metric> named = new ArrayList<>();
    for (Metric metric : values()) {
      if (metric.id.equals(word)) {
        return List.of(metric);
      }
      if (word.equals("all") || metric.id.startsWith(word + ".")) {
        named.add(metric);
      }
    }
    return named;
  }
}
