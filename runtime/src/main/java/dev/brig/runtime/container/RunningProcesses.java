package dev.brig.runtime.container;

/// The processes of a running container.
///
/// The supervising program copies `/proc/PID/stat` of the container's first process to the file
/// `pid`. It holds all that is needed: the number, the parent, who is the supervising program, and
/// the start time.
///
/// @param supervisorPid the supervising program's number in brig's pid namespace
/// @param initPid the number of the container's first process in brig's pid namespace
/// @param initStartTime when the first process started, in clock ticks since boot, by which a
///   number that is used again is told apart
/// @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html">proc_pid_stat(5)</a>
public record RunningProcesses(int supervisorPid, int initPid, long initStartTime) {
  /// What is known before the program has written the file.
  public static final RunningProcesses NONE = new RunningProcesses(0, 0, 0);

  private static final int PARENT_FIELD = 4;
  private static final int START_TIME_FIELD = 22;

  /// Tells whether there is a first process.
  public boolean isKnown() {
    return initPid > 0;
  }

  /// Reads the text of `/proc/PID/stat`; one that is damaged or not yet whole names no process.
  public static RunningProcesses parse(String stat) {
    // The second field is the command's name in parentheses and may itself hold spaces and
    // parentheses.
    int space = stat.indexOf(' ');
    int name = stat.lastIndexOf(") ");
    if (space < 0 || name < 0) {
      return NONE;
    }
    long pid = Numbers.decimal(stat.substring(0, space));
    long parent = -1;
    long startTime = -1;
    int field = 3;
    int at = name + 2;
    while (at < stat.length() && field <= START_TIME_FIELD) {
      int end = stat.indexOf(' ', at);
      if (end < 0) {
        return NONE;
      }
      if (field == PARENT_FIELD) {
        parent = Numbers.decimal(stat.substring(at, end));
      } else if (field == START_TIME_FIELD) {
        startTime = Numbers.decimal(stat.substring(at, end));
      }
      field++;
      at = end + 1;
    }
    return pid > 0 && parent >= 0 && startTime >= 0
        ? new RunningProcesses((int) parent, (int) pid, startTime)
        : NONE;
  }
}
