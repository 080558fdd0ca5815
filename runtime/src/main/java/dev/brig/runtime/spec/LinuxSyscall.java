package dev.brig.runtime.spec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A rule of a seccomp filter (`linux.seccomp.syscalls[]`).
///
/// @param names the calls, at least one; a name that the kernel does not know is passed over
/// @param action what happens to the calls
/// @param errnoRet the error number, or the tracer's message; null leaves EPERM
/// @param args conditions on the arguments, all of which must hold
public record LinuxSyscall(
    List<String> names, SeccompAction action, @Nullable Long errnoRet, List<LinuxSeccompArg> args) {
  /// Copies the lists.
  public LinuxSyscall {
    names = List.copyOf(names);
    args = List.copyOf(args);
  }
}
