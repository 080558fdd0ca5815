package dev.brig.runtime.compile;

import dev.brig.namespaces.Rootfs;
import dev.brig.namespaces.RootfsRequest;
import dev.brig.namespaces.RootfsRequest.Access;
import dev.brig.namespaces.RootfsRequest.Way;
import java.util.List;
import java.util.Optional;

/// Turns this machine's root below an overlay into this machine's root itself, where the container
/// can't write to it and the machine's is an overlay already, as in most containers.
///
/// Overlayfs may lie on overlayfs, but on no more than one (FILESYSTEM_MAX_STACK_DEPTH in the
/// kernel's include/linux/fs.h): a container of this one, in which brig runs again, is to have an
/// overlay of its own.
public final class ShownRoot {
  private ShownRoot() {}

  /// Returns the launch with the machine's root shown as it is, or nothing if the container may
  /// write to its root, or has another one.
  public static Optional<Launch> of(Launch launch) {
    RootfsRequest request = launch.rootfs();
    boolean isHosts =
        request.rootfs() instanceof Rootfs.Overlay overlay && overlay.lowers().equals(List.of("/"));
    return isHosts
            && request.access() == Access.READ_ONLY
            && request.entrance().way() == Way.PIVOT
            && !launch.isolation().hasUserNamespace()
        ? Optional.of(launch.withRootfs(request.withRootfs(new Rootfs.Shown("/"))))
        : Optional.empty();
  }
}
