package dev.brig.runtime.launch;

import dev.brig.cgroups.CgroupPlan;
import dev.brig.compiler.CompileOptions;
import dev.brig.compiler.Compiler;
import dev.brig.linux.Capability;
import dev.brig.linux.Identity.UserNamespace;
import dev.brig.linux.Machine;
import dev.brig.namespaces.Abi;
import dev.brig.namespaces.MountRequest;
import dev.brig.namespaces.MountRequest.Filling;
import dev.brig.namespaces.MountRequest.Kind;
import dev.brig.namespaces.ProcessRequest.Filter;
import dev.brig.namespaces.ProcessRequest.Role;
import dev.brig.namespaces.Rootfs;
import dev.brig.namespaces.RootfsRequest.Terminal;
import dev.brig.namespaces.RootfsRequest.Way;
import dev.brig.runtime.compile.GuestExecPlanner;
import dev.brig.runtime.compile.GuestPlanner;
import dev.brig.runtime.compile.GuestPlanner.Guest;
import dev.brig.runtime.compile.Isolation;
import dev.brig.runtime.compile.Keeper;
import dev.brig.runtime.compile.Launch;
import dev.brig.runtime.compile.SeccompListener;
import dev.brig.runtime.compile.SpecCompiler;
import dev.brig.runtime.compile.SpecFacts;
import dev.brig.runtime.compile.Streams;
import dev.brig.runtime.spec.LinuxNamespace;
import dev.brig.runtime.spec.LinuxNamespaceType;
import dev.brig.runtime.spec.Mount;
import dev.brig.runtime.spec.Process;
import dev.brig.runtime.spec.Spec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Makes the init of a virtual machine.
public final class GuestProgram {
  /// The directory over which the root is mounted in a machine's first root.
  public static final String ROOT = "/r";

  /// The directory there for the layer that is written to.
  public static final String WRITABLE = "/w";

  /// The directory there with the directories of the layers, which are numbered.
  public static final String LAYERS = "/l";

  /// The directory there with the directories of what the host shows beside, which are numbered.
  public static final String SHARES = "/s";

  private static final String CGROUP = "/sys/fs/cgroup";

  private GuestProgram() {}

  /// Returns the executable.
  ///
  /// @param spec what the machine runs; what it binds is in the machine's first root
  /// @param modules the drivers that it loads
  /// @param sources what it has of the host's; those of [#LAYERS] are the layers of the root
  /// @param machine the architecture
  public static byte[] compile(
      Spec spec,
      List<GuestPlanner.Module> modules,
      List<GuestPlanner.Source> sources,
      Machine machine) {
    Process process = spec.process();
    GuestPlanner.Network network =
        hasNetwork(spec) ? GuestPlanner.Network.USER : GuestPlanner.Network.NONE;
    Guest guest =
        process != null && process.terminal()
            ? new Guest(
                modules,
                sources,
                launch(withMachinesTerminal(spec, process), sources),
                Terminal.CONSOLE,
                network)
            : new Guest(modules, sources, launch(spec, sources), Terminal.NONE, network);
    return Compiler.compile(GuestPlanner.plan(guest), new CompileOptions(machine)).image();
  }

  /// Returns the executable of a further command, which a machine's init runs.
  ///
  /// @param spec what the machine runs
  /// @param process the command, in the words of a configuration
  /// @param passed what is passed on between it and the host
  /// @param slot the slot of its ports
  /// @param machine the architecture
  public static byte[] further(
      Spec spec, Process process, GuestExecPlanner.Passed passed, int slot, Machine machine) {
    GuestExecPlanner.FurtherCommand command =
        new GuestExecPlanner.FurtherCommand(
            slot,
            passed,
            SpecCompiler.process(spec, process, facts(Map.of()), Role.FIRST),
            SpecCompiler.settings(spec, process, "", SeccompListener.NONE));
    return Compiler.compile(GuestExecPlanner.plan(command), new CompileOptions(machine)).image();
  }

  /// Tells whether a machine is to reach what the host does.
  public static boolean hasNetwork(Spec spec) {
    for (LinuxNamespace namespace : spec.linux().namespaces()) {
      if (namespace.type() == LinuxNamespaceType.NETWORK) {
        return false;
      }
    }
    return true;
  }

  /// The machine's own terminal, instead of one made for a container.
  private static Spec withMachinesTerminal(Spec spec, Process process) {
    List<Mount> mounts = new ArrayList<>(spec.mounts());
    mounts.add(new Mount("/dev/console", "bind", GuestPlanner.TERMINAL, List.of("bind")));
    return spec.toBuilder()
        .mounts(mounts)
        .process(process.toBuilder().terminal(false).build())
        .build();
  }

  private static Launch launch(Spec spec, List<GuestPlanner.Source> sources) {
    List<String> lowers = new ArrayList<>();
    for (GuestPlanner.Source source : sources.reversed()) {
      if (source.target().startsWith(LAYERS + "/")) {
        lowers.add(source.target());
      }
    }
    Rootfs.Overlay overlay =
        new Rootfs.Overlay(
            lowers,
            WRITABLE + "/upper",
            WRITABLE + "/work",
            Rootfs.Durability.VOLATILE,
            Rootfs.Xattrs.TRUSTED,
            Rootfs.Mounting.ONE_STRING);
    SpecCompiler.Placement placement =
        new SpecCompiler.Placement(
            Launch.State.NONE,
            new Rootfs.InMemory(overlay, WRITABLE, ""),
            ROOT,
            new Streams.Inherited(Streams.Input.PASSED),
            Role.FIRST,
            new Keeper.None(),
            Way.MOVE);
    List<Mount> mounts = new ArrayList<>();
    Map<String, Kind> kinds = new HashMap<>();
    for (Mount mount : spec.mounts()) {
      if (!mount.destination().equals(CGROUP)) {
        mounts.add(mount);
        kinds.put(mount.source(), kind(mount));
      }
    }
    Spec plain = spec.toBuilder().mounts(mounts).build();
    Launch launch = SpecCompiler.launch(plain, placement, CgroupPlan.NONE, facts(kinds));
    List<MountRequest> all = new ArrayList<>(launch.rootfs().mounts());
    all.add(
        new MountRequest.New("cgroup2", CGROUP, Abi.ZERO, Abi.ZERO, List.of(), Filling.EMPTY, ""));
    return launch.withRootfs(launch.rootfs().withMounts(all));
  }

  private static Kind kind(Mount mount) {
    String name = mount.source().substring(mount.source().lastIndexOf('/') + 1);
    boolean isFile = !mount.source().startsWith(SHARES + "/") || name.equals(GuestShares.FILE);
    return isFile ? Kind.FILE : Kind.DIRECTORY;
  }

  private static SpecFacts facts(Map<String, Kind> sources) {
    return new SpecFacts(
        Capability.values().length - 1,
        Map.of(),
        sources,
        Set.of(),
        new Isolation.IdMapping.None(),
        UserNamespace.INITIAL,
        Map.of(),
        new Filter(new byte[0], 0, ""),
        Map.of());
  }
}
