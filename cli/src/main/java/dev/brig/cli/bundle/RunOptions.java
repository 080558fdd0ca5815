package dev.brig.cli.bundle;

import dev.brig.runtime.container.Degree;
import dev.brig.runtime.spec.LinuxCpu;
import dev.brig.runtime.spec.LinuxDeviceCgroup;
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

  /// Returns these options with a user, unless they name one.
  public RunOptions asUser(String user) {
    return command.user().isEmpty()
        ? new RunOptions(lifecycle, command.as(user), files, isolation, security, limits, origins)
        : this;
  }

  /// Returns these options without a limit of swap.
  public RunOptions withoutSwap() {
    return new RunOptions(
        lifecycle, command, files, isolation, security, limits.withoutSwap(), origins);
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
    NO_NEW_PRIVILEGES,
    /// `--read-only-tmpfs=false`: nothing can be written where the root cannot.
    NO_READ_ONLY_TMPFS,
    /// `--no-hosts`: /etc/hosts is the image's.
    NO_HOSTS,
    /// `--replace`: another container with the name is removed first.
    REPLACE
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
  /// @param bounds how much it may log, and how long it may run
  public record Lifecycle(
      String name,
      Set<Switch> switches,
      String cidFile,
      String pidFile,
      int stopSignal,
      int stopTimeoutSeconds,
      Map<String, String> labels,
      Map<String, String> annotations,
      Bounds bounds) {
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

  /// What a container may not exceed while it is supervised.
  ///
  /// @param logBytesMax how large its log grows, or 0 for as large as it likes
  /// @param timeoutSeconds how long it may run until it is killed, or 0 for ever
  public record Bounds(long logBytesMax, int timeoutSeconds) {}

  /// What runs and as whom.
  ///
  /// @param entrypoint what replaces the image's entry point, empty to have none; null to leave the
  ///   image's
  /// @param words the command given behind the image, or empty for the image's
  /// @param env the variables
  /// @param user `NAME|UID[:GROUP|GID]`, or empty for the image's
  /// @param groups names or ids of further groups
  /// @param workingDirectory an absolute path, or empty for the image's
  /// @param rlimits resource limits
  /// @param umask mode bits that new files do not get, or -1 for the usual
  /// @param oomScoreAdj what is written to `oom_score_adj`, or null to leave it
  public record Command(
      @Nullable List<String> entrypoint,
      List<String> words,
      Env env,
      String user,
      List<String> groups,
      String workingDirectory,
      List<PosixRlimit> rlimits,
      int umask,
      @Nullable Integer oomScoreAdj) {
    /// Copies the lists.
    public Command {
      entrypoint = entrypoint == null ? null : List.copyOf(entrypoint);
      words = List.copyOf(words);
      groups = List.copyOf(groups);
      rlimits = List.copyOf(rlimits);
    }

    private Command as(String other) {
      return new Command(
          entrypoint, words, env, other, groups, workingDirectory, rlimits, umask, oomScoreAdj);
    }
  }

  /// The variables of the command.
  ///
  /// @param caller what is set beneath the image's, `NAME=VALUE`: `--env-host`
  /// @param unset names that brig and the image set and that are left out; `*` for all of them
  /// @param set what is set above the image's, `NAME=VALUE`, later ones win
  public record Env(List<String> caller, List<String> unset, List<String> set) {
    /// Stands for every name in `unset`.
    public static final String ALL = "*";

    /// Copies the lists.
    public Env {
      caller = List.copyOf(caller);
      unset = List.copyOf(unset);
      set = List.copyOf(set);
    }
  }

  /// What becomes of the volumes that an image declares.
  public enum ImageVolumes {
    /// Each is a volume without a name, filled with what the image has there.
    ANONYMOUS,
    /// Each is memory, filled so.
    TMPFS,
    /// They are directories of the image like others.
    IGNORE
  }

  /// What is written to /etc/resolv.conf.
  ///
  /// @param servers addresses of name servers, or empty for the usual
  /// @param searches domains to search, or empty for the usual
  /// @param options options of the resolver, or empty for the usual
  public record Dns(List<String> servers, List<String> searches, List<String> options) {
    /// Copies the lists.
    public Dns {
      servers = List.copyOf(servers);
      searches = List.copyOf(searches);
      options = List.copyOf(options);
    }

    /// Tells whether nothing was asked for.
    public boolean isUsual() {
      return servers.isEmpty() && searches.isEmpty() && options.isEmpty();
    }
  }

  /// What a container sees of files.
  ///
  /// @param mounts the mounts, in the order given
  /// @param devices the devices beside the usual ones
  /// @param shmBytes the size of /dev/shm
  /// @param hosts lines for /etc/hosts
  /// @param dns what is written to /etc/resolv.conf
  /// @param imageVolumes what becomes of the volumes of the image
  /// @param memory the size of a writable layer in memory in bytes, `tmpfs` for one without a limit
  ///   of its own; empty for a layer on disk
  public record Files(
      List<MountOption> mounts,
      List<DeviceOption> devices,
      long shmBytes,
      List<HostEntry> hosts,
      Dns dns,
      ImageVolumes imageVolumes,
      String memory) {
    /// Returns the same with the image's volumes as directories like others.
    Files withoutImageVolumes() {
      return new Files(mounts, devices, shmBytes, hosts, dns, ImageVolumes.IGNORE, memory);
    }

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
  /// @param degree how far it is separated from the host
  /// @param guest the machine, where it is one
  public record Isolation(
      Map<LinuxNamespaceType, NamespaceMode> modes,
      List<LinuxIdMapping> uidMappings,
      List<LinuxIdMapping> gidMappings,
      String hostname,
      Map<String, String> sysctls,
      Degree degree,
      Guest guest) {
    /// Copies the collections.
    public Isolation {
      modes = Map.copyOf(modes);
      uidMappings = List.copyOf(uidMappings);
      gidMappings = List.copyOf(gidMappings);
      sysctls = Map.copyOf(sysctls);
    }
  }

  /// The virtual machine that a container is.
  ///
  /// @param kernel the file of the kernel, or empty for one that is found
  /// @param machine the type of the machine, or empty for the usual
  public record Guest(String kernel, String machine) {
    /// Nothing was said about it.
    public static final Guest USUAL = new Guest("", "");
  }

  /// What a container may do.
  ///
  /// @param capabilitiesAdded names such as `CAP_SYS_ADMIN`, or `ALL`
  /// @param capabilitiesDropped names, or `ALL`
  /// @param seccomp the filter of system calls
  /// @param masked paths that are hidden beside the usual ones
  /// @param unmasked usual paths that are neither hidden nor read-only, or `ALL`
  /// @param deviceRules devices that it may make and use
  public record Security(
      List<String> capabilitiesAdded,
      List<String> capabilitiesDropped,
      SeccompChoice seccomp,
      List<String> masked,
      List<String> unmasked,
      List<LinuxDeviceCgroup> deviceRules) {
    /// Copies the lists.
    public Security {
      capabilitiesAdded = List.copyOf(capabilitiesAdded);
      capabilitiesDropped = List.copyOf(capabilitiesDropped);
      masked = List.copyOf(masked);
      unmasked = List.copyOf(unmasked);
      deviceRules = List.copyOf(deviceRules);
    }
  }

  /// What a container may use.
  ///
  /// @param memory memory
  /// @param swap whether the limit of swap is what the user said
  /// @param cpu processors
  /// @param pids tasks
  /// @param blkioWeight the share of block devices, 10 to 1000; 0 for the usual
  /// @param rates limits on single block devices
  public record Limits(
      LinuxMemory memory, Swap swap, LinuxCpu cpu, LinuxPids pids, int blkioWeight, Rates rates) {

    /// Returns these limits without one of swap.
    Limits withoutSwap() {
      return new Limits(memory.withoutSwap(), Swap.ASKED, cpu, pids, blkioWeight, rates);
    }
  }

  /// Where the limit of memory and swap together comes from.
  public enum Swap {
    /// The user gave it, or there is none.
    ASKED,
    /// It is twice the limit of memory. A host that does not account for swap has nothing to limit.
    IMPLIED
  }

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
