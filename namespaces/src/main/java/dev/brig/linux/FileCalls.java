package dev.brig.linux;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/// Calls on open files: opening, reading, writing, positions, locks.
///
/// Every descriptor that is opened here is close-on-exec and belongs to the caller. Paths are
/// relative to a directory's descriptor ([Fd#CWD] for the working directory) and are strings as
/// [KernelText] defines them. Each method is one call of the same name; its errors are those of the
/// man page.
public final class FileCalls {
  private static final int HEAP_CHUNK_BYTES = 8 * 1024;
  private static final int F_SETFD = 2;
  private static final int F_DUPFD_CLOEXEC = 1030;
  private static final int SEEK_SET = 0;
  private static final int SEEK_CUR = 1;
  private static final int SEEK_END = 2;
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;
  private static final int LOCK_EX = 2;
  private static final int LOCK_SH = 1;
  private static final int LOCK_NB = 4;
  private static final int FICLONE = 0x40049409;
  private static final int FS_IOC_ENABLE_VERITY = 0x40806685;

  private final Calls calls;

  FileCalls(Calls calls) {
    this.calls = calls;
  }

  /// Opens a file that exists.
  ///
  /// @throws KernelException with any error of openat(2)
  public Fd openat(Fd directory, String path, OpenFlag... flags) {
    return openat(directory, path, 0, flags);
  }

  /// Opens a file, or creates it with `O_CREAT`.
  ///
  /// @param permissions the permissions of a new file, less the umask
  /// @throws KernelException with any error of openat(2)
  public Fd openat(Fd directory, String path, int permissions, OpenFlag... flags) {
    try (Scratch scratch = Scratch.take()) {
      long name = scratch.text(path);
      return owned(
          calls.orThrow(Syscall.OPENAT, directory.number(), name, bits(flags), permissions));
    }
  }

  /// Opens a file that may be absent.
  ///
  /// @return empty if the last component does not exist, or one before it (ENOENT)
  /// @throws KernelException with any other error of openat(2)
  public Optional<Fd> openIfPresent(Fd directory, String path, OpenFlag... flags) {
    return openUnless(Errno.ENOENT, directory, path, 0, flags);
  }

  /// Creates a file that must not be there yet: adds `O_CREAT|O_EXCL`, which follows no symbolic
  /// link.
  ///
  /// @return empty if the name is taken (EEXIST)
  /// @throws KernelException with any other error of openat(2)
  public Optional<Fd> createIfAbsent(
      Fd directory, String path, int permissions, OpenFlag... flags) {
    OpenFlag[] all = Arrays.copyOf(flags, flags.length + 2);
    all[flags.length] = OpenFlag.O_CREAT;
    all[flags.length + 1] = OpenFlag.O_EXCL;
    return openUnless(Errno.EEXIST, directory, path, permissions, all);
  }

  private Optional<Fd> openUnless(
      Errno expected, Fd directory, String path, int permissions, OpenFlag... flags) {
    try (Scratch scratch = Scratch.take()) {
      long name = scratch.text(path);
      long result =
          calls.orExpected(
              expected, Syscall.OPENAT, directory.number(), name, bits(flags), permissions);
      return result < 0 ? Optional.empty() : Optional.of(owned(result));
    }
  }

  /// Opens a file with rules for walking its path.
  ///
  /// A walk that a rename disturbs is tried again some times (EAGAIN of `RESOLVE_IN_ROOT` and
  /// `RESOLVE_BENEATH`).
  ///
  /// @throws KernelException with any error of openat2(2): EXDEV and ELOOP where a rule forbids the
  ///   path
  public Fd openat2(Fd directory, String path, OpenHow how) {
    try (Scratch scratch = Scratch.take()) {
      long name = scratch.text(path);
      Scratch.Room structure = how(scratch, how);
      return owned(
          calls.orThrowAfterRaces(
              Syscall.OPENAT2, directory.number(), name, structure.address(), OpenHow.SIZE_BYTES));
    }
  }

  /// Opens a file with rules for walking its path, with ENOENT, ENOTDIR, ELOOP, EXDEV or any other
  /// error as an answer.
  ///
  /// @return what was opened or the error
  public OpenResult tryOpenat2(Fd directory, String path, OpenHow how) {
    try (Scratch scratch = Scratch.take()) {
      long name = scratch.text(path);
      Scratch.Room structure = how(scratch, how);
      long result =
          calls.answerAfterRaces(
              Syscall.OPENAT2, directory.number(), name, structure.address(), OpenHow.SIZE_BYTES);
      return Calls.isError(result)
          ? new OpenResult.Refused(Errno.of((int) -result))
          : new OpenResult.Opened(owned(result));
    }
  }

  private Scratch.Room how(Scratch scratch, OpenHow how) {
    Scratch.Room structure = scratch.room(OpenHow.SIZE_BYTES);
    Machine machine = calls.machine();
    structure.putLong(0, how.flagBits(machine));
    structure.putLong(8, how.permissions());
    structure.putLong(16, how.resolveBits(machine));
    return structure;
  }

