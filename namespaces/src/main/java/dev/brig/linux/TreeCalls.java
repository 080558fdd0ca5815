package dev.brig.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Calls on names: making, linking, renaming, removing and listing them.
///
/// Paths are relative to a directory's descriptor ([Fd#CWD] for the working directory). The last
/// component is never followed if it is a symbolic link; those before it are, so that a path with
/// more than one component is only for trees that nobody hostile can change.
public final class TreeCalls {
  private static final int PATH_MAX = 4096;
  private static final int LIST_CHUNK_BYTES = 32 * 1024;
  private static final int AT_REMOVEDIR = 0x200;
  private static final int AT_SYMLINK_FOLLOW = 0x400;
  private static final int RENAME_NOREPLACE = 1;
  private static final int RENAME_EXCHANGE = 2;

  private final Calls calls;

  TreeCalls(Calls calls) {
    this.calls = calls;
  }

  /// Makes a directory with these permissions, less the umask.
  public void mkdirat(Fd directory, String path, int permissions) {
    try (Scratch scratch = Scratch.take()) {
      calls.orThrow(Syscall.MKDIRAT, directory.number(), scratch.text(path), permissions);
    }
  }

  /// Makes a directory unless the name is taken, by whatever kind of file.
  ///
  /// @return whether it was made
  public boolean mkdirIfAbsent(Fd directory, String path, int permissions) {
    try (Scratch scratch = Scratch.take()) {
      return calls.orExpected(
              Errno.EEXIST, Syscall.MKDIRAT, directory.number(), scratch.text(path), permissions)
          == 0;
    }
  }

  /// Makes a device file, FIFO, socket or empty regular file with these permissions, less the
  /// umask.
  ///
  /// @param device the device that it stands for; of no meaning for other types
  public void mknodat(Fd directory, String path, FileType type, int permissions, Device device) {
    try (Scratch scratch = Scratch.take()) {
      calls.orThrow(
          Syscall.MKNODAT,
          directory.number(),
          scratch.text(path),
          type.bits() | permissions,
          device.number());
    }
  }

  /// Makes a symbolic link.
  public void symlinkat(String target, Fd directory, String path) {
    try (Scratch scratch = Scratch.take()) {
      calls.orThrow(
          Syscall.SYMLINKAT, scratch.text(target), directory.number(), scratch.text(path));
    }
  }

  /// Makes a symbolic link unless the name is taken.
  ///
  /// @return whether it was made
  public boolean symlinkIfAbsent(String target, Fd directory, String path) {
    try (Scratch scratch = Scratch.take()) {
      return calls.orExpected(
              Errno.EEXIST,
              Syscall.SYMLINKAT,
              scratch.text(target),
              directory.number(),
              scratch.text(path))
          == 0;
    }
  }

  /// Makes another name of a file; a symbolic link gets another name itself.
  public void linkat(Fd oldDirectory, String oldPath, Fd newDirectory, String newPath) {
    try (Scratch scratch = Scratch.take()) {
      calls.orThrow(
          Syscall.LINKAT,
          oldDirectory.number(),
          scratch.text(oldPath),
          newDirectory.number(),
          scratch.text(newPath),
          0);
    }
  }

  /// Gives an open file a name, one opened with `O_TMPFILE` its first.
  public void linkat(Fd file, Fd newDirectory, String newPath) {
    try (Scratch scratch = Scratch.take()) {
      // AT_EMPTY_PATH would need CAP_DAC_READ_SEARCH; the link in /proc does not.
      calls.orThrow(
          Syscall.LINKAT,
          Fd.CWD.number(),
          scratch.text(file.path()),
          newDirectory.number(),
          scratch.text(newPath),
          AT_SYMLINK_FOLLOW);
    }
  }

  /// Removes a name that is not a directory's.
  public void unlinkat(Fd directory, String path) {
    try (Scratch scratch = Scratch.take()) {
      calls.orThrow(Syscall.UNLINKAT, directory.number(), scratch.text(path), 0);
    }
  }

  /// Removes a name that is not a directory's, if it is there.
  ///
  /// @return whether it was there
  public boolean unlinkIfPresent(Fd directory, String path) {
    return removeIfPresent(directory, path, 0);
  }

  /// Removes an empty directory.
  public void rmdirat(Fd directory, String path) {
    try (Scratch scratch = Scratch.take()) {
      calls.orThrow(Syscall.UNLINKAT, directory.number(), scratch.text(path), AT_REMOVEDIR);
    }
  }

  /// Removes an empty directory, if it is there.
  ///
  /// @return whether it was there
  public boolean rmdirIfPresent(Fd directory, String path) {
    return removeIfPresent(directory, path, AT_REMOVEDIR);
  }

