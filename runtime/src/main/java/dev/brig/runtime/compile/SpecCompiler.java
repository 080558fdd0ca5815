package dev.brig.runtime.compile;

import dev.brig.cgroups.CgroupPlan;
import dev.brig.cgroups.CgroupWrite;
import dev.brig.cgroups.EventFile;
import dev.brig.namespaces.Abi;
import dev.brig.namespaces.MountRequest;
import dev.brig.namespaces.ProcessRequest;
import dev.brig.namespaces.Rootfs;
import dev.brig.namespaces.RootfsRequest;
import dev.brig.runtime.spec.LinuxNamespace;
import dev.brig.runtime.spec.LinuxTimeOffset;
import dev.brig.runtime.spec.Mount;
import dev.brig.runtime.spec.Process;
import dev.brig.runtime.spec.Spec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Turns a spec into a launch: what config.json says, in the words of the planners.
///
/// @see <a
///   href="https://github.com/opencontainers/runtime-spec/blob/v1.3.0/config.md">config.md</a>
public final class SpecCompiler {
  private static final String CGROUP = "/sys/fs/cgroup";

  private SpecCompiler() {}

  /// Returns the launch that a spec asks for.
  ///
  /// @param spec the container's configuration
  /// @param placement where the container lies and how it is supervised
  /// @param cgroup its cgroups
  /// @param facts what the spec does not say
  /// @throws dev.brig.error.UnsupportedException if the spec asks for what brig or this host lacks
  public static Launch launch(Spec spec, Placement placement, CgroupPlan cgroup, SpecFacts facts) {
    Isolation isolation = isolation(spec, facts);
    RootfsRequest rootfs = new MountTranslator(spec, isolation, cgroup, facts).rootfs(placement);
    return new Launch(
        placement.state(),
        placement.streams(),
        isolation,
        cgroupSteps(cgroup),
        rootfs,
        new ProcessTranslator(spec, facts).process(placement),
        isolation.creates(Isolation.CLONE_NEWUTS) ? spec.hostname() : "",
        sysctls(spec, facts.origins()),
        oomScoreAdj(spec),
        KernelSettings.of(spec),
        new Custody.Program(),
        placement.keeper());
  }

  /// Returns the launch of a container that is handed over to whoever called brig.
  ///
  /// @param spec the container's configuration
  /// @param placement where the container lies
  /// @param cgroup its cgroups
  /// @param facts what the spec does not say
  /// @param caller what the caller wants
  /// @throws dev.brig.error.UnsupportedException if the spec asks for what brig or this host lacks
  public static Launch handed(
      Spec spec, Placement placement, CgroupPlan cgroup, SpecFacts facts, Custody.Caller caller) {
    BundleSupport.check(spec);
    Launch launch = launch(spec, placement, cgroup, facts);
    Map<String, LinuxTimeOffset> offsets = spec.linux().timeOffsets();
    return new Launch(
        launch.state(),
        launch.streams(),
        offsets.isEmpty()
            ? launch.isolation()
            : launch.isolation().without(Isolation.CLONE_NEWTIME),
        launch.cgroup().takingWhatIsThere(),
        rootfs(spec, launch.rootfs())
            .withEntrance(
                new RootfsRequest.Entrance(
                    way(launch.isolation(), caller),
                    Propagation.of(spec.linux().rootfsPropagation()),
                    RootfsRequest.Origin.BUNDLE)),
        launch.process(),
        spec.hostname(),
        launch.sysctls(),
        launch.oomScoreAdj(),
        launch
            .settings()
            .withKeyring(caller.keyring())
            .withTimeOffsets(offsets)
            .withListener(caller.listener()),
        caller,
        launch.keeper());
  }

  private static RootfsRequest.Way way(Isolation isolation, Custody.Caller caller) {
    boolean own =
        isolation.creates(Isolation.CLONE_NEWNS) || isolation.joins(Isolation.CLONE_NEWNS);
    return own ? caller.way() : RootfsRequest.Way.CHROOT;
  }

  private static RootfsRequest rootfs(Spec spec, RootfsRequest plain) {
    RootfsRequest named = plain.withMounts(withSources(spec, plain.mounts()));
    for (Mount mount : spec.mounts()) {
      if (mount.destination().equals(CGROUP) && !mount.options().contains("ro")) {
        return named.withoutReadonly(CGROUP);
      }
    }
    return named;
  }

  /// Returns mounts that show in /proc/self/mountinfo the source that config.json gives them, and
  /// whose files have the label that it wants.
  private static List<MountRequest> withSources(Spec spec, List<MountRequest> mounts) {
    String label = spec.linux().mountLabel();
    Map<String, String> sources = new HashMap<>();
    for (Mount mount : spec.mounts()) {
      sources.put(mount.destination(), mount.source());
    }
    List<MountRequest> named = new ArrayList<>();
    for (MountRequest mount : mounts) {
      String source = sources.getOrDefault(mount.target(), "");
      if (mount instanceof MountRequest.New instance && !instance.target().startsWith(CGROUP)) {
        List<MountRequest.Parameter> parameters = new ArrayList<>(instance.parameters());
        if (!source.isEmpty()) {
          parameters.addFirst(new MountRequest.Parameter("source", source));
        }
        if (!label.isEmpty() && isLabelled(instance.type())) {
          parameters.add(new MountRequest.Parameter("context", label));
        }
        named.add(instance.withParameters(parameters));
      } else {
        named.add(mount);
      }
    }
    return named;
  }