  /// Reads into the buffer's remaining room, and moves its position. Direct buffers spare a copy.
  ///
  /// @return the number of bytes, zero at the end of the file or if the buffer is full
  public int read(Fd fd, ByteBuffer buffer) {
    return transferIn(Syscall.READ, fd, buffer, -1);
  }

  /// Reads as [#read], at a position of the file and without moving the descriptor's.
  public int pread(Fd fd, ByteBuffer buffer, long positionBytes) {
    return transferIn(Syscall.PREAD64, fd, buffer, positionBytes);
  }

  /// Writes from the buffer's remaining bytes, perhaps not all, and moves its position.
  ///
  /// @return the number of bytes
  public int write(Fd fd, ByteBuffer buffer) {
    return transferOut(Syscall.WRITE, fd, buffer, -1);
  }

  /// Writes as [#write], at a position of the file and without moving the descriptor's.
  public int pwrite(Fd fd, ByteBuffer buffer, long positionBytes) {
    return transferOut(Syscall.PWRITE64, fd, buffer, positionBytes);
  }

  /// Writes all of the buffer's remaining bytes, in as many calls as it takes.
  public void writeAll(Fd fd, ByteBuffer buffer) {
    while (buffer.hasRemaining()) {
      var _ = write(fd, buffer);
    }
  }

  /// Writes all of these bytes.
  public void writeAll(Fd fd, byte[] bytes) {
    writeAll(fd, ByteBuffer.wrap(bytes));
  }

