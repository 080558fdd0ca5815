package dev.brig.cgroups;

import dev.brig.linux.DirectoryEntry;
import dev.brig.linux.Errno;
import dev.brig.linux.Fd;
import dev.brig.linux.FileType;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.OpenFlag;
import dev.brig.linux.Signal;
import dev.brig.linux.WatchEvent;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// The machine's real cgroups.
public final class KernelCgroupFs implements CgroupFs {
  private static final int LENGTH_MAX = 16 * 1024 * 1024;
  private static final int W_OK = 2;

  private final Kernel kernel;

  /// Makes one that acts through this kernel.
  public KernelCgroupFs(Kernel kernel) {
    this.kernel = kernel;
  }

  @Override
  public String read(Path file) {
    try (Fd fd = kernel.files().openat(Fd.CWD, file.toString(), OpenFlag.O_RDONLY)) {
      return text(fd);
    } catch (KernelException e) {
      throw e.during("read " + file);
    }
  }

  @Override
  public String readIfThere(Path file) {
    try {
      Optional<Fd> opened =
          kernel.files().openIfPresent(Fd.CWD, file.toString(), OpenFlag.O_RDONLY);
      if (opened.isEmpty()) {
        return "";
      }
      try (Fd fd = opened.get()) {
        return text(fd);
      }
    } catch (KernelException _) {
      // A file that can't be read has nothing to say, ignored: EACCES, or ENODEV of a cgroup that
      // is
      // being removed.
      return "";
    }
  }

  private String text(Fd fd) {
    return new String(kernel.files().readAll(fd, LENGTH_MAX), StandardCharsets.UTF_8);
  }

  @Override
  public void write(Path file, String value) {
    try (Fd fd = kernel.files().openat(Fd.CWD, file.toString(), OpenFlag.O_WRONLY)) {
      // Never in two pieces: each write(2) is a value of its own.
      int count = kernel.files().write(fd, ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8)));
      if (count < value.length()) {
        throw new KernelException("", "write(" + fd + ") of " + count, Errno.EIO, "");
      }
    } catch (KernelException e) {
      throw e.during("write \"" + value + "\" to " + file);
    }
  }

  @Override
  public void makeDirectory(Path directory) {
    try {
      kernel.tree().mkdirat(Fd.CWD, directory.toString(), 0755);
    } catch (KernelException e) {
      throw e.during("make cgroup " + directory);
    }
  }

  @Override
  public void removeDirectory(Path directory) {
    try {
      kernel.tree().rmdirat(Fd.CWD, directory.toString());
    } catch (KernelException e) {
      throw e.during("remove cgroup " + directory);
    }
  }

  @Override
  public List<String> directories(Path directory) {
    List<String> names = new ArrayList<>();
    for (DirectoryEntry entry : entries(directory)) {
      if (entry.type() == FileType.DIRECTORY) {
        names.add(entry.name());
      }
    }
    return names;
  }

  @Override
  public List<String> list(Path directory) {
    List<String> names = new ArrayList<>();
    for (DirectoryEntry entry : entries(directory)) {
      names.add(entry.name());
    }
    return names;
  }

  private List<DirectoryEntry> entries(Path directory) {
    Optional<Fd> opened =
        kernel
            .files()
            .openIfPresent(Fd.CWD, directory.toString(), OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY);
    if (opened.isEmpty()) {
      return List.of();
    }
    try (Fd fd = opened.get()) {
      return kernel.tree().list(fd);
    } catch (KernelException e) {
      if (e.errno() == Errno.ENOENT) {
        // Removed meanwhile: systemd removes the cgroups of its units by itself.
        return List.of();
      }
      throw e.during("list " + directory);
    }
  }

  @Override
  public boolean exists(Path path) {
    return kernel.attributes().exists(path.toString());
  }

  @Override
  public boolean isWritable(Path path) {
    return kernel.attributes().mayAccess(path.toString(), W_OK);
  }

  @Override
  public boolean await(Path file, String line, long timeoutMillis) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    try (Fd inotify = kernel.events().inotifyInit()) {
      // Watched before it is read, so that no change falls between the two.
      kernel.events().watch(inotify, file.toString(), WatchEvent.IN_MODIFY);
      while (true) {
        String text = readIfThere(file);
        if (text.lines().anyMatch(line::equals)) {
          return true;
        }
        long rest = end - System.nanoTime();
        if (text.isEmpty()
            || rest <= 0
            || kernel.events().awaitReadable(Duration.ofNanos(rest), inotify) < 0) {
          return false;
        }
        kernel.events().drain(inotify);
      }
    } catch (KernelException e) {
      if (e.errno() == Errno.ENOENT) {
        return false;
      }
      throw e.during("wait for \"" + line + "\" in " + file);
    }
  }

  @Override
  public void pause(long millis) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  @Override
  public void kill(int pid, Path cgroup) {
    try {
      Optional<Fd> opened = kernel.processes().pidfdOpen(pid);
      if (opened.isPresent()) {
        try (Fd pidfd = opened.get()) {
          // Looked at after the descriptor was opened: if the number is a member's now, the
          // descriptor stands for that member.
          if (isMember(readIfThere(Path.of("/proc/" + pid + "/cgroup")), cgroup)) {
            var _ = kernel.processes().pidfdSendSignal(pidfd, Signal.SIGKILL.number());
          }
        }
      }
    } catch (KernelException e) {
      throw e.during("kill process " + pid);
    }
  }

  /// Tells whether `/proc/PID/cgroup` names a cgroup; cgroups(7).
  ///
  /// @param memberships its text, a line `hierarchy:controllers:path` for each hierarchy
  /// @param cgroup the directory of the cgroup, which ends in that path wherever the hierarchy is
  ///   mounted
  static boolean isMember(String memberships, Path cgroup) {
    String directory = cgroup.toString();
    for (String line : memberships.lines().toList()) {
      int colon = line.indexOf(':', line.indexOf(':') + 1);
      String path = line.substring(colon + 1);
      if (path.length() > 1 && directory.endsWith(path)) {
        return true;
      }
    }
    return false;
  }
}
