package dev.brig.cli.run;

import dev.brig.cli.bundle.DeviceOption;
import dev.brig.cli.bundle.HostEntry;
import dev.brig.cli.bundle.MountOption;
import dev.brig.cli.bundle.RunOptions;
import dev.brig.cli.value.Devices;
import dev.brig.cli.value.Mounts;
import dev.brig.cli.value.Names;
import dev.brig.cli.value.Sizes;
import dev.brig.cli.value.Wrong;
import dev.brig.error.UnsupportedException;
import java.util.ArrayList;
import java.util.List;

/// What a container sees of files.
final class FilesGroup implements OptionGroup {
  private final List<MountOption> mounts = new ArrayList<>();
  private final List<DeviceOption> devices = new ArrayList<>();
  private final List<HostEntry> hosts = new ArrayList<>();
  private String memory = "";
  private long shmBytes = RunOptions.Files.SHM_BYTES;

  /// Returns what was said.
  RunOptions.Files options() {
    return new RunOptions.Files(mounts, devices, shmBytes, hosts, memory);
  }

  @Override
  public boolean accept(RunOption option, String value) {
    String spelling = option.longestName();
    switch (option) {
      case VOLUME -> add(Mounts.volume(spelling, value), spelling, value);
      case MOUNT -> add(Mounts.mount(spelling, value), spelling, value);
      case TMPFS -> add(Mounts.tmpfs(spelling, value), spelling, value);
      case SHM_SIZE -> shmBytes = shmBytes(spelling, value);
      case DEVICE -> devices.add(Devices.parse(spelling, value));
      case UPPER -> memory = memory(spelling, value);
      case STORAGE_OPT -> throw noQuota(spelling, value);
      case ADD_HOST -> hosts.add(hostEntry(spelling, value));
      default -> {
        return false;
      }
    }
    return true;
  }

  private void add(MountOption mount, String option, String text) {
    for (MountOption other : mounts) {
      if (other.target().equals(mount.target())) {
        throw Wrong.value(option, text, "something is already mounted on " + mount.target());
      }
    }
    mounts.add(mount);
  }

  /// Reads `disk`, `tmpfs` or `tmpfs:size=64m`.
  private static String memory(String option, String text) {
    if (text.equals("disk") || text.equals("tmpfs")) {
      return text.equals("disk") ? "" : text;
    }
    String prefix = "tmpfs:size=";
    if (!text.startsWith(prefix)) {
      throw Wrong.value(option, text, "not disk, tmpfs or tmpfs:size=SIZE");
    }
    long bytes = Sizes.parse(option, text.substring(prefix.length()));
    if (bytes == 0) {
      throw Wrong.value(option, text, "the size must be more than 0");
    }
    return Long.toString(bytes);
  }

  /// A limit on disk takes a project quota, which brig does not set up.
  private static UnsupportedException noQuota(String option, String text) {
    return new UnsupportedException(
        option + " " + text,
        "brig sets no quota on disk",
        "--upper tmpfs:size=SIZE limits what a container writes, in memory");
  }

  private static long shmBytes(String option, String text) {
    long bytes = Sizes.parse(option, text);
    if (bytes == 0) {
      throw Wrong.value(option, text, "must be more than 0");
    }
    return bytes;
  }

  private static HostEntry hostEntry(String option, String text) {
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    String address = colon < 0 ? "" : text.substring(colon + 1);
    boolean good = !address.isEmpty();
    for (int i = 0; i < address.length(); i++) {
      char c = address.charAt(i);
      good &= Character.digit(c, 16) >= 0 || c == '.' || c == ':';
    }
    if (!good) {
      throw Wrong.value(option, text, "not NAME:IP-ADDRESS (db:10.0.0.7)");
    }
    return new HostEntry(Names.host(option, name), address);
  }
}
