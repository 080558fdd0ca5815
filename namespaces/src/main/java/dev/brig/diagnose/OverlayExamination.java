package dev.brig.diagnose;

import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.FilesystemStatus;
import dev.brig.linux.Host;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelRelease;
import dev.brig.linux.Links;
import dev.brig.linux.Syscall;
import java.util.List;
import java.util.Optional;

/// Why layers could not be stacked.
///
/// @see <a href="https://docs.kernel.org/filesystems/overlayfs.html">the kernel's description of
///   overlayfs</a>
final class OverlayExamination implements Examination {
  // One page holds all options of mount(2).
  private static final int OPTIONS_LENGTH_MAX = 4095;
  private static final int LAYERS_MAX = 500;

  private final Kernel kernel;
  private final Host host;
  private final ProcFiles proc;

  OverlayExamination(Kernel kernel, Host host, ProcFiles proc) {
    this.kernel = kernel;
    this.host = host;
    this.proc = proc;
  }

  @Override
  public Optional<Finding> examine(FailedCall call, Surroundings surroundings) {
    boolean mounting = call.syscall() == Syscall.MOUNT || call.syscall() == Syscall.FSCONFIG;
    List<String> layers = surroundings.layers();
    if (!mounting || !call.mentions("overlay") || layers.size() < 2) {
      return Optional.empty();
    }
    for (String layer : layers) {
      Optional<Finding> missing = missing(layer, "layer");
      if (missing.isPresent()) {
        return missing;
      }
    }
    Optional<Finding> work = missing(surroundings.work(), "work directory");
    if (work.isPresent()) {
      return work;
    }
    return switch (call.errno()) {
      case EINVAL -> invalid(call, layers, surroundings.work());
      case EBUSY -> Optional.of(busy(layers.getFirst()));
      case EPERM -> Optional.of(notPermitted());
      case EACCES ->
          Optional.of(
              new Finding(
                  "the caller may not enter the layers, or may not write to " + layers.getFirst(),
                  "look at the permissions of the directories on the way there"));
      case ESTALE ->
          Optional.of(
              new Finding(
                  "the upper layer " + layers.getFirst() + " was stacked on other layers before",
                  "brig rm the container and make it anew"));
      case EXDEV ->
          Optional.of(
              new Finding(
                  "upper layer and work directory are not on one mount",
                  "keep brig's root on one filesystem: --root"));
      default -> Optional.empty();
    };
  }

  private Optional<Finding> missing(String path, String what) {
    return path.isEmpty() || kernel.attributes().exists(path)
        ? Optional.empty()
        : Optional.of(
            new Finding(
                "the " + what + " " + path + " is not there",
                "brig's files were changed behind its back: import the image again"));
  }

  private Optional<Finding> invalid(FailedCall call, List<String> layers, String work) {
    String upper = layers.getFirst();
    Optional<Finding> filesystem = unfitFilesystem(upper);
    if (filesystem.isPresent()) {
      return filesystem;
    }
    FileStatus above = kernel.attributes().stat(Fd.CWD, upper, Links.FOLLOW);
    FileStatus beside = kernel.attributes().stat(Fd.CWD, work, Links.FOLLOW);
    if (above.mountId() != beside.mountId()) {
      return Optional.of(
          new Finding(
              "the upper layer "
                  + upper
                  + " and the work directory "
                  + work
                  + " are not on one mount",
              "keep brig's root on one filesystem: --root"));
    }
    if (work.startsWith(upper + "/") || upper.startsWith(work + "/") || work.equals(upper)) {
      return Optional.of(
          new Finding(
              "the upper layer "
                  + upper
                  + " and the work directory "
                  + work
                  + " lie in one another",
              ""));
    }
    if (layers.size() > LAYERS_MAX) {
      return Optional.of(
          new Finding(
              "there are " + layers.size() + " layers, and overlayfs takes " + LAYERS_MAX,
              "flatten the image: brig export and brig import"));
    }
    for (String text : call.subject().texts()) {
      if (text.length() > OPTIONS_LENGTH_MAX) {
        return Optional.of(
            new Finding(
                "the options are longer than a page, which is all that mount(2) takes",
                "brig's root with a shorter path, or Linux 6.8, which takes layers one by one"));
      }
    }
    return tooDeep(layers);
  }

  private Optional<Finding> unfitFilesystem(String upper) {
    long type = kernel.attributes().statfs(upper).type();
    String name =
        type == FilesystemStatus.OVERLAYFS
            ? "overlayfs itself, which can't hold the upper layer of another"
            : type == FilesystemStatus.NFS
                ? "NFS, which can't hold an upper layer"
                : type == FilesystemStatus.FUSE
                    ? "FUSE, which often can't hold an upper layer"
                    : "";
    if (name.isEmpty()) {
      return tmpfsWithoutXattrs(type, upper);
    }
    return Optional.of(
        new Finding(
            upper + " is on " + name,
            type == FilesystemStatus.OVERLAYFS
                ? "inside a container, mount a volume or a tmpfs for brig's root: --root"
                : "put brig's root on a local filesystem: --root"));
  }

  private Optional<Finding> tmpfsWithoutXattrs(long type, String upper) {
    KernelRelease release = host.release();
    return type == FilesystemStatus.TMPFS && host.identity().isRootless() && !release.atLeast(6, 6)
        ? Optional.of(
            new Finding(
                upper
                    + " is on a tmpfs, which has no user extended attributes before Linux 6.6,"
                    + " and this is "
                    + release,
                "put brig's root on another filesystem: --root"))
        : Optional.empty();
  }

  // The kernel stacks two filesystems at most, FILESYSTEM_MAX_STACK_DEPTH.
  private Optional<Finding> tooDeep(List<String> layers) {
    for (String layer : layers) {
      if (kernel.attributes().statfs(layer).type() == FilesystemStatus.OVERLAYFS) {
        return Optional.of(
            new Finding(
                "the layer "
                    + layer
                    + " is on an overlay already, and the kernel stacks no more"
                    + " than two",
                "keep brig's root on a filesystem that is no overlay: --root"));
      }
    }
    return Optional.empty();
  }

  private Finding notPermitted() {
    return host.identity().isRootless() && !host.release().atLeast(5, 11)
        ? new Finding(
            "overlayfs in a user namespace needs Linux 5.11, and this is " + host.release(),
            "run brig as root")
        : new Finding(
            "overlayfs is not allowed here: a security module, or the settings of a container"
                + " around",
            "");
  }

  private Finding busy(String upper) {
    for (int process : proc.processes()) {
      for (MountEntry mount : proc.mounts(Integer.toString(process))) {
        if (mount.superOptions().contains("upperdir=" + upper + ",")) {
          return new Finding(
              "the upper layer " + upper + " is in use by process " + proc.describe(process),
              "the container is still running, or another was made on the same layer");
        }
      }
    }
    return new Finding(
        "the upper layer " + upper + " or its work directory is in use by another overlay", "");
  }
}
