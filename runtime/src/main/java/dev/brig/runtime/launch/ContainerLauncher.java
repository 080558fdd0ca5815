package dev.brig.runtime.launch;

import dev.brig.cgroups.CgroupPlan;
import dev.brig.cgroups.CgroupPlanner;
import dev.brig.cgroups.CgroupProbe;
import dev.brig.cgroups.DeviceRule;
import dev.brig.cgroups.KernelCgroupFs;
import dev.brig.cgroups.Naming;
import dev.brig.cgroups.Privilege;
import dev.brig.cgroups.Resources;
import dev.brig.compiler.CompileOptions;
import dev.brig.compiler.Fault;
import dev.brig.error.UnsupportedException;
import dev.brig.linux.Capability;
import dev.brig.linux.Fd;
import dev.brig.linux.Host;
import dev.brig.linux.Kernel;
import dev.brig.linux.Termios;
import dev.brig.namespaces.MountRequest;
import dev.brig.namespaces.ProcessRequest.Role;
import dev.brig.namespaces.Rootfs;
import dev.brig.namespaces.RootfsRequest.Way;
import dev.brig.plan.Plan;
import dev.brig.runtime.compile.ContainerPlanner;
import dev.brig.runtime.compile.HandedRoot;
import dev.brig.runtime.compile.Isolation;
import dev.brig.runtime.compile.Keeper;
import dev.brig.runtime.compile.Launch;
import dev.brig.runtime.compile.ResourceTranslator;
import dev.brig.runtime.compile.ShownRoot;
import dev.brig.runtime.compile.SpecCompiler;
import dev.brig.runtime.compile.SpecFacts;
import dev.brig.runtime.compile.Streams;
import dev.brig.runtime.container.ContainerOption;
import dev.brig.runtime.container.ContainerRecord;
import dev.brig.runtime.container.Degree;
import dev.brig.runtime.container.Supervision;
import dev.brig.runtime.spec.LinuxCapabilities;
import dev.brig.runtime.spec.Process;
import dev.brig.runtime.spec.Spec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Starts containers: reads the facts, plans, and lets this process become the program.
public final class ContainerLauncher {
  private static final int STATUS_BYTES_MAX = 8192;

  private final Kernel kernel;
  private final Host host;
  private final List<String> brig;

  /// Makes a launcher.
  ///
  /// @param kernel the way to the machine
  /// @param host the facts of the machine
  /// @param brig the command that runs brig, for the program to call at the end
  public ContainerLauncher(Kernel kernel, Host host, List<String> brig) {
    this.kernel = kernel;
    this.host = host;
    this.brig = List.copyOf(brig);
  }

  /// Plans the cgroups of a container; nothing is made yet.
  ///
  /// @param spec its configuration
  /// @param degree how far it is separated from the host; a container has a limit of processes also
  ///   where its configuration says nothing of one, if the host can apply it
  /// @throws dev.brig.error.UnsupportedException if the host can't apply a limit that was asked for
  /// @throws dev.brig.error.UsageException if a limit is wrong in itself
  public CgroupPlan cgroups(Spec spec, Degree degree) {
    Resources resources = resources(spec);
    boolean usual = degree == Degree.CONTAINER && resources.pids().limit() == Resources.UNSET;
    if (usual) {
      resources = resources.with(Resources.Pids.USUAL);
    }
    String path = spec.linux().cgroupsPath();
    String relative = path.startsWith("/") ? path.substring(1) : path;
    Privilege privilege = host.identity().isRootless() ? Privilege.ROOTLESS : Privilege.ROOT;
    return new CgroupPlanner(Naming.OPTION, privilege)
        .plan(
            resources,
            new CgroupProbe(new KernelCgroupFs(kernel)).probe(resources, relative),
            relative);
  }

  /// Returns what a spec limits. Device rules are left out for a container that can't make devices,
  /// for want of the capability or because the kernel lets nobody make them in a user namespace:
  /// its root and volumes are mounted `nodev`, so that only those of /dev work, which it is meant
  /// to have.
  private static Resources resources(Spec spec) {
    Resources resources = ResourceTranslator.resources(spec.linux().resources());
    Process process = spec.process();
    LinuxCapabilities sets = process == null ? null : process.capabilities();
    boolean makesDevices =
        sets != null
            && sets.bounding().contains(Capability.CAP_MKNOD.name())
            && (SpecCompiler.namespaces(spec) & Isolation.CLONE_NEWUSER) == 0;
    List<DeviceRule> rules = new ArrayList<>();
    if (makesDevices && !resources.devices().isEmpty()) {
      rules.addAll(resources.devices());
      List<DeviceRule> defaults = DeviceRule.defaults();
      rules.addAll(defaults.subList(1, defaults.size()));
    }
    return new Resources(
        resources.memory(),
        resources.cpu(),
        resources.pids(),
        resources.blockIo(),
        resources.hugePages(),
        resources.traffic(),
        rules,
        resources.unified());
  }

