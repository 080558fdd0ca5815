package dev.brig.cli.run;

import dev.brig.cli.bundle.DeviceNumbers;
import dev.brig.cli.bundle.DeviceOption;
import dev.brig.cli.bundle.DeviceRate;
import dev.brig.cli.bundle.RunOptions;
import dev.brig.cli.value.Wrong;
import dev.brig.linux.DirectoryEntry;
import dev.brig.linux.Errno;
import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.FileType;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.Links;
import dev.brig.linux.OpenFlag;
import dev.brig.runtime.spec.LinuxDeviceType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Finds out what the host's device nodes stand for.
final class DeviceLookup {
  private static final int DEPTH_MAX = 4;

  // What every container has of its own, or has mounted.
  private static final Set<String> NOT_THE_HOSTS =
      Set.of(
          "/dev/null",
          "/dev/zero",
          "/dev/full",
          "/dev/random",
          "/dev/urandom",
          "/dev/tty",
          "/dev/console",
          "/dev/ptmx",
          "/dev/pts",
          "/dev/shm",
          "/dev/mqueue",
          "/dev/hugepages",
          "/dev/fd");

  private final Kernel kernel;

  DeviceLookup(Kernel kernel) {
    this.kernel = kernel;
  }

  /// Returns the nodes that options name, by path.
  ///
  /// @throws dev.brig.error.UsageException if one is not there or is no device
  Map<String, DeviceNumbers> named(RunOptions options) {
    Map<String, DeviceNumbers> devices = new HashMap<>();
    for (DeviceOption device : options.files().devices()) {
      devices.put(device.source(), find("--device", device.source()));
    }
    RunOptions.Rates rates = options.limits().rates();
    findDisks("--device-read-bps", rates.readBytes(), devices);
    findDisks("--device-write-bps", rates.writeBytes(), devices);
    findDisks("--device-read-iops", rates.reads(), devices);
    findDisks("--device-write-iops", rates.writes(), devices);
    return devices;
  }

  /// Returns all nodes below /dev but those that every container has of its own.
  Map<String, DeviceNumbers> all() {
    Map<String, DeviceNumbers> devices = new HashMap<>();
    addAll("/dev", 0, devices);
    return devices;
  }

  private void findDisks(
      String option, List<DeviceRate> rates, Map<String, DeviceNumbers> devices) {
    for (DeviceRate rate : rates) {
      DeviceNumbers numbers = find(option, rate.path());
      if (numbers.type() != LinuxDeviceType.BLOCK) {
        throw Wrong.value(option, rate.path(), "not a block device");
      }
      devices.put(rate.path(), numbers);
    }
  }

  private DeviceNumbers find(String option, String path) {
    Optional<FileStatus> status = kernel.attributes().statIfPresent(Fd.CWD, path, Links.FOLLOW);
    if (status.isEmpty()) {
      throw Wrong.value(option, path, "there is no such device on this host");
    }
    Optional<DeviceNumbers> numbers = numbers(status.get());
    if (numbers.isEmpty()) {
      throw Wrong.value(option, path, "not a device");
    }
    return numbers.get();
  }

  private static Optional<DeviceNumbers> numbers(FileStatus status) {
    LinuxDeviceType type;
    if (status.type() == FileType.CHARACTER_DEVICE) {
      type = LinuxDeviceType.CHARACTER;
    } else if (status.type() == FileType.BLOCK_DEVICE) {
      type = LinuxDeviceType.BLOCK;
    } else {
      return Optional.empty();
    }
    return Optional.of(
        new DeviceNumbers(
            type, status.special().major(), status.special().minor(), status.permissions()));
  }

  private void addAll(String directory, int depth, Map<String, DeviceNumbers> devices) {
    for (DirectoryEntry entry : list(directory)) {
      String path = directory + "/" + entry.name();
      if (NOT_THE_HOSTS.contains(path)) {
        continue;
      }
      Optional<FileStatus> status = kernel.attributes().statIfPresent(Fd.CWD, path, Links.NOFOLLOW);
      if (status.isEmpty()) {
        continue;
      }
      if (status.get().isDirectory() && depth < DEPTH_MAX) {
        addAll(path, depth + 1, devices);
      }
      Optional<DeviceNumbers> numbers = numbers(status.get());
      if (numbers.isPresent()) {
        devices.put(path, numbers.get());
      }
    }
  }

  private List<DirectoryEntry> list(String directory) {
    try (Fd fd =
        kernel.files().openat(Fd.CWD, directory, OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY)) {
      return kernel.tree().list(fd);
    } catch (KernelException e) {
      if (e.errno() == Errno.EACCES || e.errno() == Errno.ENOENT) {
        // What the caller cannot see it cannot pass on, ignored: the devices in there are left out.
        return List.of();
      }
      throw e;
    }
  }
}