  /// Tells whether the files of a filesystem take the label that its mount is given: the kernel's
  /// own have theirs.
  private static boolean isLabelled(String type) {
    return type.equals("tmpfs") || type.equals("devpts");
  }

  private static String oomScoreAdj(Spec spec) {
    Process process = spec.process();
    Integer score = process == null ? null : process.oomScoreAdj();
    return score == null ? "" : score.toString();
  }

  /// Where a container lies and how it is supervised.
  ///
  /// @param state its files and names on the host
  /// @param rootfs what its root is made of
  /// @param mountPoint where the root is mounted
  /// @param streams its standard streams
  /// @param role how its process starts
  /// @param keeper what the first process is, where the command runs in a guest
  /// @param way how its process gets into the root
  public record Placement(
      Launch.State state,
      Rootfs rootfs,
      String mountPoint,
      Streams streams,
      ProcessRequest.Role role,
      Keeper keeper,
      RootfsRequest.Way way) {
    RootfsRequest.Entrance entrance() {
      return way == RootfsRequest.Way.PIVOT
          ? RootfsRequest.Entrance.PIVOT
          : new RootfsRequest.Entrance(way, Abi.ZERO, RootfsRequest.Origin.BRIG);
    }
  }

  static Isolation isolation(Spec spec, SpecFacts facts) {
    long created = 0;
    List<Isolation.Join> joined = new ArrayList<>();
    for (LinuxNamespace namespace : spec.linux().namespaces()) {
      long flag = flag(namespace);
      if (namespace.path().isEmpty()) {
        created |= flag;
      } else {
        String option = facts.origin("namespace:" + namespace.type().text());
        joined.add(new Isolation.Join(flag, namespace.path(), option));
      }
    }
    return new Isolation(created, joined, facts.mapping());
  }

  /// Returns the bit set of `CLONE_NEW*` flags of the namespaces that a container does not share
  /// with brig.
  public static long namespaces(Spec spec) {
    long flags = 0;
    for (LinuxNamespace namespace : spec.linux().namespaces()) {
      flags |= flag(namespace);
    }
    return flags;
  }

  /// Returns a process in the planner's words.
  ///
  /// @param spec the container's configuration
  /// @param process the process, not necessarily that of the configuration
  /// @param facts what the spec does not say
  /// @param role how it starts
  public static ProcessRequest process(
      Spec spec, Process process, SpecFacts facts, ProcessRequest.Role role) {
    return new ProcessTranslator(spec, facts).translate(process, role);
  }

  /// Returns what else a process is given.
  ///
  /// @param spec the container's configuration
  /// @param process the process, not necessarily that of the configuration
  /// @param keyring the name of its session keyring, or empty to keep the caller's
  /// @param listener who answers what its seccomp filter asks
  public static KernelSettings settings(
      Spec spec, Process process, String keyring, SeccompListener listener) {
    return KernelSettings.of(spec, process).withKeyring(keyring).withListener(listener);
  }

  private static long flag(LinuxNamespace namespace) {
    return switch (namespace.type()) {
      case PID -> Isolation.CLONE_NEWPID;
      case NETWORK -> Isolation.CLONE_NEWNET;
      case MOUNT -> Isolation.CLONE_NEWNS;
      case IPC -> Isolation.CLONE_NEWIPC;
      case UTS -> Isolation.CLONE_NEWUTS;
      case USER -> Isolation.CLONE_NEWUSER;
      case CGROUP -> Isolation.CLONE_NEWCGROUP;
      case TIME -> Isolation.CLONE_NEWTIME;
    };
  }

  private static CgroupSteps cgroupSteps(CgroupPlan plan) {
    List<CgroupSteps.Write> writes = new ArrayList<>();
    for (CgroupWrite write : plan.writes()) {
      writes.add(
          new CgroupSteps.Write(
              write.file().toString(), write.value(), write.option(), write.why()));
    }
    List<CgroupSteps.EventFile> events = new ArrayList<>();
    for (EventFile event : plan.events()) {
      if (!event.quiet().isEmpty()) {
        events.add(new CgroupSteps.EventFile(event.file().toString(), event.quiet()));
      }
    }
    return new CgroupSteps(
        strings(plan.parents()),
        strings(plan.leaves()),
        writes,
        plan.programs(),
        strings(plan.joins()),
        plan.unified().toString(),
        events,
        strings(plan.removals()));
  }

  private static List<String> strings(List<Path> paths) {
    List<String> strings = new ArrayList<>(paths.size());
    for (Path path : paths) {
      strings.add(path.toString());
    }
    return strings;
  }

  private static List<Launch.Sysctl> sysctls(Spec spec, Map<String, String> origins) {
    List<Launch.Sysctl> sysctls = new ArrayList<>();
    for (Map.Entry<String, String> entry : spec.linux().sysctl().entrySet()) {
      String path = entry.getKey().replace('.', '/');
      String option = origins.getOrDefault("sysctl:" + entry.getKey(), "/linux/sysctl");
      Sysctls.check(spec, entry.getKey(), option);
      sysctls.add(new Launch.Sysctl(path, entry.getValue(), option));
    }
    return sysctls;
  }
}