  /// Returns the plan of a container's life; changes nothing.
  public Plan plan(StartRequest request) {
    ContainerRecord record = request.record();
    SpecFacts facts =
        new FactsReader(kernel, host, request.paths().directory())
            .read(request.spec(), request.filter(), request.origins());
    Launch.State state =
        new Launch.State(
            record.id().text(),
            request.paths().directory().toString(),
            request.paths().run().toString(),
            request.nameLink().toString(),
            brig,
            request.lockFd(),
            request.traceFd(),
            ignoredSignals(),
            removal(record),
            request.onFailure(),
            service(request));
    SpecCompiler.Placement placement =
        new SpecCompiler.Placement(
            state,
            rootfs(request),
            request.paths().rootfs().toString(),
            streams(record),
            record.has(ContainerOption.INIT) ? Role.UNDER_INIT : Role.FIRST,
            keeper(request),
            way(record.degree()));
    Launch launch = SpecCompiler.launch(request.spec(), placement, request.cgroup(), facts);
    if (isHostWithoutRoot(request)) {
      launch =
          launch.withRootfs(
              launch
                  .rootfs()
                  .withMountsBefore(hostView().mounts(request.paths(), launch.rootfs().access())));
    }
    if (host.identity().isRootless()) {
      return ContainerPlanner.plan(withoutMaps(launch));
    }
    Optional<Launch> shown = ShownRoot.of(launch);
    boolean nested = shown.isPresent() && hostView().isOverlayFor(launch.rootfs().mounts());
    return ContainerPlanner.plan(HandedRoot.of(nested ? shown.get() : launch, host.release()));
  }

  private static Keeper keeper(StartRequest request) {
    Process process = request.spec().process();
    return switch (request.record().degree()) {
      case BARE, CHROOT, NAMESPACES, CONTAINER -> new Keeper.None();
      case GVISOR -> sandbox(process == null ? List.of() : process.args(), request);
      case VM -> machine(process == null ? "/" : process.cwd(), request);
    };
  }

  private static Keeper machine(String directory, StartRequest request) {
    Map<String, String> annotations = request.spec().annotations();
    String program = annotations.getOrDefault(GuestShares.SERVER, "");
    List<List<String>> servers = new ArrayList<>();
    for (String source : GuestShares.directories(request.spec(), request.paths().run())) {
      servers.add(GuestShares.server(program, source));
    }
    return new Keeper.Machine(directory, servers);
  }

  private static Keeper sandbox(List<String> runsc, StartRequest request) {
    // Its own options come before its command.
    List<String> kill = new ArrayList<>(runsc.subList(0, runsc.indexOf("run")));
    kill.addAll(List.of("kill", request.record().id().text()));
    return new Keeper.Sandbox(kill);
  }

  private static Way way(Degree degree) {
    return switch (degree) {
      case BARE -> Way.BARE;
      case CHROOT -> Way.CHROOT;
      case NAMESPACES, CONTAINER -> Way.PIVOT;
      case GVISOR, VM -> Way.MONITOR;
    };
  }

  private static Launch withoutMaps(Launch launch) {
    for (MountRequest mount : launch.rootfs().mounts()) {
      if (mount instanceof MountRequest.Handed handed) {
        throw new UnsupportedException(
            handed.option().isEmpty() ? "idmap of " + handed.target() : handed.option(),
            "the kernel maps the ids of a mount for the host's root only",
            "leave idmap out, or run brig as root");
      }
    }
    return launch;
  }

  /// Tells whether the container's root is this machine's own and the caller is an ordinary user:
  /// the kernel then refuses an overlay over `/`, since one could see beneath what is mounted
  /// there.
  private boolean isHostWithoutRoot(StartRequest request) {
    List<Path> layers = request.record().image().layers();
    return host.identity().isRootless()
        && layers.size() == 1
        && layers.getFirst().equals(Path.of("/"));
  }

  private HostView hostView() {
    return new HostView(kernel);
  }

