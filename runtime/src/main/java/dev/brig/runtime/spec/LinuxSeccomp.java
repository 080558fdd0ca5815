package dev.brig.runtime.spec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The filter of system calls (`linux.seccomp`). Absent, there is no filter.
///
/// @param defaultAction what happens to a call that no rule is about
/// @param defaultErrnoRet the error number, or the tracer's message, of the default action; null
///   leaves EPERM
/// @param architectures the further architectures whose calls are filtered
/// @param flags flags of seccomp(2)
/// @param listener where the notification descriptor is sent
/// @param syscalls the rules
/// @see <a href="https://man7.org/linux/man-pages/man2/seccomp.2.html">seccomp(2)</a>
public record LinuxSeccomp(
    SeccompAction defaultAction,
    @Nullable Long defaultErrnoRet,
    List<SeccompArch> architectures,
    List<SeccompFlag> flags,
    Listener listener,
    List<LinuxSyscall> syscalls) {
  /// Copies the lists.
  public LinuxSeccomp {
    architectures = List.copyOf(architectures);
    flags = List.copyOf(flags);
    syscalls = List.copyOf(syscalls);
  }

  /// The receiver of seccomp notifications (`listenerPath` and `listenerMetadata` beside the
  /// filter's other properties).
  ///
  /// @param path the Unix socket to which the descriptor is sent, or empty
  /// @param metadata text sent with it, or empty
  public record Listener(String path, String metadata) {
    /// Nobody listens.
    public static final Listener NONE = new Listener("", "");
  }
}
