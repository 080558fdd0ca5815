package dev.brig.runtime.compile;

import dev.brig.error.UnsupportedException;
import dev.brig.linux.KernelFeature;
import dev.brig.linux.KernelRelease;
import dev.brig.namespaces.HandedMount;
import dev.brig.namespaces.HandedMount.Ids;
import dev.brig.namespaces.MountChange;
import dev.brig.namespaces.MountRequest;
import dev.brig.namespaces.MountRequest.Depth;
import dev.brig.namespaces.Rootfs;
import dev.brig.namespaces.RootfsRequest;
import dev.brig.plan.Slot;
import java.util.ArrayList;
import java.util.List;

/// Turns the root of a container with a user namespace, started by the host's root, into one that
/// is handed in: layers with their ids mapped, so that what is 0's in an image is 0's inside,
/// whatever that is outside; and bind mounts, whose sources the container's root may not reach.
public final class HandedRoot {
  // What these hold is for everyone to reach, and belongs to the kernel.
  private static final String[] KERNELS = {"/proc", "/sys", "/dev"};

  private HandedRoot() {}

  /// Returns the launch with its root handed in, or as it is if it has no user namespace.
  ///
  /// @param launch what the specification asks for, for a caller that is root of the host
  /// @param kernel this host's kernel
  /// @throws UnsupportedException if the kernel can't stack layers with mapped ids
  public static Launch of(Launch launch, KernelRelease kernel) {
    if (launch.isolation().hasUserNamespace()
        && launch.rootfs().rootfs() instanceof Rootfs.InMemory) {
      throw new UnsupportedException(
          "--upper tmpfs",
          "brig can't keep in memory what a container with a user namespace of root's writes",
          "leave --upper or --userns and --uidmap out");
    }
    if (!launch.isolation().hasUserNamespace()
        || !(launch.rootfs().rootfs() instanceof Rootfs.Overlay overlay)) {
      return launch;
    }
    if (!KernelFeature.OVERLAY_ON_IDMAPPED.isIn(kernel)) {
      throw new UnsupportedException(
          "--userns",
          "this kernel can't stack layers with mapped ids, so that their files would be nobody's",
          "use Linux " + KernelFeature.OVERLAY_ON_IDMAPPED.since() + ", or leave it out");
    }
    RootfsRequest request = launch.rootfs();
    List<MountRequest> mounts = new ArrayList<>(request.mounts().size());
    for (MountRequest mount : request.mounts()) {
      mounts.add(mount instanceof MountRequest.Bind bind ? handed(bind) : mount);
    }
    return launch.withRootfs(
        new RootfsRequest(
            handed(overlay, launch.state().directory()),
            request.mountPoint(),
            request.access(),
            mounts,
            request.devices(),
            request.nodes(),
            request.masked(),
            request.readonly(),
            request.terminal(),
            request.entrance()));
  }

  private static Rootfs handed(Rootfs.Overlay overlay, String directory) {
    List<HandedMount> lowers = new ArrayList<>(overlay.lowers().size());
    for (String lower : overlay.lowers()) {
      lowers.add(plain("layer " + lowers.size(), lower, new Ids.Containers()));
    }
    return new Rootfs.Handed(
        lowers, plain("containerdirfd", directory, new Ids.Kept()), overlay.durability());
  }

  private static HandedMount plain(String slot, String path, Ids ids) {
    return new HandedMount(
        new Slot(slot),
        path,
        Depth.SINGLE,
        Depth.SINGLE,
        MountChange.NONE,
        MountChange.NONE,
        ids,
        "--userns");
  }

  private static MountRequest handed(MountRequest.Bind bind) {
    for (String directory : KERNELS) {
      if ((bind.source() + "/").startsWith(directory + "/")) {
        return bind;
      }
    }
    HandedMount mount =
        new HandedMount(
            new Slot("mount for " + bind.target()),
            bind.source(),
            bind.depth(),
            Depth.SINGLE,
            bind.change(),
            bind.below(),
            new Ids.Kept(),
            bind.option());
    return new MountRequest.Handed(mount, bind.target(), bind.kind());
  }
}
