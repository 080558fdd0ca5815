package dev.brig.runtime.probe;

/// What the probe can measure: [ProbePlanner#BATCHES] batches of the same operation, each batch
/// timed as a whole.
public enum Measurement {
  /// getppid(2): the cheapest call that the kernel cannot answer without being entered.
  GETPPID('g', 2000),
  /// openat(2) and close(2) of the probe's own file.
  OPEN_CLOSE('o', 200),
  /// newfstatat(2) of the probe's own file.
  STAT('s', 400),
  /// One byte to another process over a pipe, and one back: two context switches.
  PIPE('p', 100),
  /// clone(2) of a process that exits, and wait4(2).
  FORK('f', 6),
  /// The same with execve(2) of the probe in between.
  EXEC('e', 6),
  /// The first write to each page of a fresh anonymous mapping.
  FAULT('v', 256),
  /// A copy of [ProbePlanner#COPY_BYTES] between two mappings that are in memory.
  COPY('m', 1),
  /// A turn of a loop of additions, shifts and masks.
  INTEGER('i', 50_000),
  /// The same for a batch that is long beside a slice of the scheduler: for neighbours.
  LONG_INTEGER('l', 1_000_000),
  /// pwrite(2) of 4096 bytes into a file of the working directory, not synced.
  WRITE('w', 40),
  /// A file made, closed and removed in the working directory.
  CREATE('c', 12),
  /// One byte to another process over TCP on 127.0.0.1, and one back.
  TCP('t', 40),
  /// [ProbePlanner#CHUNK_BYTES] to another process over TCP on 127.0.0.1; the end of a batch is its
  /// answer that all has come.
  BULK('b', 64);

  private final char letter;
  private final int operations;

  Measurement(char letter, int operations) {
    this.letter = letter;
    this.operations = operations;
  }

  /// Returns the letter that asks for it in the probe's last argument, and that begins its block.
  public char letter() {
    return letter;
  }

  /// Returns how many operations a batch has.
  public int operations() {
    return operations;
  }
}
