package dev.brig.linux;

/// Calls of the new mount API, for mounts that are attached nowhere: their root is a descriptor,
/// and they go away with it.
///
/// What it is not: the mounts of containers, which the compiled program makes.
///
/// @see <a href="https://man7.org/linux/man-pages/man2/fsopen.2.html">fsopen(2)</a>
public final class MountCalls {
  private static final int FSOPEN_CLOEXEC = 1;
  private static final int FSMOUNT_CLOEXEC = 1;
  private static final int FSCONFIG_SET_STRING = 1;
  private static final int FSCONFIG_CMD_CREATE = 6;

  private final Calls calls;

  MountCalls(Calls calls) {
    this.calls = calls;
  }

  /// Opens a context in which a file system can be configured.
  ///
  /// @param type the file system's name, `erofs`
  /// @throws KernelException with any error of fsopen(2): ENODEV if the kernel has no such file
  ///   system, EPERM if the caller may not mount
  public Fd fsopen(String type) {
    try (Scratch scratch = Scratch.take()) {
      return owned(calls.orThrow(Syscall.FSOPEN, scratch.text(type), FSOPEN_CLOEXEC));
    }
  }

  /// Sets a parameter.
  ///
  /// @param context what [#fsopen] returned
  /// @param key the parameter, `source`
  /// @param value its value
  public void set(Fd context, String key, String value) {
    try (Scratch scratch = Scratch.take()) {
      calls.orThrow(
          Syscall.FSCONFIG,
          context.number(),
          FSCONFIG_SET_STRING,
          scratch.text(key),
          scratch.text(value),
          0);
    }
  }

  /// Makes the file system from its parameters; the kernel reads its superblock.
  ///
  /// @throws KernelException with any error of the file system: EINVAL or EFSCORRUPTED if it is
  ///   none, ENOTBLK if the kernel mounts it only from a block device
  public void create(Fd context) {
    calls.orThrow(Syscall.FSCONFIG, context.number(), FSCONFIG_CMD_CREATE, 0, 0, 0);
  }

  /// Makes a mount of the file system, attached nowhere.
  ///
  /// @return the mount's root, as if opened with `O_PATH`; closing it ends the mount
  public Fd mount(Fd context, MountAttr... attributes) {
    long bits = Flag.bits(calls.machine(), attributes);
    return owned(calls.orThrow(Syscall.FSMOUNT, context.number(), FSMOUNT_CLOEXEC, bits));
  }

  private Fd owned(long number) {
    return new Fd((int) number, calls.gate());
  }
}
