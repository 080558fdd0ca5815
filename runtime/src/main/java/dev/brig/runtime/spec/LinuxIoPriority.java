package dev.brig.runtime.spec;

/// The I/O priority of the process (`process.ioPriority`).
///
/// @param ioClass the scheduling class, `class` in JSON
/// @param priority the priority within the class, 0 (highest) to 7
/// @see <a href="https://man7.org/linux/man-pages/man2/ioprio_set.2.html">ioprio_set(2)</a>
public record LinuxIoPriority(IoClass ioClass, int priority) {

  /// I/O scheduling classes by the specification's and the kernel's names.
  public enum IoClass {
    IOPRIO_CLASS_RT,
    IOPRIO_CLASS_BE,
    IOPRIO_CLASS_IDLE
  }
}
