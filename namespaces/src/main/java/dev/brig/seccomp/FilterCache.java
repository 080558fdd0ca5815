package dev.brig.seccomp;

import dev.brig.linux.DirectoryEntry;
import dev.brig.linux.Errno;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.OpenFlag;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;

/// Files that can be made again: a name, bytes, and a check sum after a machine lost power.
///
/// Nothing here is an error: what can't be read is not there, and what can't be written is not
/// kept.
final class FilterCache {
  private static final int LENGTH_MAX = 64 * 1024;
  private static final int COUNT_MAX = 256;
  private static final int CHECK_BYTES = 8;

  private final Kernel kernel;
  private final String directory;

  FilterCache(Kernel kernel, String directory) {
    this.kernel = kernel;
    this.directory = directory;
  }

  /// Returns what was written under a name, or no bytes.
  byte[] read(String name) {
    try {
      Optional<byte[]> file =
          kernel.files().readIfPresent(Fd.CWD, directory + "/" + name, LENGTH_MAX);
      return file.isPresent() ? checked(file.get()) : new byte[0];
    } catch (KernelException _) {
      // An unreadable cache only costs time; ignored: the filter is compiled again.
      return new byte[0];
    }
  }

  private static byte[] checked(byte[] file) {
    if (file.length < CHECK_BYTES) {
      return new byte[0];
    }
    byte[] bytes = Arrays.copyOf(file, file.length - CHECK_BYTES);
    long stored =
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong(file.length - CHECK_BYTES);
    return stored == check(bytes) ? bytes : new byte[0];
  }

  /// Keeps bytes under a name: whole, or not at all.
  void write(String name, byte[] bytes) {
    try {
      makeDirectory();
      try (Fd folder =
          kernel.files().openat(Fd.CWD, directory, OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY)) {
        prune(folder);
        String beside = "." + name + "." + kernel.processes().pid();
        try (Fd file =
            kernel
                .files()
                .openat(
                    folder,
                    beside,
                    0600,
                    OpenFlag.O_WRONLY,
                    OpenFlag.O_CREAT,
                    OpenFlag.O_TRUNC,
                    OpenFlag.O_NOFOLLOW)) {
          ByteBuffer whole =
              ByteBuffer.allocate(bytes.length + CHECK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
          kernel.files().writeAll(file, whole.put(bytes).putLong(check(bytes)).flip());
        }
        kernel.tree().rename(folder, beside, folder, name);
      }
    } catch (KernelException _) {
      // A full or read-only disk; ignored: the next command compiles the filter again.
    }
  }

  private void makeDirectory() {
    try {
      var _ = kernel.tree().mkdirIfAbsent(Fd.CWD, directory, 0700);
    } catch (KernelException e) {
      int slash = directory.lastIndexOf('/');
      if (e.errno() != Errno.ENOENT || slash <= 0) {
        throw e;
      }
      var _ = kernel.tree().mkdirIfAbsent(Fd.CWD, directory.substring(0, slash), 0700);
      var _ = kernel.tree().mkdirIfAbsent(Fd.CWD, directory, 0700);
    }
  }

  // Each set of capabilities makes a file of its own; without a bound, years of them would stay.
  private void prune(Fd folder) {
    List<DirectoryEntry> entries = kernel.tree().list(folder);
    if (entries.size() >= COUNT_MAX) {
      for (DirectoryEntry entry : entries) {
        var _ = kernel.tree().unlinkIfPresent(folder, entry.name());
      }
    }
  }

  private static long check(byte[] bytes) {
    CRC32 sum = new CRC32();
    sum.update(bytes);
    // A file of zeros must not pass, whose CRC is zero if it has no bytes.
    return sum.getValue() ^ 0x6272_6967_0000_0000L;
  }
}
