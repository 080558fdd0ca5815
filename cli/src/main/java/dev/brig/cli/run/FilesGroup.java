package dev.brig.cli.run;

import dev.brig.cli.bundle.DeviceOption;
import dev.brig.cli.bundle.HostEntry;
import dev.brig.cli.bundle.MountOption;
import dev.brig.cli.bundle.RunOptions;
import dev.brig.cli.bundle.RunOptions.ImageVolumes;
import dev.brig.cli.value.Devices;
import dev.brig.cli.value.Mounts;
import dev.brig.cli.value.Names;
import dev.brig.cli.value.Sizes;
import dev.brig.cli.value.Wrong;
import dev.brig.error.UnsupportedException;
import dev.brig.error.UsageException;
import java.util.ArrayList;
import java.util.List;

/// What a container sees of files.
final class FilesGroup implements OptionGroup {
  private static final String NONE = "none";

  private final List<MountOption> mounts = new ArrayList<>();
  private final List<DeviceOption> devices = new ArrayList<>();
  private final List<HostEntry> hosts = new ArrayList<>();
  private final List<String> servers = new ArrayList<>();
  private final List<String> searches = new ArrayList<>();
  private final List<String> resolverOptions = new ArrayList<>();
  private String memory = "";
  private long shmBytes = RunOptions.Files.SHM_BYTES;
  private ImageVolumes imageVolumes = ImageVolumes.ANONYMOUS;

  /// Returns what was said.
  RunOptions.Files options() {
    if (servers.contains(NONE)
        && (servers.size() > 1 || !searches.isEmpty() || !resolverOptions.isEmpty())) {
      throw new UsageException(
          "--dns none", "it leaves /etc/resolv.conf to the image", "leave the others of --dns out");
    }
    return new RunOptions.Files(
        mounts,
        devices,
        shmBytes,
        hosts,
        new RunOptions.Dns(servers, searches, resolverOptions),
        imageVolumes,
        memory);
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
      case DNS -> servers.add(server(spelling, value));
      case DNS_SEARCH -> searches.add(word(spelling, value));
      case DNS_OPTION -> resolverOptions.add(word(spelling, value));
      case IMAGE_VOLUME -> imageVolumes = imageVolumes(spelling, value);
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

  private static ImageVolumes imageVolumes(String option, String text) {
    return switch (text) {
      // podman's word before version 4
      case "anonymous", "bind" -> ImageVolumes.ANONYMOUS;
      case "tmpfs" -> ImageVolumes.TMPFS;
      case "ignore" -> ImageVolumes.IGNORE;
      default -> throw Wrong.value(option, text, "must be one of anonymous, tmpfs and ignore");
    };
  }

  private static String server(String option, String text) {
    if (!text.equals(NONE) && !isAddress(text)) {
      throw Wrong.value(option, text, "not an IP address; write one (10.0.0.1), or none");
    }
    return text;
  }

  private static String word(String option, String text) {
    boolean good = !text.isEmpty();
    for (int i = 0; i < text.length(); i++) {
      good &= text.charAt(i) > ' ' && text.charAt(i) < 0x7f;
    }
    if (!good) {
      throw Wrong.value(option, text, "must be one word without blanks");
    }
    return text;
  }

  private static boolean isAddress(String text) {
    if (text.indexOf(':') < 0) {
      return isOfFourNumbers(text);
    }
    boolean good = text.indexOf(':') != text.lastIndexOf(':');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      good &= Character.digit(c, 16) >= 0 || c == '.' || c == ':';
    }
    return good;
  }

  private static boolean isOfFourNumbers(String text) {
    String[] numbers = text.split("\\.", -1);
    boolean good = numbers.length == 4;
    for (String number : numbers) {
      boolean digits = !number.isEmpty() && number.length() <= 3;
      for (int i = 0; i < number.length(); i++) {
        digits &= number.charAt(i) >= '0' && number.charAt(i) <= '9';
      }
      good &= digits && Integer.parseInt(number) <= 255;
    }
    return good;
  }

  private static HostEntry hostEntry(String option, String text) {
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    String address = colon < 0 ? "" : text.substring(colon + 1);
    if (!isAddress(address)) {
      throw Wrong.value(option, text, "not NAME:IP-ADDRESS (db:10.0.0.7)");
    }
    return new HostEntry(Names.host(option, name), address);
  }
}
