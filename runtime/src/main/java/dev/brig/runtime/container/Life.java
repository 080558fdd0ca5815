package dev.brig.runtime.container;

import org.jspecify.annotations.Nullable;

/// When a container was started and how it ended: the file `exit`, a line for each.
///
/// ```
/// started 1732300000        brig, before it becomes the supervising program
/// 1 7 1732300005            the supervising program: si_code, si_status, seconds since 1970
/// ```
///
/// The file is made when the container is started, so that whoever waits for its end can hold it
/// open: the end is read through that descriptor even if `--rm` has removed the name. A second line
/// that is missing says that the container runs, or that nobody was there to see its end.
///
/// @param startedSeconds when it was started, in seconds since 1970; 0 if it never was
/// @param exit how it ended, or null if it has not, or nobody knows yet
record Life(long startedSeconds, @Nullable ExitRecord exit) {
  /// The life of a container that was never started.
  static final Life NONE = new Life(0, null);

  private static final String STARTED = "started ";

  /// Tells whether the container was ever started.
  boolean wasStarted() {
    return startedSeconds > 0;
  }

  /// Tells whether the container was started and no end is recorded.
  boolean isOpen() {
    return wasStarted() && exit == null;
  }

  /// Returns the first line.
  static String started(long seconds) {
    return STARTED + seconds + "\n";
  }

  /// Returns the second line.
  static String ended(ExitRecord exit) {
    return exit.cause().code() + " " + exit.status() + " " + exit.finishedSeconds() + "\n";
  }

  /// Reads the file's text. A line that is damaged, as the machine's crash may leave it, is passed
  /// over.
  static Life parse(String text) {
    long started = 1;
    ExitRecord exit = null;
    int at = 0;
    int end;
    while ((end = text.indexOf('\n', at)) >= 0) {
      String line = text.substring(at, end);
      if (line.startsWith(STARTED)) {
        started = Math.max(1, Numbers.decimal(line.substring(STARTED.length())));
      } else {
        long[] numbers = Numbers.parse(line, 3);
        if (numbers.length == 3) {
          exit = new ExitRecord(ExitRecord.Cause.of(numbers[0]), (int) numbers[1], numbers[2]);
        }
      }
      at = end + 1;
    }
    return new Life(started, exit);
  }
}
