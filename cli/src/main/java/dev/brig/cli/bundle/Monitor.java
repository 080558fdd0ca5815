package dev.brig.cli.bundle;

import dev.brig.runtime.launch.GuestShares;
import dev.brig.runtime.spec.Linux;
import dev.brig.runtime.spec.LinuxCapabilities;
import dev.brig.runtime.spec.LinuxNamespace;
import dev.brig.runtime.spec.LinuxNamespaceType;
import dev.brig.runtime.spec.LinuxResources;
import dev.brig.runtime.spec.Mount;
import dev.brig.runtime.spec.Process;
import dev.brig.runtime.spec.Spec;
import dev.brig.runtime.spec.SpecWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The process of the host's that runs a guest, for a container whose kernel is not the host's. It
/// stays in the host's root, in namespaces of its own, so that all of it ends with it.
///
/// @param directory a directory of the host's that only it sees, empty in the beginning
/// @param capabilities what brig itself may do
public record Monitor(String directory, List<String> capabilities) {
  /// The file in the container's directory with the configuration of what runs in the guest.
  public static final String GUEST = "guest.json";

  private static final Set<String> RECURSIVE =
      Set.of("rro", "rrw", "rnosuid", "rsuid", "rnodev", "rdev", "rnoexec", "rexec");
  private static final String PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin";

  /// Copies the list.
  public Monitor {
    capabilities = List.copyOf(capabilities);
  }

  /// gVisor's runtime; its documentation calls this a sandbox.
  ///
  /// @param program where runsc is
  /// @param platform how it catches system calls: `systrap`, `kvm` or `ptrace`
  public record Gvisor(String program, String platform) {
    /// Returns runsc's word for the network of a configuration: `none`, or the host's.
    public static String network(Spec spec) {
      return owns(spec, LinuxNamespaceType.NETWORK) ? "none" : "host";
    }

    /// Returns the command that acts on a sandbox.
    ///
    /// @param directory where runsc keeps what it knows
    /// @param network `none` or `host`
    /// @param command runsc's own command and what follows it
    public List<String> command(String directory, String network, List<String> command) {
      List<String> words = new ArrayList<>(List.of(program, "--root", directory));
      // brig's cgroup holds runsc and all of its processes.
      words.addAll(List.of("--ignore-cgroups", "--platform", platform, "--network", network));
      words.addAll(command);
      return words;
    }
  }

  /// Returns the bundle of the process that runs a bundle in gVisor.
  ///
  /// @param guest what runs in it
  /// @param directory the container's own
  /// @param gvisor the runtime
  /// @param id the container's
  public Bundle around(Bundle guest, String directory, Gvisor gvisor, String id) {
    Spec inside = guest.spec();
    List<String> command =
        gvisor.command(
            this.directory,
            Gvisor.network(inside),
            List.of("run", "--bundle", this.directory + "/bundle", id));
    Linux linux =
        inside.linux().toBuilder()
            .resources(LinuxResources.builder().build())
            .cgroupsPath("")
            .build();
    Map<String, String> files = new LinkedHashMap<>(guest.files());
    Spec config = inside.toBuilder().linux(linux).mounts(withoutRecursion(inside.mounts())).build();
    files.put(GUEST, SpecWriter.write(config));
    files.put(Bundle.SECCOMP_PROFILE, Bundle.UNCONFINED);
    Mount bundle =
        new Mount(
            this.directory + "/bundle/config.json",
            "bind",
            directory + "/" + GUEST,
            List.of("bind", "ro", "rprivate"));
    return new Bundle(
        outside(inside, command, "/", List.of(bundle)), inside, files, guest.volumes());
  }

  /// runsc knows no recursive attributes, and passes over what it does not know. A guest doesn't
  /// see the mounts below one of the host's, so that the plain ones say the same.
  private static List<Mount> withoutRecursion(List<Mount> mounts) {
    List<Mount> plain = new ArrayList<>();
    for (Mount mount : mounts) {
      List<String> options = new ArrayList<>();
      for (String option : mount.options()) {
        options.add(RECURSIVE.contains(option) ? option.substring(1) : option);
      }
      plain.add(new Mount(mount.destination(), mount.type(), mount.source(), options));
    }
    return plain;
  }

  /// A virtual machine's emulator, as a process of the host's.
  ///
  /// @param command the program and its arguments
  /// @param directory the container's own, in which it runs
  /// @param server the program that shows directories of the host, or empty if there are none
  /// @param shares those, bound where [dev.brig.runtime.launch.GuestShares] has them
  public record Emulator(
      List<String> command, String directory, String server, List<Mount> shares) {
    /// Copies the lists.
    public Emulator {
      command = List.copyOf(command);
      shares = List.copyOf(shares);
    }
  }

  /// Returns the bundle of the process that runs a bundle in a virtual machine.
  ///
  /// @param guest what runs in it
  /// @param inside the configuration that is kept of it
  /// @param emulator the process
  public Bundle around(Bundle guest, Spec inside, Emulator emulator) {
    Map<String, String> files = new LinkedHashMap<>(guest.files());
    files.put(GUEST, SpecWriter.write(inside));
    files.put(Bundle.SECCOMP_PROFILE, Bundle.UNCONFINED);
    LinuxResources given = inside.linux().resources();
    // The machine's memory and tasks are its own kernel's to limit; its time is the host's.
    LinuxResources limits =
        LinuxResources.builder().cpu(given.cpu()).blockIo(given.blockIo()).build();
    Spec limited =
        inside.toBuilder().linux(inside.linux().toBuilder().resources(limits).build()).build();
    Spec outside = outside(limited, emulator.command(), emulator.directory(), emulator.shares());
    if (!emulator.server().isEmpty()) {
      outside =
          outside.toBuilder().annotations(Map.of(GuestShares.SERVER, emulator.server())).build();
    }
    return new Bundle(outside, inside, files, guest.volumes());
  }

  private Spec outside(
      Spec inside, List<String> command, String workingDirectory, List<Mount> more) {
    List<LinuxNamespace> namespaces = new ArrayList<>();
    namespaces.add(new LinuxNamespace(LinuxNamespaceType.PID));
    namespaces.add(new LinuxNamespace(LinuxNamespaceType.MOUNT));
    namespaces.add(new LinuxNamespace(LinuxNamespaceType.IPC));
    if (owns(inside, LinuxNamespaceType.NETWORK)) {
      namespaces.add(new LinuxNamespace(LinuxNamespaceType.NETWORK));
    }
    List<Mount> mounts = new ArrayList<>();
    mounts.add(new Mount("/proc", "proc", "proc", List.of("nosuid", "noexec", "nodev")));
    mounts.add(new Mount(directory, "tmpfs", "tmpfs", List.of("nosuid", "nodev", "mode=700")));
    mounts.addAll(more);
    Process shown = inside.process();
    Process.Builder process =
        Process.builder()
            .terminal(shown != null && shown.terminal())
            .args(command)
            .env(List.of(PATH))
            .cwd(workingDirectory)
            .capabilities(
                new LinuxCapabilities(
                    capabilities, capabilities, List.of(), capabilities, List.of()));
    return Spec.builder(inside.ociVersion(), inside.root())
        .process(process.build())
        .mounts(mounts)
        .linux(
            Linux.builder()
                .resources(inside.linux().resources())
                .cgroupsPath(inside.linux().cgroupsPath())
                .namespaces(namespaces)
                .build())
        .build();
  }

  private static boolean owns(Spec spec, LinuxNamespaceType type) {
    for (LinuxNamespace namespace : spec.linux().namespaces()) {
      if (namespace.type() == type) {
        return true;
      }
    }
    return false;
  }
}
