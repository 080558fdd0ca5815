package dev.brig.runtime.container;

/// Which part of a log is read, and how it is shown.
///
/// @param tailLines how many of the last lines; -1 for all
/// @param since from when on
/// @param timestamps whether each line begins with its time
/// @param follow whether to go on until the container ends
public record LogOptions(long tailLines, Moment since, Timestamps timestamps, Follow follow) {
  /// The whole log as it is.
  public static final LogOptions ALL =
      new LogOptions(-1, Moment.EPOCH, Timestamps.HIDDEN, Follow.NO);

  /// A point in time.
  ///
  /// @param seconds since 1970
  /// @param nanos of the second
  public record Moment(long seconds, int nanos) implements Comparable<Moment> {
    /// The beginning of 1970, before every line.
    public static final Moment EPOCH = new Moment(0, 0);

    @Override
    public int compareTo(Moment other) {
      int order = Long.compare(seconds, other.seconds);
      return order != 0 ? order : Integer.compare(nanos, other.nanos);
    }
  }

  /// Whether each line begins with its time.
  public enum Timestamps {
    /// The lines are as the container wrote them.
    HIDDEN,
    /// Each line begins with its time as RFC 3339 has it, in UTC, with nine digits after the
    /// second.
    SHOWN
  }

  /// Whether reading goes on at the log's end.
  public enum Follow {
    /// It stops.
    NO,
    /// It goes on until the container ends.
    YES
  }
}
