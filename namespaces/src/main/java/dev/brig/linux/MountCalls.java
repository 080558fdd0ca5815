package dev.brig.linux;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Calls on mounts, all of the mount API that works on descriptors: a file system is configured
/// ([#fsopen], [#set], [#create]), becomes a mount without a place ([#mount]) that lives as long as
/// its descriptor, and gets a place only with [#moveMount].
///
/// @see <a href="https://man7.org/linux/man-pages/man2/fsopen.2.html">fsopen(2)</a>
public final class MountCalls {
  private static final int FSOPEN_CLOEXEC = 1;
  private static final int FSMOUNT_CLOEXEC = 1;
  private static final int FSCONFIG_SET_FLAG = 0;
  private static final int FSCONFIG_SET_STRING = 1;
  private static final int FSCONFIG_SET_FD = 5;
  private static final int FSCONFIG_CMD_CREATE = 6;
  private static final int OPEN_TREE_CLONE = 1;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int MOVE_MOUNT_F_EMPTY_PATH = 4;
  private static final int MNT_DETACH = 2;
  private static final int UMOUNT_NOFOLLOW = 8;
  private static final int LOG_BYTES_MAX = 1024;

  private final Calls calls;

  MountCalls(Calls calls) {
    this.calls = calls;
  }

  /// Begins to configure a file system.
  ///
  /// @param type its type: `overlay`
  /// @return the context, for [#set] and [#mount]
  public Fd fsopen(String type) {
    try (Scratch scratch = Scratch.take()) {
      return owned(calls.orThrow(Syscall.FSOPEN, scratch.text(type), FSOPEN_CLOEXEC));
    }
  }

  /// Sets an option that is a text of at most 255 bytes.
  ///
  /// @throws KernelException with the file system's own words in the finding where it has some
  public void set(Fd context, String option, String value) {
    try (Scratch scratch = Scratch.take()) {
      configure(context, FSCONFIG_SET_STRING, scratch.text(option), scratch.text(value), 0);
    }
  }

  /// Sets an option that has no value.
  public void set(Fd context, String option) {
    try (Scratch scratch = Scratch.take()) {
      configure(context, FSCONFIG_SET_FLAG, scratch.text(option), 0, 0);
    }
  }

  /// Sets an option to an open file; for overlay's layers Linux 6.13.
  public void set(Fd context, String option, Fd value) {
    try (Scratch scratch = Scratch.take()) {
      configure(context, FSCONFIG_SET_FD, scratch.text(option), 0, value.number());
    }
  }

  /// Makes the file system as it has been configured.
  public void create(Fd context) {
    configure(context, FSCONFIG_CMD_CREATE, 0, 0, 0);
  }

  private void configure(Fd context, int command, long key, long value, long auxiliary) {
    long[] arguments = {context.number(), command, key, value, auxiliary};
    long result = calls.answer(Syscall.FSCONFIG, arguments);
    if (Calls.isError(result)) {
      KernelException failure = calls.failure(result, Syscall.FSCONFIG, arguments);
      String words = log(context);
      throw words.isEmpty() ? failure : failure.explained("", words, "");
    }
  }

  /// Returns what the file system has to say, `overlay: No changes allowed in reconfigure`; the
  /// context hands out a line for each read, ENODATA after the last.
  private String log(Fd context) {
    StringBuilder words = new StringBuilder();
    ByteBuffer line = ByteBuffer.allocateDirect(LOG_BYTES_MAX);
    while (true) {
      line.clear();
      long address = Scratch.addressOf(line);
      long count = calls.answer(Syscall.READ, context.number(), address, LOG_BYTES_MAX);
      if (count <= 0) {
        return words.toString();
      }
      byte[] bytes = new byte[(int) count];
      line.get(bytes);
      String text = new String(bytes, StandardCharsets.UTF_8).strip();
      // "e " for errors, "w " for warnings, "i " for information.
      words
          .append(words.isEmpty() ? "" : "; ")
          .append(text.startsWith("e ") ? text.substring(2) : text);
    }
  }

  /// Mounts a file system that was made, nowhere: the mount goes away with the descriptor, unless
  /// it is moved to a place.
  ///
  /// @return the root of the mount, as if opened with `O_PATH`
  public Fd mount(Fd context, MountAttr... attributes) {
    return owned(
        calls.orThrow(
            Syscall.FSMOUNT,
            context.number(),
            FSMOUNT_CLOEXEC,
            Flag.bits(calls.machine(), attributes)));
  }

  /// Opens a copy of a mount without the mounts below it, mounted nowhere.
  ///
  /// @param path what is to be its root
  public Fd cloneTree(Fd directory, String path) {
    try (Scratch scratch = Scratch.take()) {
      long cloexec = OpenFlag.O_CLOEXEC.bit(calls.machine());
      return owned(
          calls.orThrow(
              Syscall.OPEN_TREE,
              directory.number(),
              scratch.text(path),
              OPEN_TREE_CLONE | cloexec | AT_EMPTY_PATH));
    }
  }

  /// Gives a mount its place.
  ///
  /// @param mount what [#mount] or [#cloneTree] returned
  /// @param path a directory for a directory, a file for a file
  public void moveMount(Fd mount, String path) {
    try (Scratch scratch = Scratch.take()) {
      calls.orThrow(
          Syscall.MOVE_MOUNT,
          mount.number(),
          scratch.text(""),
          Fd.CWD.number(),
          scratch.text(path),
          MOVE_MOUNT_F_EMPTY_PATH);
    }
  }

  /// Takes a mount from its place, which must not be in use; the path's last component is not
  /// followed if it is a link.
  ///
  /// @throws KernelException EBUSY if it is in use, EINVAL if nothing is mounted there
  public void umount(String path) {
    try (Scratch scratch = Scratch.take()) {
      calls.orThrow(Syscall.UMOUNT2, scratch.text(path), UMOUNT_NOFOLLOW);
    }
  }

  /// Takes a mount and all below it from its place, whether it is in use or not; it ends when
  /// nobody uses it any more. The path's last component is not followed if it is a link.
  ///
  /// @throws KernelException EINVAL if nothing is mounted there
  public void detach(String path) {
    try (Scratch scratch = Scratch.take()) {
      calls.orThrow(Syscall.UMOUNT2, scratch.text(path), MNT_DETACH | UMOUNT_NOFOLLOW);
    }
  }

  private Fd owned(long number) {
    return new Fd((int) number, calls.gate());
  }
}
