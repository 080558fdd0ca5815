package dev.brig.linux;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Calls on extended attributes.
///
/// The file is given by a descriptor of any kind, `O_PATH` included: of the symbolic link itself if
/// it was opened with `O_PATH|O_NOFOLLOW`. Values are bytes.
///
/// @see <a href="https://man7.org/linux/man-pages/man7/xattr.7.html">xattr(7)</a>
public final class XattrCalls {
  private static final int LENGTH_MAX = 64 * 1024;
  private static final int LENGTH_USUAL = 1024;

  private final Calls calls;

  XattrCalls(Calls calls) {
    this.calls = calls;
  }

  /// Sets an attribute, new or not.
  ///
  /// @param name with its namespace: `user.x`, `trusted.overlay.opaque`
  public void set(Fd fd, String name, byte[] value) {
    try (Scratch scratch = Scratch.take()) {
      long[] rest = {scratch.text(name), scratch.bytes(value), value.length, 0};
      long result = on(fd, Syscall.FSETXATTR, Syscall.SETXATTR, scratch, rest);
      check(result, fd, Syscall.SETXATTR, scratch, rest);
    }
  }

  /// Returns an attribute's value, or empty if the file has none of this name, or its file system
  /// none at all (ENODATA, EOPNOTSUPP).
  public Optional<byte[]> get(Fd fd, String name) {
    try (Scratch scratch = Scratch.take()) {
      long text = scratch.text(name);
      Answer answer = ask(fd, Syscall.FGETXATTR, Syscall.GETXATTR, scratch, text);
      if (answer.result() == -Errno.ENODATA.number()
          || answer.result() == -Errno.EOPNOTSUPP.number()) {
        return Optional.empty();
      }
      check(answer.result(), fd, Syscall.GETXATTR, scratch, text);
      return Optional.of(answer.bytes());
    }
  }

  /// Returns the names of all attributes that the caller may see; none where the file system has
  /// none.
  public List<String> list(Fd fd) {
    try (Scratch scratch = Scratch.take()) {
      Answer answer = ask(fd, Syscall.FLISTXATTR, Syscall.LISTXATTR, scratch);
      if (answer.result() == -Errno.EOPNOTSUPP.number()) {
        return List.of();
      }
      check(answer.result(), fd, Syscall.LISTXATTR, scratch);
      return names(answer.bytes());
    }
  }

  /// Removes an attribute.
  ///
  /// @throws KernelException ENODATA if there is none
  public void remove(Fd fd, String name) {
    try (Scratch scratch = Scratch.take()) {
      long[] rest = {scratch.text(name)};
      long result = on(fd, Syscall.FREMOVEXATTR, Syscall.REMOVEXATTR, scratch, rest);
      check(result, fd, Syscall.REMOVEXATTR, scratch, rest);
    }
  }

  // Asks with little room first, and with the most that Linux has (XATTR_SIZE_MAX) if that is too
  // small.
  private Answer ask(Fd fd, Syscall byFd, Syscall byPath, Scratch scratch, long... first) {
    Answer answer = ask(LENGTH_USUAL, fd, byFd, byPath, scratch, first);
    return answer.result() == -Errno.ERANGE.number()
        ? ask(LENGTH_MAX, fd, byFd, byPath, scratch, first)
        : answer;
  }

  private Answer ask(
      int lengthMax, Fd fd, Syscall byFd, Syscall byPath, Scratch scratch, long... first) {
    Scratch.Room room = scratch.room(lengthMax);
    long[] rest = Arrays.copyOf(first, first.length + 2);
    rest[first.length] = room.address();
    rest[first.length + 1] = lengthMax;
    return new Answer(on(fd, byFd, byPath, scratch, rest), room);
  }

  private record Answer(long result, Scratch.Room room) {
    byte[] bytes() {
      return room.copy((int) result);
    }
  }

  // The calls that take descriptors refuse O_PATH with EBADF. The link in /proc leads to the same
  // inode, and
  // following it goes no further: the calls that follow links then work on a symbolic link's own
  // inode.
  private long on(Fd fd, Syscall byFd, Syscall byPath, Scratch scratch, long... rest) {
    long result = calls.answer(byFd, with(fd.number(), rest));
    return result == -Errno.EBADF.number()
        ? calls.answer(byPath, with(scratch.text(fd.path()), rest))
        : result;
  }

  private void check(long result, Fd fd, Syscall byPath, Scratch scratch, long... rest) {
    if (Calls.isError(result)) {
      throw calls.failure(result, byPath, with(scratch.text(fd.path()), rest));
    }
  }

  private static long[] with(long first, long... rest) {
    long[] all = new long[rest.length + 1];
    all[0] = first;
    System.arraycopy(rest, 0, all, 1, rest.length);
    return all;
  }

  private static List<String> names(byte[] list) {
    List<String> names = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < list.length; i++) {
      if (list[i] == 0) {
        names.add(KernelText.decode(list, start, i - start));
        start = i + 1;
      }
    }
    return names;
  }
}
