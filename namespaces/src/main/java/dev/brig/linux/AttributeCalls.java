package dev.brig.linux;

import java.util.Optional;

/// Calls on what a file system knows about a file besides its contents: status, owner, permissions,
/// times.
///
/// Methods that take a descriptor work on any kind, `O_PATH` included, and so on any kind of file,
/// a symbolic link included if it was opened with `O_PATH|O_NOFOLLOW`.
public final class AttributeCalls {
  private static final int AT_EACCESS = 0x200;
  private static final int AT_EMPTY_PATH = 0x1000;

  private final Calls calls;

  AttributeCalls(Calls calls) {
    this.calls = calls;
  }

  /// Returns the status of an open file.
  public FileStatus stat(Fd fd) {
    try (Scratch scratch = Scratch.take()) {
      Scratch.Room room = scratch.room(FileStatus.SIZE_BYTES);
      calls.orThrow(
          Syscall.STATX,
          fd.number(),
          scratch.text(""),
          AT_EMPTY_PATH,
          FileStatus.MASK,
          room.address());
      return new FileStatus(room);
    }
  }

  /// Returns the status of a file.
  public FileStatus stat(Fd directory, String path, Links links) {
    try (Scratch scratch = Scratch.take()) {
      Scratch.Room room = scratch.room(FileStatus.SIZE_BYTES);
      calls.orThrow(
          Syscall.STATX,
          directory.number(),
          scratch.text(path),
          links.atFlag(),
          FileStatus.MASK,
          room.address());
      return new FileStatus(room);
    }
  }

  /// Returns the status of a file, or empty if there is none (ENOENT).
  public Optional<FileStatus> statIfPresent(Fd directory, String path, Links links) {
    try (Scratch scratch = Scratch.take()) {
      Scratch.Room room = scratch.room(FileStatus.SIZE_BYTES);
      long result =
          calls.orExpected(
              Errno.ENOENT,
              Syscall.STATX,
              directory.number(),
              scratch.text(path),
              links.atFlag(),
              FileStatus.MASK,
              room.address());
      return result < 0 ? Optional.empty() : Optional.of(new FileStatus(room));
    }
  }

  /// Returns the status of the filesystem that a file is on.
  public FilesystemStatus statfs(String path) {
    try (Scratch scratch = Scratch.take()) {
      Scratch.Room room = scratch.room(FilesystemStatus.SIZE_BYTES);
      calls.orThrow(Syscall.STATFS, scratch.text(path), room.address());
      return FilesystemStatus.of(room);
    }
  }

  /// Tells whether a path exists, links followed. What the caller may not see counts as absent.
  public boolean exists(String path) {
    return mayAccess(path, 0);
  }

  /// Tells whether the caller, with its effective ids, may use a file so.
  ///
  /// @param mode a sum of R_OK 4, W_OK 2 and X_OK 1, or 0 for being there
  public boolean mayAccess(String path, int mode) {
    try (Scratch scratch = Scratch.take()) {
      return calls.answer(Syscall.FACCESSAT2, Fd.CWD.number(), scratch.text(path), mode, AT_EACCESS)
          == 0;
    }
  }

  /// Gives an open file to a user and a group; -1 leaves one as it is. Clears set-user-id and
  /// set-group-id of regular files, so that permissions are set afterwards.
  public void chown(Fd fd, int uid, int gid) {
    try (Scratch scratch = Scratch.take()) {
      calls.orThrow(Syscall.FCHOWNAT, fd.number(), scratch.text(""), uid, gid, AT_EMPTY_PATH);
    }
  }

  /// Gives a file to a user and a group; -1 leaves one as it is.
  public void chownat(Fd directory, String path, int uid, int gid, Links links) {
    try (Scratch scratch = Scratch.take()) {
      calls.orThrow(
          Syscall.FCHOWNAT, directory.number(), scratch.text(path), uid, gid, links.atFlag());
    }
  }

  /// Sets the permissions of an open file, which can't be a symbolic link (EOPNOTSUPP).
  ///
  /// @param permissions 0 to 07777
  public void chmod(Fd fd, int permissions) {
    long number = fd.number();
    if (calls.orExpected(Errno.EBADF, Syscall.FCHMOD, number, permissions) < 0) {
      // fchmod(2) refuses O_PATH; the link in /proc leads to the same inode and to no other.
      try (Scratch scratch = Scratch.take()) {
        calls.orThrow(Syscall.FCHMODAT, Fd.CWD.number(), scratch.text(fd.path()), permissions);
      }
    }
  }

  /// Sets the permissions of a file; a symbolic link is followed, for Linux has no permissions of
  /// links.
  ///
  /// @param permissions 0 to 07777
  public void chmodat(Fd directory, String path, int permissions) {
    try (Scratch scratch = Scratch.take()) {
      calls.orThrow(Syscall.FCHMODAT, directory.number(), scratch.text(path), permissions);
    }
  }

  /// Sets the times of an open file.
  public void setTimes(Fd fd, Timestamp accessed, Timestamp modified) {
    try (Scratch scratch = Scratch.take()) {
      calls.orThrow(
          Syscall.UTIMENSAT,
          fd.number(),
          scratch.text(""),
          times(scratch, accessed, modified),
          AT_EMPTY_PATH);
    }
  }

  /// Sets the times of a file.
  public void setTimes(
      Fd directory, String path, Timestamp accessed, Timestamp modified, Links links) {
    try (Scratch scratch = Scratch.take()) {
      calls.orThrow(
          Syscall.UTIMENSAT,
          directory.number(),
          scratch.text(path),
          times(scratch, accessed, modified),
          links.atFlag());
    }
  }

  private static long times(Scratch scratch, Timestamp accessed, Timestamp modified) {
    Scratch.Room room = scratch.room(4 * Long.BYTES);
    room.putLong(0, accessed.seconds());
    room.putLong(8, accessed.nanos());
    room.putLong(16, modified.seconds());
    room.putLong(24, modified.nanos());
    return room.address();
  }
}
