package dev.brig.runtime.probe;

/// What the probe can measure: [ProbePlanner#BATCHES] batches of the same operation, each batch
/// timed as a whole.
///
/// A batch is long beside a look at the clock, and so short that most batches are over before the
/// scheduler gives the processor to somebody else: their median knows nothing of that.
public enum Measurement {
  /// getppid(2): the cheapest call that the kernel cannot answer without being entered.
  GETPPID('g', 600),
  /// openat(2) and close(2) of the probe's own file.
  OPEN_CLOSE('o', 60),
  /// newfstatat(2) of the probe's own file.
  STAT('s', 100),
  /// One byte to another process over a pipe, and one back: two context switches.
  PIPE('p', 40),
  /// clone(2) of a process that exits, and wait4(2).
  FORK('f', 3),
  /// The same with execve(2) of the probe in between.
  EXEC('e', 3),
  /// The first write to each page of a fresh anonymous mapping.
  FAULT('v', 128),
  /// A copy of [ProbePlanner#COPY_BYTES] between two mappings that are in memory.
  COPY('m', 1),
  /// A turn of a loop of additions, shifts and masks.
  INTEGER('i', 50_000),
  /// The same for a batch that is long beside a slice of the scheduler: for neighbours.
  LONG_INTEGER('l', 1_000_000),
  /// pwrite(2) of 4096 bytes into a file of the working directory, not synced.
  WRITE('w', 40),
  /// A file made, closed and removed in the working directory.
  CREATE('c', 6),
  /// One byte to another process over TCP on 127.0.0.1, and one back.
  TCP('t', 20),
  /// [ProbePlanner#CHUNK_BYTES] to another process over TCP on 127.0.0.1; the end of a batch is its
  /// answer that all has come.
  BULK('b', 16);

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
