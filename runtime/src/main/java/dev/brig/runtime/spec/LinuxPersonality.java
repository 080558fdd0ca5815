package dev.brig.runtime.spec;

/// The execution domain of the process (`linux.personality`).
///
/// The specification has a list of flags beside the domain and defines none: any flag is refused.
///
/// @param domain the domain
/// @see <a href="https://man7.org/linux/man-pages/man2/personality.2.html">personality(2)</a>
public record LinuxPersonality(Domain domain) {

  /// Domains by the specification's names.
  public enum Domain {
    /// The usual one.
    LINUX,
    /// uname(2) reports a 32-bit machine.
    LINUX32
  }
}
