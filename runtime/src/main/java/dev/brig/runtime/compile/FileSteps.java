package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.O_CLOEXEC;
import static dev.brig.namespaces.Abi.O_WRONLY;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.or;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Syscall;
import dev.brig.plan.Operand;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;

/// Makes the steps that write to files of the kernel's.
final class FileSteps {
  private FileSteps() {}

  /// Appends the steps that write to a file that is there.
  ///
  /// @param fd the slot for its descriptor, by whose name a listing calls it
  /// @param path its path
  /// @param content what is written, in one call
  static void write(PlanBuilder plan, Slot fd, Operand path, String content) {
    plan.call(fd, Syscall.OPENAT, AT_FDCWD, path, or(O_WRONLY, O_CLOEXEC));
    plan.call(Syscall.WRITE, value(fd), text(content), num(Operand.length(content)));
    plan.call(Syscall.CLOSE, value(fd));
  }
}
