package dev.brig.cgroups;

import dev.brig.cgroups.CgroupHost.Disk;
import dev.brig.cgroups.CgroupHost.Weighting;
import dev.brig.cgroups.Resources.Throttle;
import java.util.List;

/// Disk use: shares by weight, and rates.
///
/// @see <a href="https://docs.kernel.org/admin-guide/cgroup-v1/blkio-controller.html">Block IO
///   Controller</a>
final class BlockIoLimits {
  private static final long WEIGHT_MIN = 10;
  private static final long WEIGHT_MAX = 1000;

  private BlockIoLimits() {}

  static void plan(Resources.BlockIo wish, Draft draft) {
    if (Resources.isSet(wish.weight()) && wish.weight() != 0) {
      weight(wish.weight(), draft);
    }
    for (Resources.DeviceWeight device : wish.devices()) {
      deviceWeight(device, draft);
    }
    for (Throttle throttle : wish.throttles()) {
      throttle(throttle, draft);
    }
  }

  /// Returns the value for io.weight (1 to 10000, 100 is usual) of a weight on v1 (10 to 1000).
  static long ioWeight(long weight) {
    return 1 + (weight - WEIGHT_MIN) * 9999 / (WEIGHT_MAX - WEIGHT_MIN);
  }

  private static void weight(long weight, Draft draft) {
    check(Limit.BLKIO_WEIGHT, weight, draft);
    Group group = draft.group(Controller.BLKIO, Limit.BLKIO_WEIGHT);
    Weighting weighting = Weighting.NONE;
    for (Disk disk : draft.host().disks()) {
      if (disk.weighting() == Weighting.BFQ
          || (disk.weighting() == Weighting.IOCOST && weighting == Weighting.NONE)) {
        weighting = disk.weighting();
      }
    }
    writeWeight(Limit.BLKIO_WEIGHT, "", weight, weighting, group, draft);
  }

  private static void deviceWeight(Resources.DeviceWeight wish, Draft draft) {
    check(Limit.BLKIO_WEIGHT_DEVICE, wish.weight(), draft);
    Group group = draft.group(Controller.BLKIO, Limit.BLKIO_WEIGHT_DEVICE);
    Disk disk = disk(Limit.BLKIO_WEIGHT_DEVICE, wish.major(), wish.minor(), draft);
    writeWeight(
        Limit.BLKIO_WEIGHT_DEVICE,
        disk.major() + ":" + disk.minor() + " ",
        wish.weight(),
        disk.weighting(),
        group,
        draft);
  }

  private static void check(Limit limit, long weight, Draft draft) {
    if (weight < WEIGHT_MIN || weight > WEIGHT_MAX) {
      throw draft.wrong(limit, "it is " + weight, "allowed: " + WEIGHT_MIN + " to " + WEIGHT_MAX);
    }
  }

  private static void writeWeight(
      Limit limit, String device, long weight, Weighting weighting, Group group, Draft draft) {
    boolean v1 = group.version() == Version.V1;
    if (weighting == Weighting.NONE || (v1 && weighting == Weighting.IOCOST)) {
      throw draft.unsupported(
          limit,
          "nothing here divides disk time by weight: "
              + (device.isEmpty() ? "no disk uses" : "the disk " + device + "doesn't use")
              + " the I/O scheduler bfq"
              + (v1 ? "" : " or the I/O cost controller"),
          "as root: echo bfq > /sys/block/DISK/queue/scheduler");
    }
    String why = "set the relative share of disk time";
    if (weighting == Weighting.IOCOST) {
      draft.write(group, "io.weight", device + ioWeight(weight), limit, why);
      return;
    }
    String file = v1 ? "blkio.bfq.weight" : "io.bfq.weight";
    // v1 has a file of its own for devices, which the one for all does not take.
    draft.write(
        group, v1 && !device.isEmpty() ? file + "_device" : file, device + weight, limit, why);
  }

  private static void throttle(Throttle wish, Draft draft) {
    Limit limit = wish.kind().limit();
    if (wish.rate() < 1) {
      throw draft.wrong(limit, "a rate of " + wish.rate() + " a second", "allowed: 1 or more");
    }
    Group group = draft.group(Controller.BLKIO, limit);
    Disk disk = disk(limit, wish.major(), wish.minor(), draft);
    String number = disk.major() + ":" + disk.minor();
    String why = "limit the rate of /dev/" + disk.name();
    switch (group.version()) {
      case V1 -> {
        List<String> files = group.hierarchy().files();
        if (!files.contains(wish.kind().v1File())) {
          throw draft.unsupported(
              limit,
              "this kernel's blkio controller has no "
                  + wish.kind().v1File()
                  + " (CONFIG_BLK_DEV_THROTTLING)",
              "leave the limit away");
        }
        draft.write(group, wish.kind().v1File(), number + " " + wish.rate(), limit, why);
      }
      case V2 ->
          draft.write(
              group, "io.max", number + " " + wish.kind().v2Key() + "=" + wish.rate(), limit, why);
    }
  }

  private static Disk disk(Limit limit, long major, long minor, Draft draft) {
    for (Disk disk : draft.host().disks()) {
      if (disk.major() == major && disk.minor() == minor) {
        if (disk.wholeDisk().isEmpty()) {
          return disk;
        }
        throw draft.wrong(
            limit,
            "/dev/"
                + disk.name()
                + " ("
                + major
                + ":"
                + minor
                + ") is a partition, and the kernel limits whole disks only",
            "use /dev/" + disk.wholeDisk());
      }
    }
    throw draft.wrong(
        limit,
        "there is no block device " + major + ":" + minor,
        "see lsblk for the disks that there are");
  }
}