  /// Reads from the descriptor's position to the end of the file.
  ///
  /// @param lengthMax the most that is accepted, in bytes
  /// @throws KernelException EFBIG, made up here, if there is more
  public byte[] readAll(Fd fd, int lengthMax) {
    ByteBuffer buffer = ByteBuffer.allocate(Math.min(HEAP_CHUNK_BYTES, lengthMax + 1));
    while (read(fd, buffer) > 0) {
      if (buffer.position() > lengthMax) {
        throw new KernelException(
            "", "read(" + fd + ") beyond " + lengthMax + " bytes", Errno.EFBIG, "");
      }
      if (!buffer.hasRemaining()) {
        long size = Math.min(buffer.capacity() * 2L, lengthMax + 1L);
        buffer = ByteBuffer.allocate((int) size).put(buffer.flip());
      }
    }
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  /// Returns the contents of a file that may be absent.
  ///
  /// @param lengthMax the most that is accepted, in bytes
  /// @return empty if there is no such file (ENOENT)
  /// @throws KernelException EFBIG, made up here, if there is more
  public Optional<byte[]> readIfPresent(Fd directory, String path, int lengthMax) {
    Optional<Fd> opened = openIfPresent(directory, path, OpenFlag.O_RDONLY);
    if (opened.isEmpty()) {
      return Optional.empty();
    }
    try (Fd fd = opened.get()) {
      return Optional.of(readAll(fd, lengthMax));
    }
  }

  private int transferIn(Syscall syscall, Fd fd, ByteBuffer buffer, long position) {
    if (buffer.isDirect()) {
      return transferDirect(syscall, fd, buffer, position);
    }
    try (Scratch scratch = Scratch.take()) {
      int size = Math.min(buffer.remaining(), HEAP_CHUNK_BYTES);
      Scratch.Room room = scratch.room(size);
      int count = transfer(syscall, fd, room.address(), size, position);
      buffer.put(buffer.position(), room.buffer(), room.offset(), count);
      buffer.position(buffer.position() + count);
      return count;
    }
  }

  private int transferOut(Syscall syscall, Fd fd, ByteBuffer buffer, long position) {
    if (buffer.isDirect()) {
      return transferDirect(syscall, fd, buffer, position);
    }
    try (Scratch scratch = Scratch.take()) {
      int size = Math.min(buffer.remaining(), HEAP_CHUNK_BYTES);
      Scratch.Room room = scratch.room(size);
      room.buffer().put(room.offset(), buffer, buffer.position(), size);
      int count = transfer(syscall, fd, room.address(), size, position);
      buffer.position(buffer.position() + count);
      return count;
    }
  }

  private int transferDirect(Syscall syscall, Fd fd, ByteBuffer buffer, long position) {
    long address = Scratch.addressOf(buffer) + buffer.position();
    int count = transfer(syscall, fd, address, buffer.remaining(), position);
    buffer.position(buffer.position() + count);
    return count;
  }

  private int transfer(Syscall syscall, Fd fd, long address, int size, long position) {
    return (int)
        (position < 0
            ? calls.orThrow(syscall, fd.number(), address, size)
            : calls.orThrow(syscall, fd.number(), address, size, position));
  }

  /// Copies bytes between the positions of two files inside the kernel, sharing blocks where it
  /// can.
  ///
  /// @return the number of bytes copied, zero at the end of the source
  /// @throws KernelException EXDEV, EINVAL or EOPNOTSUPP where the two file systems can't do this
  ///   between them
  public long copyFileRange(Fd source, Fd target, long countBytes) {
    return calls.orThrow(
        Syscall.COPY_FILE_RANGE, source.number(), 0, target.number(), 0, countBytes, 0);
  }

  /// Lets a file share all blocks of another (FICLONE), where the file system can.
  ///
  /// @return whether it could
  public boolean cloneInto(Fd source, Fd target) {
    return calls.answer(Syscall.IOCTL, target.number(), FICLONE, source.number()) == 0;
  }

  /// Makes a file one whose every block is verified against a tree of SHA-256 digests when it is
  /// read, and that can't be written to any more; FS_IOC_ENABLE_VERITY, Linux 5.4.
  ///
  /// @param fd open for reading, with nobody writing to the file
  /// @return zero, or the error: EOPNOTSUPP and ENOTTY where the file system can't do it
  public int tryEnableVerity(Fd fd) {
    try (Scratch scratch = Scratch.take()) {
      // struct fsverity_enable_arg: version, hash algorithm (SHA-256), block size, no salt, no
      // signature.
      Scratch.Room room = scratch.room(128);
      for (int at = 0; at < 128; at += Long.BYTES) {
        room.putLong(at, 0);
      }
      room.putInt(0, 1);
      room.putInt(4, 1);
      room.putInt(8, 4096);
      return (int) -calls.answer(Syscall.IOCTL, fd.number(), FS_IOC_ENABLE_VERITY, room.address());
    }
  }

  /// Sets the size; a larger one adds a hole.
  public void ftruncate(Fd fd, long sizeBytes) {
    calls.orThrow(Syscall.FTRUNCATE, fd.number(), sizeBytes);
  }

  /// Sets the descriptor's position, counted from the file's beginning.
  public void seek(Fd fd, long positionBytes) {
    calls.orThrow(Syscall.LSEEK, fd.number(), positionBytes, SEEK_SET);
  }

  /// Moves the descriptor's position forward, over a hole if the file ends there.
  public void skip(Fd fd, long countBytes) {
    calls.orThrow(Syscall.LSEEK, fd.number(), countBytes, SEEK_CUR);
  }

  /// Sets the descriptor's position to the file's end and returns it.
  public long seekEnd(Fd fd) {
    return calls.orThrow(Syscall.LSEEK, fd.number(), 0, SEEK_END);
  }

  /// Returns where the next data of a file begin, at or after a position.
  ///
  /// @param end what to return if there are none (ENXIO), or the file system cannot tell (EINVAL)
  ///   and the position itself is meant
  public long seekData(Fd fd, long positionBytes, long end) {
    long result = calls.answer(Syscall.LSEEK, fd.number(), positionBytes, SEEK_DATA);
    if (result == -Errno.EINVAL.number()) {
      return positionBytes;
    }
    return result < 0 ? end : result;
  }

  /// Returns where the next hole of a file begins, at or after a position.
  ///
  /// @param end what to return if there is none, or the file system cannot tell
  public long seekHole(Fd fd, long positionBytes, long end) {
    long result = calls.answer(Syscall.LSEEK, fd.number(), positionBytes, SEEK_HOLE);
    return result < 0 ? end : result;
  }

  /// Waits until the file's data and metadata are stored. For a directory: its entries.
  public void fsync(Fd fd) {
    calls.orThrow(Syscall.FSYNC, fd.number());
  }

  /// Waits until all of the file system that the file is on is stored.
  public void syncfs(Fd fd) {
    calls.orThrow(Syscall.SYNCFS, fd.number());
  }

  /// Takes a lock on the open file, waiting for it. It is held by the open file, across fork and
  /// execve, until the last descriptor of it is closed.
  public void lock(Fd fd, Lock lock) {
    calls.orThrow(Syscall.FLOCK, fd.number(), operation(lock));
  }

  /// Takes a lock as [#lock], without waiting.
  ///
  /// @return false if another open file holds a lock that excludes this one
  public boolean tryLock(Fd fd, Lock lock) {
    return calls.orExpected(Errno.EAGAIN, Syscall.FLOCK, fd.number(), operation(lock) | LOCK_NB)
        == 0;
  }

  private static int operation(Lock lock) {
    return switch (lock) {
      case SHARED -> LOCK_SH;
      case EXCLUSIVE -> LOCK_EX;
    };
  }

  /// Makes another descriptor of the same open file, numbered at least so, closed on exec.
  public Fd duplicate(Fd fd, int numberMin) {
    return owned(calls.orThrow(Syscall.FCNTL, fd.number(), F_DUPFD_CLOEXEC, numberMin));
  }

  /// Lets a descriptor stay open when this process executes another program.
  public void keepOnExec(Fd fd) {
    calls.orThrow(Syscall.FCNTL, fd.number(), F_SETFD, 0);
  }

  /// Closes every descriptor from this number on when another program is executed, those excepted
  /// that are then kept with [#keepOnExec].
  public void closeOnExecFrom(int numberMin) {
    int closeRangeCloexec = 4;
    calls.orThrow(Syscall.CLOSE_RANGE, numberMin, 0xffff_ffffL, closeRangeCloexec);
  }

  private long bits(OpenFlag... flags) {
    Machine machine = calls.machine();
    return Flag.bits(machine, flags) | OpenFlag.O_CLOEXEC.bit(machine);
  }

  private Fd owned(long number) {
    return new Fd((int) number, calls.gate());
  }
}
