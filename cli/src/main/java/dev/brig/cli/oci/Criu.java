package dev.brig.cli.oci;

import dev.brig.cli.syntax.Reading;
import dev.brig.error.UnsupportedException;
import dev.brig.error.UsageException;
import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.FileType;
import dev.brig.linux.Kernel;
import dev.brig.linux.Links;
import dev.brig.runtime.oci.BundleException;
import dev.brig.runtime.spec.Mount;
import dev.brig.runtime.spec.Spec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Runs criu, which can freeze processes into files and make them again from these; criu(8).
final class Criu {
  private static final String[] PLACES = {
    "/usr/local/sbin/criu", "/usr/sbin/criu", "/usr/bin/criu", "/sbin/criu"
  };
  private static final int LOG_MAX = 64 << 20;

  private final Kernel kernel;
  private final String program;

  Criu(Kernel kernel) {
    this.kernel = kernel;
    this.program = find(kernel);
  }

  private static String find(Kernel kernel) {
    for (String place : PLACES) {
      if (kernel.attributes().exists(place)) {
        return place;
      }
    }
    throw new UnsupportedException(
        "checkpoint and restore", "criu is not installed, which does it", "apt-get install criu");
  }

  /// Returns where criu is.
  String program() {
    return program;
  }

  /// Runs a command line to its end; its streams are the caller's.
  ///
  /// @param what `dump` or `restore`
  /// @param log criu's log
  /// @throws BundleException with criu's own word on why, if it fails
  void run(String what, List<String> command, Path log) {
    try {
      Process process = new ProcessBuilder(command).inheritIO().start();
      int status = process.waitFor();
      if (status != 0) {
        throw new BundleException(
            "criu failed to " + what + ": " + reason(log), "criu's log is " + log);
      }
    } catch (IOException e) {
      throw new BundleException("unable to run criu: " + e.getMessage(), "");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BundleException("interrupted while criu ran", "");
    }
  }

  /// Returns the first error of a log: what follows is of its consequences.
  private String reason(Path log) {
    byte[] bytes =
        kernel.files().readIfPresent(Fd.CWD, log.toString(), LOG_MAX).orElse(new byte[0]);
    for (String line : new String(bytes, StandardCharsets.UTF_8).lines().toList()) {
      int error = line.indexOf("Error (");
      if (error >= 0) {
        return line.substring(error);
      }
    }
    return "it says nothing; does this kernel support it? see criu check";
  }

  /// Returns the mounts of a container that criu is not to look into: they are the host's, or its
  /// cgroups. A directory is hidden by a filesystem of the container's own, which criu keeps.
  ///
  /// @param cgroups the container's
  /// @return what each shows on the host, by where it is in the container
  Map<String, String> external(Spec spec, List<Path> cgroups) {
    Map<String, String> external = new TreeMap<>();
    for (Mount mount : spec.mounts()) {
      if (mount.isBind()) {
        external.put(mount.destination(), mount.source());
      }
    }
    Path root = Path.of("/sys/fs/cgroup");
    for (Path cgroup : cgroups) {
      if (cgroup.startsWith(root) && cgroup.getNameCount() > root.getNameCount() + 1) {
        String hierarchy = root.resolve(cgroup.getName(root.getNameCount())).toString();
        external.put(hierarchy, cgroup.toString());
      }
    }
    for (String path : spec.linux().maskedPaths()) {
      Optional<FileStatus> status = kernel.attributes().statIfPresent(Fd.CWD, path, Links.FOLLOW);
      if (status.isPresent() && status.get().type() != FileType.DIRECTORY) {
        external.put(path, "/dev/null");
      }
    }
    return external;
  }

  /// Returns the options that `checkpoint` and `restore` share.
  static List<String> options(Reading.Arguments<CriuOption> arguments) {
    List<String> options = new ArrayList<>();
    for (CriuOption refused :
        new CriuOption[] {
          CriuOption.CONSOLE_SOCKET,
          CriuOption.LAZY_PAGES,
          CriuOption.STATUS_FD,
          CriuOption.PAGE_SERVER
        }) {
      if (arguments.has(refused)) {
        throw new UnsupportedException(
            refused.longestName(), "brig's checkpoints are whole, and in files", "leave it out");
      }
    }
    for (CriuOption flag :
        new CriuOption[] {
          CriuOption.TCP_ESTABLISHED,
          CriuOption.EXT_UNIX_SK,
          CriuOption.SHELL_JOB,
          CriuOption.FILE_LOCKS
        }) {
      if (arguments.has(flag)) {
        // criu's name for it is runc's.
        options.add(flag.longestName());
      }
    }
    String empty = arguments.value(CriuOption.EMPTY_NS, "");
    if (empty.equals("network")) {
      options.addAll(List.of("--empty-ns", "net"));
    } else if (!empty.isEmpty()) {
      throw new UsageException(
          "--empty-ns " + empty, "criu leaves no such namespace empty", "network");
    }
    options.add("--manage-cgroups=" + arguments.value(CriuOption.MANAGE_CGROUPS, "soft"));
    return options;
  }

  /// Makes a directory, if it is not there.
  ///
  /// @param origin what asked for it
  static void makeDirectory(String origin, Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw unwritable(origin, directory, e);
    }
  }

  /// Writes a file.
  ///
  /// @param origin what asked for it
  static void write(String origin, Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw unwritable(origin, file, e);
    }
  }

  private static UsageException unwritable(String origin, Path file, IOException e) {
    return new UsageException(
        origin + " " + file, "it can't be made: " + e, "name a directory that can be written to");
  }

  /// Returns the directory of the images.
  static Path images(Reading.Arguments<CriuOption> arguments) {
    return OciContext.path("--image-path", arguments.value(CriuOption.IMAGE_PATH, "checkpoint"));
  }

  /// Returns the directory of the log.
  static Path work(Reading.Arguments<CriuOption> arguments) {
    return OciContext.path(
        "--work-path", arguments.value(CriuOption.WORK_PATH, images(arguments).toString()));
  }
}
