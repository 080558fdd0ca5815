package dev.brig.error;

/// What went wrong, in the parts that every message of brig is made of. A part that does not apply
/// is the empty string.
///
/// @param step what brig was doing, in words: `mount proc on /proc`
/// @param call the system call with its arguments, in strace's notation, or empty
/// @param errno the symbol and the text of the error number, `EPERM (Operation not permitted)`, or
///   empty
/// @param finding what was found on looking for the cause, or the plain statement of what is wrong
/// @param hint what the user can do about it, or empty
public record Failure(String step, String call, String errno, String finding, String hint) {

  /// Returns a failure that no system call caused: wrong input, a wrong state.
  ///
  /// @param step what brig was doing
  /// @param finding what is wrong, naming the thing
  /// @param hint the remedy, or empty
  public static Failure of(String step, String finding, String hint) {
    return new Failure(step, "", "", finding, hint);
  }

  /// Returns one line: step, call, errno and finding, those that are there, separated by colons.
  public String line() {
    StringBuilder line = new StringBuilder(step);
    for (String part : new String[] {call.isEmpty() ? "" : call + " = " + errno, finding}) {
      if (!part.isEmpty()) {
        line.append(line.isEmpty() ? "" : ": ").append(part);
      }
    }
    return line.toString();
  }
}
