package dev.brig.cgroups;

import dev.brig.cgroups.CgroupHost.Disk;
import dev.brig.cgroups.CgroupHost.Hierarchy;
import dev.brig.cgroups.CgroupHost.Weighting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Facts that only some limits need: processors, memory nodes, disks, sizes of huge pages.
final class HardwareFacts {
  private static final Path BLOCK = Path.of("/sys/block");
  private static final Path DEVICES = Path.of("/sys/dev/block");
  private static final Path HUGE_PAGES = Path.of("/sys/kernel/mm/hugepages");

  private final CgroupFs fs;
  private final List<Hierarchy> hierarchies;

  HardwareFacts(CgroupFs fs, List<Hierarchy> hierarchies) {
    this.fs = fs;
    this.hierarchies = hierarchies;
  }

  /// Returns the processors that a new cgroup can have.
  String cpus() {
    return set("cpuset.cpus", "cpuset.cpus.effective", "/sys/devices/system/cpu/online");
  }

  /// Returns the memory nodes that a new cgroup can have.
  String mems() {
    return set("cpuset.mems", "cpuset.mems.effective", "/sys/devices/system/node/online");
  }

  private String set(String v1File, String v2File, String fallback) {
    for (Hierarchy hierarchy : hierarchies) {
      if (hierarchy.has(Controller.CPUSET)) {
        String file = hierarchy.version() == Version.V1 ? v1File : v2File;
        String value = fs.readIfThere(hierarchy.base().resolve(file)).strip();
        if (!value.isEmpty()) {
          return value;
        }
      }
    }
    return fs.readIfThere(Path.of(fallback)).strip();
  }

  /// Returns the sizes of huge pages, named as in the files of the controller.
  List<String> hugePageSizes() {
    List<String> sizes = new ArrayList<>();
    for (String name : fs.list(HUGE_PAGES)) {
      if (name.startsWith("hugepages-") && name.endsWith("kB")) {
        long kib = Long.parseLong(name, "hugepages-".length(), name.length() - 2, 10);
        sizes.add(HugePageLimits.name(kib));
      }
    }
    return sizes;
  }

  /// Returns the devices that a wish names, and all whole disks if it has a weight without a
  /// device.
  List<Disk> disks(Resources.BlockIo wish) {
    List<Disk> disks = new ArrayList<>();
    String costs = costs();
    for (Resources.Throttle throttle : wish.throttles()) {
      device(throttle.major(), throttle.minor(), costs, disks);
    }
    for (Resources.DeviceWeight weight : wish.devices()) {
      device(weight.major(), weight.minor(), costs, disks);
    }
    if (Resources.isSet(wish.weight())) {
      for (String name : fs.list(BLOCK)) {
        String dev = fs.readIfThere(BLOCK.resolve(name).resolve("dev")).strip();
        int colon = dev.indexOf(':');
        if (colon > 0) {
          long major = Long.parseLong(dev, 0, colon, 10);
          device(major, Long.parseLong(dev, colon + 1, dev.length(), 10), costs, disks);
        }
      }
    }
    return disks;
  }

  private void device(long major, long minor, String costs, List<Disk> disks) {
    for (Disk disk : disks) {
      if (disk.major() == major && disk.minor() == minor) {
        return;
      }
    }
    String number = major + ":" + minor;
    Path directory = DEVICES.resolve(number);
    String event = fs.readIfThere(directory.resolve("uevent"));
    String name = value(event, "DEVNAME=");
    if (name.isEmpty()) {
      return;
    }
    // Dot dot follows the symbolic link first: the parent of a partition is its disk.
    String whole =
        value(event, "DEVTYPE=").equals("partition")
            ? value(fs.readIfThere(directory.resolve("../uevent")), "DEVNAME=")
            : "";
    Weighting weighting =
        fs.readIfThere(directory.resolve("queue/scheduler")).contains("[bfq]")
            ? Weighting.BFQ
            : hasCost(costs, number) ? Weighting.IOCOST : Weighting.NONE;
    disks.add(new Disk(major, minor, name, whole, weighting));
  }

  private static boolean hasCost(String costs, String number) {
    int at = costs.startsWith(number + " ") ? 0 : costs.indexOf("\n" + number + " ") + 1;
    if (at == 0 && !costs.startsWith(number + " ")) {
      return false;
    }
    int end = costs.indexOf('\n', at);
    return costs.substring(at, end < 0 ? costs.length() : end).contains(" enable=1");
  }

  /// Returns the settings of the I/O cost controller, which are only at the root.
  private String costs() {
    for (Hierarchy hierarchy : hierarchies) {
      if (hierarchy.version() == Version.V2) {
        return fs.readIfThere(hierarchy.mountPoint().resolve("io.cost.qos"));
      }
    }
    return "";
  }

  private static String value(String event, String key) {
    int at = event.startsWith(key) ? 0 : event.indexOf("\n" + key) + 1;
    if (at == 0 && !event.startsWith(key)) {
      return "";
    }
    int end = event.indexOf('\n', at);
    return event.substring(at + key.length(), end < 0 ? event.length() : end);
  }
}
