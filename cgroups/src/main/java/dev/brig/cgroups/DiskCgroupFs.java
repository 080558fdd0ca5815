package dev.brig.cgroups;

import dev.brig.linux.Errno;
import dev.brig.linux.KernelException;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/// The machine's real files.
public final class DiskCgroupFs implements CgroupFs {

  /// Makes one; it holds nothing.
  public DiskCgroupFs() {}

  @Override
  public String read(Path file) {
    try (FileInputStream in = new FileInputStream(file.toFile())) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw failure("read " + file, "read(\"" + file + "\")", e);
    }
  }

  @Override
  public String readIfThere(Path file) {
    try (FileInputStream in = new FileInputStream(file.toFile())) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException _) {
      // A file that can't be read says nothing, ignored: callers treat it as absent.
      return "";
    }
  }

  @Override
  public void write(Path file, String value) {
    // One array, one write(2): FileOutputStream doesn't buffer.
    try (FileOutputStream out = new FileOutputStream(file.toFile())) {
      out.write(value.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw failure(
          "write \"" + value + "\" to " + file, "write(\"" + file + "\", \"" + value + "\")", e);
    }
  }

  @Override
  public void makeDirectory(Path directory) {
    try {
      Files.createDirectory(directory);
    } catch (IOException e) {
      throw failure("make cgroup " + directory, "mkdir(\"" + directory + "\", 0777)", e);
    }
  }

  @Override
  public void removeDirectory(Path directory) {
    try {
      Files.delete(directory);
    } catch (IOException e) {
      throw failure("remove cgroup " + directory, "rmdir(\"" + directory + "\")", e);
    }
  }

  @Override
  public List<String> list(Path directory) {
    String[] names = directory.toFile().list();
    return names == null ? List.of() : List.of(names);
  }

  @Override
  public boolean exists(Path path) {
    return path.toFile().exists();
  }

  @Override
  public boolean isWritable(Path path) {
    File file = path.toFile();
    return file.canWrite();
  }

  private static KernelException failure(String step, String call, IOException cause) {
    KernelException failure = new KernelException(step, call, errno(cause), "");
    failure.initCause(cause);
    return failure;
  }

  /// Returns the error number that Java hid in a type or in a text.
  static Errno errno(IOException failure) {
    return switch (failure) {
      case NoSuchFileException _ -> Errno.ENOENT;
      case AccessDeniedException _ -> Errno.EACCES;
      case FileAlreadyExistsException _ -> Errno.EEXIST;
      case DirectoryNotEmptyException _ -> Errno.ENOTEMPTY;
      case FileSystemException e -> named(e.getReason() == null ? "" : e.getReason());
      default -> named(failure.getMessage() == null ? "" : failure.getMessage());
    };
  }

  private static Errno named(String text) {
    for (Errno errno : Errno.values()) {
      // FileInputStream writes "PATH (TEXT)", the rest of java.io and java.nio the text alone.
      if (text.equals(errno.text()) || text.endsWith("(" + errno.text() + ")")) {
        return errno;
      }
    }
    return Errno.EIO;
  }
}