  /// Starts a container: replaces this process by its program. Returns only by an exception.
  ///
  /// @param request the container, its lock's descriptor kept open across execve(2)
  /// @param plan what [#plan] returned for it
  /// @param faults calls that are to fail instead of being made, for tests
  /// @param environment the caller's environment, `NAME=VALUE` each
  /// @throws dev.brig.linux.KernelException if the kernel refuses the program
  public RuntimeException become(
      StartRequest request, Plan plan, List<Fault> faults, List<String> environment) {
    if (isHostWithoutRoot(request)) {
      hostView().prepare(request.paths());
    }
    CompileOptions options = new CompileOptions(kernel.machine(), request.traceFd(), faults);
    String title = "brig: " + request.record().name();
    return new ProgramRunner(kernel).become(plan, options, title, environment);
  }

  /// Starts a container as a child of this process, which goes on to hold its lock.
  ///
  /// @param request the container
  /// @param plan what [#plan] returned for it
  /// @param environment the caller's environment, `NAME=VALUE` each
  /// @param output what becomes its standard output and standard error
  /// @return the number of the supervising process, to be waited for
  /// @throws dev.brig.linux.KernelException if the kernel refuses the program
  public int spawn(StartRequest request, Plan plan, List<String> environment, Fd output) {
    if (isHostWithoutRoot(request)) {
      hostView().prepare(request.paths());
    }
    CompileOptions options =
        new CompileOptions(kernel.machine(), CompileOptions.NO_TRACE, List.of());
    String title = "brig: " + request.record().name();
    return new ProgramRunner(kernel)
        .spawn(plan, options, title, environment, Map.of(1, output, 2, output));
  }

  private static Launch.Removal removal(ContainerRecord record) {
    if (record.has(ContainerOption.STEP)) {
      return Launch.Removal.HELD;
    }
    return record.has(ContainerOption.RM) ? Launch.Removal.REMOVE : Launch.Removal.KEEP;
  }

  private Rootfs rootfs(StartRequest request) {
    if (isHostWithoutRoot(request)) {
      return new Rootfs.Directory(request.paths().upper().toString());
    }
    boolean kept =
        removal(request.record()) == Launch.Removal.KEEP && request.record().memory().isEmpty();
    return new LayeredRoot(kernel, host)
        .of(
            request.record(),
            request.paths(),
            kept ? Rootfs.Durability.KEPT : Rootfs.Durability.VOLATILE);
  }

  private static Launch.Service service(StartRequest request) {
    ContainerRecord record = request.record();
    Supervision supervision = record.supervision();
    return new Launch.Service(
        request.greeting(),
        supervision.pidFile(),
        supervision.logBytesMax(),
        supervision.timeoutSeconds(),
        record.volumes().isEmpty() ? Launch.Remains.NONE : Launch.Remains.VOLUMES);
  }

  private Streams streams(ContainerRecord record) {
    boolean detached = record.has(ContainerOption.DETACH);
    boolean passed = record.has(ContainerOption.INTERACTIVE) || record.has(ContainerOption.INPUT);
    Streams.Input input = passed ? Streams.Input.PASSED : Streams.Input.EMPTY;
    if (!record.has(ContainerOption.TTY)) {
      return detached ? new Streams.Logged(input) : new Streams.Inherited(input);
    }
    return detached ? new Streams.LoggedTerminal(input) : terminal(input);
  }

  /// Returns the relay between the caller's streams, a terminal or not, and a container's terminal.
  ///
  /// @param input whether standard input is passed on; only then a terminal of the caller's becomes
  ///   raw
  public Streams terminal(Streams.Input input) {
    if (input == Streams.Input.EMPTY) {
      return new Streams.Shown(input);
    }
    Optional<byte[]> settings = kernel.terminals().settings(Fd.STDIN);
    return settings.isEmpty()
        ? new Streams.Shown(input)
        : new Streams.Relayed(
            new Streams.Attributes(settings.get()),
            new Streams.Attributes(Termios.raw(settings.get())));
  }

  /// Returns the signals that the caller ignores and a program would go on to ignore, bit n-1 for
  /// signal n; proc_pid_status(5), `SigIgn`.
  public long ignoredSignals() {
    byte[] bytes =
        kernel.files().readIfPresent(Fd.CWD, "/proc/self/status", STATUS_BYTES_MAX).orElseThrow();
    String status = new String(bytes, StandardCharsets.ISO_8859_1);
    int start = status.indexOf("SigIgn:\t") + "SigIgn:\t".length();
    return Long.parseUnsignedLong(status.substring(start, start + 16), 16);
  }
}
