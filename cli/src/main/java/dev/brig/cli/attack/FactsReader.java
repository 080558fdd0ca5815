package dev.brig.cli.attack;

import dev.brig.linux.Device;
import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.Kernel;
import dev.brig.linux.Links;
import dev.brig.runtime.attack.AttackFacts;
import dev.brig.runtime.attack.Battery;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads what attacks have to know of the machine.
final class FactsReader {
  private static final int FILE_BYTES_MAX = 1 << 20;
  private static final List<String> NAMESPACES = List.of("net", "uts", "pid", "ipc", "mnt");

  private final Kernel kernel;

  FactsReader(Kernel kernel) {
    this.kernel = kernel;
  }

  /// Returns the facts.
  ///
  /// @param pidsMax how many processes the container may have, or 0 if there is no limit
  /// @param secret a file that an attack which gets out is to read, or empty
  /// @param shared the namespaces of the machine's that a container with a kernel of its own works
  ///   in, or empty if it has none of its own
  AttackFacts collect(int pidsMax, String secret, Optional<Set<String>> shared) {
    FileStatus root = kernel.attributes().stat(Fd.CWD, "/", Links.FOLLOW);
    Map<String, Long> namespaces = new HashMap<>();
    for (String name : NAMESPACES) {
      kernel
          .attributes()
          .statIfPresent(Fd.CWD, "/proc/self/ns/" + name, Links.FOLLOW)
          .ifPresent(status -> namespaces.put(name, status.inode()));
    }
    Set<String> absent = new HashSet<>();
    for (String file : Battery.files()) {
      if (kernel.attributes().statIfPresent(Fd.CWD, file, Links.FOLLOW).isEmpty()) {
        absent.add(file);
      }
    }
    return new AttackFacts(
        kernel.machine(),
        new AttackFacts.FileId(root.device().number(), root.inode()),
        namespaces,
        kernel.processes().pid(),
        disk(),
        pidsMax,
        secret,
        absent,
        shared.map(this::kernel));
  }

  private AttackFacts.HostKernel kernel(Set<String> shared) {
    String directory = "/proc/sys/kernel/";
    return new AttackFacts.HostKernel(
        ProcessView.text(kernel, directory + "osrelease").strip(),
        ProcessView.text(kernel, directory + "version").strip(),
        ProcessView.text(kernel, directory + "random/boot_id").strip(),
        shared);
  }

  /// Returns the number of the first disk or partition that has blocks, or 0; proc(5).
  private long disk() {
    byte[] bytes =
        kernel
            .files()
            .readIfPresent(Fd.CWD, "/proc/partitions", FILE_BYTES_MAX)
            .orElse(new byte[0]);
    for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n", -1)) {
      String[] fields = line.strip().split(" +", -1);
      if (fields.length == 4 && Character.isDigit(fields[0].charAt(0)) && !fields[2].equals("0")) {
        return new Device(Integer.parseInt(fields[0]), Integer.parseInt(fields[1])).number();
      }
    }
    return 0;
  }
}
