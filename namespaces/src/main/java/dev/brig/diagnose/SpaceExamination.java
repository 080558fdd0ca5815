package dev.brig.diagnose;

import dev.brig.linux.FilesystemStatus;
import dev.brig.linux.Host;
import dev.brig.linux.Kernel;
import dev.brig.linux.Rlimit;
import java.util.Optional;

/// What has run out: blocks or inodes of a filesystem, descriptors, watches; or that it is
/// read-only.
final class SpaceExamination implements Examination {
  private final Kernel kernel;
  private final Host host;

  SpaceExamination(Kernel kernel, Host host) {
    this.kernel = kernel;
    this.host = host;
  }

  @Override
  public Optional<Finding> examine(FailedCall call, Surroundings surroundings) {
    return switch (call.errno()) {
      case ENOSPC -> space(call);
      case EDQUOT ->
          Optional.of(new Finding("the owner's disk quota is used up", "quota -s shows it"));
      case EROFS -> readOnly(call);
      case EMFILE ->
          Optional.of(
              new Finding(
                  "the process has as many open files as it may have (ulimit -n: "
                      + host.limit(Rlimit.RLIMIT_NOFILE).text()
                      + ")",
                  "raise it: ulimit -n, or --ulimit nofile=…"));
      case ENFILE ->
          Optional.of(
              new Finding(
                  "the host has as many open files as it may have (fs.file-max)",
                  "sudo sysctl fs.file-max=…"));
      default -> Optional.empty();
    };
  }

  private Optional<Finding> space(FailedCall call) {
    String path = existing(call.mentioned("/"));
    if (path.isEmpty()) {
      return Optional.empty();
    }
    FilesystemStatus status = kernel.attributes().statfs(path);
    if (status.inodes() > 0 && status.inodesFree() == 0) {
      return Optional.of(
          new Finding(
              "the filesystem of " + path + " has no inode left of " + status.inodes(),
              "remove some of its many files"));
    }
    long mebibytes = status.bytesAvailable() >> 20;
    return mebibytes > 16
        ? Optional.empty()
        : Optional.of(
            new Finding(
                "the filesystem of " + path + " is full: " + mebibytes + " MiB are left",
                "make room: brig rm, brig rmi"));
  }

  private Optional<Finding> readOnly(FailedCall call) {
    String path = existing(call.mentioned("/"));
    return path.isEmpty()
        ? Optional.empty()
        : Optional.of(new Finding(path + " is on a read-only filesystem", ""));
  }

  // The path, or the nearest directory above it that is there.
  private String existing(String path) {
    String known = path;
    while (!known.isEmpty() && !kernel.attributes().exists(known)) {
      int slash = known.lastIndexOf('/');
      known = slash > 0 ? known.substring(0, slash) : slash == 0 && known.length() > 1 ? "/" : "";
    }
    return known;
  }
}
