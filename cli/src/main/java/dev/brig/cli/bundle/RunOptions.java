package dev.brig.cli.bundle;

import dev.brig.runtime.spec.LinuxCpu;
import dev.brig.runtime.spec.LinuxIdMapping;
import dev.brig.runtime.spec.LinuxMemory;
import dev.brig.runtime.spec.LinuxNamespaceType;
import dev.brig.runtime.spec.LinuxPids;
import dev.brig.runtime.spec.PosixRlimit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the user asks of a new container, option by option, checked but not yet looked up on the
/// host.
///
/// @param lifecycle how the container is called, run and ended
/// @param command what runs and as whom
/// @param files what it sees of files
/// @param isolation what it shares with the host or other containers
/// @param security what it may do
/// @param limits what it may use
/// @param origins the option that asked for a thing, as the user wrote it: `mount:/data` to
///   `--volume /srv:/data`. The kinds are mount, device, namespace, sysctl, rlimit and protect
public record RunOptions(
    Lifecycle lifecycle,
    Command command,
    Files files,
    Isolation isolation,
    Security security,
    Limits limits,
    Map<String, String> origins) {
  /// Copies the map.
  public RunOptions {
    origins = Map.copyOf(origins);
  }

  /// Returns these options with other namespaces.
  public RunOptions with(Isolation other) {
    return new RunOptions(lifecycle, command, files, other, security, limits, origins);
  }

  /// Switches without a value.
  public enum Switch {
    /// `--detach`: brig does not wait for the container.
    DETACH,
    /// `--interactive`: standard input is the container's.
    INTERACTIVE,
    /// `--tty`: the container has a terminal.
    TTY,
    /// `--rm`: the container is removed when it ends.
    REMOVE,
    /// `--init`: a small init runs the command as its child.
    INIT,
    /// `--trace`: each step is told with its time.
    TRACE,
    /// `--read-only`: the root cannot be written.
    READ_ONLY,
    /// `--privileged`: nothing is withheld that the caller has.
    PRIVILEGED,
    /// `--security-opt no-new-privileges`.
    NO_NEW_PRIVILEGES
  }

  /// How a container is called, run and ended.
  ///
  /// @param name its name, or empty
  /// @param switches the switches that are on, all of them, whatever they are about
  /// @param cidFile where its id is written, or empty
  /// @param pidFile where the pid of its first process is written, or empty
  /// @param stopSignal the signal that asks it to end, or 0 for the image's
  /// @param stopTimeoutSeconds how long `stop` waits before it kills; -1 for ever
  /// @param labels free-form
  /// @param annotations free-form, put into config.json
  public record Lifecycle(
      String name,
      Set<Switch> switches,
      String cidFile,
      String pidFile,
      int stopSignal,
      int stopTimeoutSeconds,
      Map<String, String> labels,
      Map<String, String> annotations) {
    /// Copies the collections.
    public Lifecycle {
      switches = Set.copyOf(switches);
      labels = Map.copyOf(labels);
      annotations = Map.copyOf(annotations);
    }

    /// Tells whether the switch is on.
    public boolean has(Switch wanted) {
      return switches.contains(wanted);
    }
  }

  /// What runs and as whom.
  ///
  /// @param entrypoint what replaces the image's entry point, empty to have none; null to leave the
  ///   image's
  /// @param words the command given behind the image, or empty for the image's
  /// @param env variables, `NAME=VALUE`, later ones win
  /// @param user `NAME|UID[:GROUP|GID]`, or empty for the image's
  /// @param groups names or ids of further groups
  /// @param workingDirectory an absolute path, or empty for the image's
  /// @param rlimits resource limits
  public record Command(
      @Nullable List<String> entrypoint,
      List<String> words,
      List<String> env,
      String user,
      List<String> groups,
      String workingDirectory,
      List<PosixRlimit> rlimits) {
    /// Copies the lists.
    public Command {
      entrypoint = entrypoint == null ? null : List.copyOf(entrypoint);
      words = List.copyOf(words);
      env = List.copyOf(env);
      groups = List.copyOf(groups);
      rlimits = List.copyOf(rlimits);
    }
  }

  /// What a container sees of files.
  ///
  /// @param mounts the mounts, in the order given
  /// @param devices the devices beside the usual ones
  /// @param shmBytes the size of /dev/shm
  /// @param hosts lines for /etc/hosts
  /// @param memory the size of a writable layer in memory in bytes, `tmpfs` for one without a limit
  ///   of its own; empty for a layer on disk
  public record Files(
      List<MountOption> mounts,
      List<DeviceOption> devices,
      long shmBytes,
      List<HostEntry> hosts,
      String memory) {
    /// The size of /dev/shm where nothing else is asked for.
    public static final long SHM_BYTES = 64L << 20;

    /// Copies the lists.
    public Files {
      mounts = List.copyOf(mounts);
      devices = List.copyOf(devices);
      hosts = List.copyOf(hosts);
    }
  }

  /// What a container shares.
  ///
  /// @param modes where each namespace comes from; a kind that is not in the map is brig's default
  /// @param uidMappings user ids of a new user namespace, or empty
  /// @param gidMappings group ids of a new user namespace, or empty
  /// @param hostname the host name, or empty for the short id
  /// @param sysctls kernel parameters of its namespaces
  public record Isolation(
      Map<LinuxNamespaceType, NamespaceMode> modes,
      List<LinuxIdMapping> uidMappings,
      List<LinuxIdMapping> gidMappings,
      String hostname,
      Map<String, String> sysctls) {
    /// Copies the collections.
    public Isolation {
      modes = Map.copyOf(modes);
      uidMappings = List.copyOf(uidMappings);
      gidMappings = List.copyOf(gidMappings);
      sysctls = Map.copyOf(sysctls);
    }
  }

  /// What a container may do.
  ///
  /// @param capabilitiesAdded names such as `CAP_SYS_ADMIN`, or `ALL`
  /// @param capabilitiesDropped names, or `ALL`
  /// @param seccomp the filter of system calls
  /// @param masked paths that are hidden beside the usual ones
  /// @param unmasked usual paths that are neither hidden nor read-only, or `ALL`
  public record Security(
      List<String> capabilitiesAdded,
      List<String> capabilitiesDropped,
      SeccompChoice seccomp,
      List<String> masked,
      List<String> unmasked) {
    /// Copies the lists.
    public Security {
      capabilitiesAdded = List.copyOf(capabilitiesAdded);
      capabilitiesDropped = List.copyOf(capabilitiesDropped);
      masked = List.copyOf(masked);
      unmasked = List.copyOf(unmasked);
    }
  }

  /// What a container may use.
  ///
  /// @param memory memory
  /// @param cpu processors
  /// @param pids tasks
  /// @param blkioWeight the share of block devices, 10 to 1000; 0 for the usual
  /// @param rates limits on single block devices
  public record Limits(
      LinuxMemory memory, LinuxCpu cpu, LinuxPids pids, int blkioWeight, Rates rates) {}

  /// Limits on single block devices.
  ///
  /// @param readBytes bytes read a second
  /// @param writeBytes bytes written a second
  /// @param reads reads a second
  /// @param writes writes a second
  public record Rates(
      List<DeviceRate> readBytes,
      List<DeviceRate> writeBytes,
      List<DeviceRate> reads,
      List<DeviceRate> writes) {
    /// Copies the lists.
    public Rates {
      readBytes = List.copyOf(readBytes);
      writeBytes = List.copyOf(writeBytes);
      reads = List.copyOf(reads);
      writes = List.copyOf(writes);
    }
  }
}