  private boolean removeIfPresent(Fd directory, String path, int flags) {
    try (Scratch scratch = Scratch.take()) {
      return calls.orExpected(
              Errno.ENOENT, Syscall.UNLINKAT, directory.number(), scratch.text(path), flags)
          == 0;
    }
  }

  /// Renames, replacing atomically what has the new name: a file, or an empty directory by a
  /// directory.
  public void rename(Fd oldDirectory, String oldPath, Fd newDirectory, String newPath) {
    try (Scratch scratch = Scratch.take()) {
      long oldName = scratch.text(oldPath);
      long newName = scratch.text(newPath);
      calls.orThrow(
          Syscall.RENAMEAT2, oldDirectory.number(), oldName, newDirectory.number(), newName, 0);
    }
  }

  /// Renames unless the new name is taken.
  ///
  /// @return whether it was renamed
  public boolean renameIfAbsent(Fd oldDirectory, String oldPath, Fd newDirectory, String newPath) {
    try (Scratch scratch = Scratch.take()) {
      return calls.orExpected(
              Errno.EEXIST,
              Syscall.RENAMEAT2,
              oldDirectory.number(),
              scratch.text(oldPath),
              newDirectory.number(),
              scratch.text(newPath),
              RENAME_NOREPLACE)
          == 0;
    }
  }

  /// Exchanges two names atomically; both must be there.
  public void exchange(Fd oldDirectory, String oldPath, Fd newDirectory, String newPath) {
    try (Scratch scratch = Scratch.take()) {
      calls.orThrow(
          Syscall.RENAMEAT2,
          oldDirectory.number(),
          scratch.text(oldPath),
          newDirectory.number(),
          scratch.text(newPath),
          RENAME_EXCHANGE);
    }
  }

  /// Returns the target of a symbolic link.
  ///
  /// @param path the link, or empty if the descriptor is the link itself, opened with
  ///   `O_PATH|O_NOFOLLOW`
  public String readlinkat(Fd directory, String path) {
    try (Scratch scratch = Scratch.take()) {
      Scratch.Room room = scratch.room(PATH_MAX);
      long length =
          calls.orThrow(
              Syscall.READLINKAT, directory.number(), scratch.text(path), room.address(), PATH_MAX);
      return KernelText.decode(room.copy((int) length));
    }
  }

  /// Returns the target of a symbolic link, or empty if the name is absent or is no symbolic link.
  public Optional<String> readlinkIfLink(Fd directory, String path) {
    try (Scratch scratch = Scratch.take()) {
      Scratch.Room room = scratch.room(PATH_MAX);
      long name = scratch.text(path);
      long[] arguments = {directory.number(), name, room.address(), PATH_MAX};
      long length = calls.answer(Syscall.READLINKAT, arguments);
      if (length == -Errno.ENOENT.number() || length == -Errno.EINVAL.number()) {
        return Optional.empty();
      }
      if (Calls.isError(length)) {
        throw calls.failure(length, Syscall.READLINKAT, arguments);
      }
      return Optional.of(KernelText.decode(room.copy((int) length)));
    }
  }

  /// Returns all names in a directory in the file system's order, `.` and `..` left out.
  ///
  /// @param directory open for reading, not `O_PATH`; its position is the end afterwards
  public List<DirectoryEntry> list(Fd directory) {
    calls.orThrow(Syscall.LSEEK, directory.number(), 0, 0);
    List<DirectoryEntry> entries = new ArrayList<>();
    try (Scratch scratch = Scratch.take()) {
      Scratch.Room room = scratch.room(LIST_CHUNK_BYTES);
      long count = listChunk(directory, room);
      while (count > 0) {
        decode(room.copy((int) count), entries);
        count = listChunk(directory, room);
      }
    }
    return entries;
  }

  private long listChunk(Fd directory, Scratch.Room room) {
    return calls.orThrow(Syscall.GETDENTS64, directory.number(), room.address(), LIST_CHUNK_BYTES);
  }

  // struct linux_dirent64: inode (8 bytes), offset (8), record length (2), type (1), name.
  private static void decode(byte[] chunk, List<DirectoryEntry> entries) {
    ByteBuffer records = ByteBuffer.wrap(chunk).order(ByteOrder.nativeOrder());
    for (int at = 0; at < chunk.length; at += records.getShort(at + 16) & 0xffff) {
      int end = at + 19;
      while (chunk[end] != 0) {
        end++;
      }
      String name = KernelText.decode(chunk, at + 19, end - at - 19);
      if (!name.equals(".") && !name.equals("..")) {
        FileType type = FileType.of((chunk[at + 18] & 0xff) << 12);
        entries.add(new DirectoryEntry(name, type, records.getLong(at)));
      }
    }
  }
}
