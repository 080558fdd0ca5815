package dev.brig.runtime.container;

/// The processes of a running container: the file `pid`, three decimal numbers in a line.
///
/// ```
/// supervisorPid initPid initStartTime
/// ```
///
/// @param supervisorPid the supervising program's number in brig's pid namespace
/// @param initPid the number of the container's first process in brig's pid namespace
/// @param initStartTime when the first process started, in clock ticks since boot: field 22 of
///   `/proc/PID/stat`, by which a number that is used again is told apart
/// @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html">proc_pid_stat(5)</a>
public record RunningProcesses(int supervisorPid, int initPid, long initStartTime) {
  /// What is known before the program has written the file.
  public static final RunningProcesses NONE = new RunningProcesses(0, 0, 0);

  /// Reads the file's text; one that is damaged or not yet whole names no process.
  static RunningProcesses parse(String text) {
    long[] numbers = Numbers.parse(text, 3);
    return numbers.length == 3
        ? new RunningProcesses((int) numbers[0], (int) numbers[1], numbers[2])
        : NONE;
  }
}
