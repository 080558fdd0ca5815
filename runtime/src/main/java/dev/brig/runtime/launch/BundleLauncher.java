package dev.brig.runtime.launch;

import dev.brig.cgroups.CgroupPlan;
import dev.brig.cgroups.CgroupPlanner;
import dev.brig.cgroups.CgroupProbe;
import dev.brig.cgroups.CgroupWrite;
import dev.brig.cgroups.DeviceRule;
import dev.brig.cgroups.KernelCgroupFs;
import dev.brig.cgroups.Naming;
import dev.brig.cgroups.Privilege;
import dev.brig.cgroups.Reach;
import dev.brig.cgroups.Resources;
import dev.brig.compiler.CompileOptions;
import dev.brig.error.UnsupportedException;
import dev.brig.linux.Errno;
import dev.brig.linux.Host;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.namespaces.ProcessRequest.Filter;
import dev.brig.namespaces.ProcessRequest.Role;
import dev.brig.namespaces.Rootfs;
import dev.brig.namespaces.RootfsRequest;
import dev.brig.plan.Plan;
import dev.brig.runtime.compile.ContainerPlanner;
import dev.brig.runtime.compile.Custody;
import dev.brig.runtime.compile.ExecPlanner;
import dev.brig.runtime.compile.Execution;
import dev.brig.runtime.compile.Keeper;
import dev.brig.runtime.compile.Launch;
import dev.brig.runtime.compile.NetDevice;
import dev.brig.runtime.compile.ResourceTranslator;
import dev.brig.runtime.compile.SeccompListener;
import dev.brig.runtime.compile.SpecCompiler;
import dev.brig.runtime.compile.SpecFacts;
import dev.brig.runtime.compile.Streams;
import dev.brig.runtime.oci.BundleContainer;
import dev.brig.runtime.oci.BundleException;
import dev.brig.runtime.oci.BundleStore;
import dev.brig.runtime.oci.SystemdUnit;
import dev.brig.runtime.spec.LinuxMemory;
import dev.brig.runtime.spec.LinuxResources;
import dev.brig.runtime.spec.Process;
import dev.brig.runtime.spec.Spec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Makes containers of OCI bundles, and further processes in them: plans, and lets this process
/// become the program.
public final class BundleLauncher {
  private final Kernel kernel;
  private final Host host;
  private final List<String> brig;

  /// Makes a launcher.
  ///
  /// @param kernel the way to the machine
  /// @param host the facts of the machine
  /// @param brig the command that runs the OCI runtime, for the program to call at the end
  public BundleLauncher(Kernel kernel, Host host, List<String> brig) {
    this.kernel = kernel;
    this.host = host;
    this.brig = List.copyOf(brig);
  }

  /// A container that is wanted.
  ///
  /// @param id its id
  /// @param directory its directory below the runtime's root
  /// @param spec its configuration, all paths absolute
  /// @param filter the compiled seccomp filter
  /// @param cgroup its cgroups
  /// @param streams its standard streams
  /// @param removal what happens to it when it has ended, if the program stays so long
  public record BundleRequest(
      String id,
      Path directory,
      Spec spec,
      Filter filter,
      CgroupPlan cgroup,
      Streams streams,
      Launch.Removal removal) {}

  /// A further process that is wanted.
  ///
  /// @param id the container's id
  /// @param spec the container's configuration
  /// @param process the process
  /// @param filter the compiled seccomp filter
  /// @param listener who answers what the filter asks
  /// @param pidfd the descriptor of the container's first process, kept open across execve(2)
  /// @param initPid the number of that process
  /// @param cgroups the directories that it joins
  /// @param streams its standard streams, and who waits
  public record ExecRequest(
      String id,
      Spec spec,
      Process process,
      Filter filter,
      SeccompListener listener,
      int pidfd,
      int initPid,
      List<Path> cgroups,
      Execution.ExecStreams streams) {
    /// Copies the list.
    public ExecRequest {
      cgroups = List.copyOf(cgroups);
    }
  }

  /// Returns the network devices of the host that a container is to get.
  ///
  /// @throws UnsupportedException if one isn't there, or can't move
  public List<NetDevice> netDevices(Spec spec) {
    return spec.linux().netDevices().isEmpty() ? List.of() : NetDevices.of(spec, host.identity());
  }

  /// Plans the cgroups of a container; nothing is made yet.
  ///
  /// @throws dev.brig.error.BrigException if the host can't apply a limit, or if the cgroup is
  ///   another's
  public CgroupPlan cgroups(String id, Spec spec) {
    return cgroupsAt(relative(id, spec), spec);
  }

  /// Plans the cgroups of a container that systemd makes; nothing is made yet.
  ///
  /// @throws dev.brig.error.BrigException if the host can't apply a limit, or if the unit is
  ///   another's
  public CgroupPlan cgroups(SystemdUnit unit, Spec spec) {
    return cgroupsAt(unit.path(), spec);
  }

  private CgroupPlan cgroupsAt(String relative, Spec spec) {
    CgroupPlan plan = cgroups(relative, withPids(spec, withDevices(spec)), Reach.EVERYWHERE);
    BundleRights.check(spec, plan);
    for (Path leaf : plan.leaves()) {
      if (isFrozen(leaf)) {
        throw new BundleException(
            "container's cgroup unexpectedly frozen: " + leaf,
            "thaw it, or give /linux/cgroupsPath a place of the container's own");
      }
      int members = members(leaf);
      if (members > 0) {
        throw new BundleException(
            "container's cgroup is not empty: "
                + members
                + (members == 1 ? " process" : " processes")
                + " found in "
                + leaf,
            "give /linux/cgroupsPath a place of the container's own");
      }
    }
    return plan;
  }

  /// Changes limits of a container that exists.
  ///
  /// @param container the container
  /// @param wish the new limits; what is unset stays as it is
  /// @return what was written
  /// @throws dev.brig.error.BrigException if the host can't apply one
  public List<CgroupWrite> update(BundleContainer container, LinuxResources wish) {
    checkUse(container, wish.memory());
    KernelCgroupFs fs = new KernelCgroupFs(kernel);
    Resources resources = ResourceTranslator.resources(wish).withDevices(List.of());
    CgroupPlan plan = cgroups(relative(container), resources, Reach.NEEDED);
    for (Path leaf : plan.leaves()) {
      if (!container.record().cgroups().contains(leaf)) {
        throw new UnsupportedException(
            leaf.toString(),
            "the container was made without this cgroup, which the limit needs",
            "give it a limit of that kind when it is created");
      }
    }
    List<CgroupWrite> done = new ArrayList<>(plan.writes());
    lift(fs, container, resources, done);
    List<CgroupWrite> late = new ArrayList<>();
    for (CgroupWrite write : plan.writes()) {
      try {
        fs.write(write.file(), write.value());
      } catch (KernelException e) {
        // Two limits that bound each other: the other has to make room first.
        if (e.errno() != Errno.EINVAL) {
          throw e;
        }
        late.add(write);
      }
    }
    for (CgroupWrite write : late) {
      fs.write(write.file(), write.value());
    }
    return done;
  }

  /// A limit below what is used makes the kernel kill until it holds: for who asked so, it is
  /// refused instead; config-linux.md, `checkBeforeUpdate`.
  private static void checkUse(BundleContainer container, LinuxMemory wish) {
    Long limit = wish.limit();
    if (limit == null || limit < 0 || !Boolean.TRUE.equals(wish.checkBeforeUpdate())) {
      return;
    }
    long used = container.cgroup().stats().memory().currentBytes();
    if (used > limit) {
      throw new BundleException(
          "unable to set memory limit to " + limit + ": the container uses " + used + " bytes",
          "give it more, or leave checkBeforeUpdate out and let the kernel kill");
    }
  }

  /// A plan for a new cgroup has nothing to write where there is to be no limit; here one may be
  /// there.
  private static void lift(
      KernelCgroupFs fs, BundleContainer container, Resources resources, List<CgroupWrite> done) {
    boolean memory = resources.memory().limitBytes() == Resources.UNLIMITED;
    boolean pids = resources.pids().limit() == Resources.UNLIMITED;
    boolean cpu = resources.cpu().quotaMicros() == Resources.UNLIMITED;
    for (Path cgroup : container.record().cgroups()) {
      lift(fs, pids, cgroup.resolve("pids.max"), "max", done);
      lift(fs, memory, cgroup.resolve("memory.memsw.limit_in_bytes"), "-1", done);
      lift(fs, memory, cgroup.resolve("memory.limit_in_bytes"), "-1", done);
      lift(fs, memory, cgroup.resolve("memory.max"), "max", done);
      lift(fs, cpu, cgroup.resolve("cpu.cfs_quota_us"), "-1", done);
      lift(fs, cpu, cgroup.resolve("cpu.max"), "max", done);
    }
  }

  private static void lift(
      KernelCgroupFs fs, boolean asked, Path file, String value, List<CgroupWrite> done) {
    if (asked && fs.exists(file)) {
      fs.write(file, value);
      done.add(new CgroupWrite(file, value, "", "lift the limit"));
    }
  }

  private static String relative(BundleContainer container) {
    return SystemdUnit.isUnit(container.record().cgroups())
        ? SystemdUnit.of(container.record().id(), container.spec()).path()
        : relative(container.record().id(), container.spec());
  }

  private static String relative(String id, Spec spec) {
    String path = spec.linux().cgroupsPath();
    return path.isEmpty() ? id : path.startsWith("/") ? path.substring(1) : path;
  }

  private CgroupPlan cgroups(String relative, Resources resources, Reach reach) {
    Privilege privilege = host.identity().isRootless() ? Privilege.ROOTLESS : Privilege.ROOT;
    CgroupProbe probe = new CgroupProbe(new KernelCgroupFs(kernel));
    return new CgroupPlanner(Naming.SPEC, privilege, reach)
        .plan(resources, probe.probe(resources, relative, reach), relative);
  }

  /// What the specification wants to be allowed in any case comes last: its default devices.
  private Resources withDevices(Spec spec) {
    Resources resources = ResourceTranslator.resources(spec.linux().resources());
    if (host.identity().isRootless()) {
      // There, nobody makes devices; those of the host are as far away as their modes say.
      return resources.withDevices(List.of());
    }
    if (resources.devices().isEmpty()) {
      return resources;
    }
    List<DeviceRule> rules = new ArrayList<>(resources.devices());
    List<DeviceRule> defaults = DeviceRule.defaults();
    rules.addAll(defaults.subList(1, defaults.size()));
    return resources.withDevices(rules);
  }

  /// A limit of no processes is one: config-linux.md, "PIDs", since version 1.3. The container's
  /// first process is there all the same. Before that version a limit was required, and 0 was how
  /// callers said that they want none.
  private static Resources withPids(Spec spec, Resources resources) {
    if (resources.pids().limit() != 0) {
      return resources;
    }
    boolean before =
        spec.ociVersion().startsWith("0.")
            || spec.ociVersion().startsWith("1.0.")
            || spec.ociVersion().startsWith("1.1.")
            || spec.ociVersion().startsWith("1.2.");
    return resources.with(before ? Resources.Pids.NONE : new Resources.Pids(1));
  }

  private boolean isFrozen(Path cgroup) {
    KernelCgroupFs fs = new KernelCgroupFs(kernel);
    return fs.readIfThere(cgroup.resolve("freezer.state")).startsWith("FR")
        || fs.readIfThere(cgroup.resolve("cgroup.freeze")).startsWith("1");
  }

  private int members(Path cgroup) {
    int members = 0;
    String procs = new KernelCgroupFs(kernel).readIfThere(cgroup.resolve("cgroup.procs"));
    for (int i = 0; i < procs.length(); i++) {
      members += procs.charAt(i) == '\n' ? 1 : 0;
    }
    return members;
  }

  /// Returns the plan of a container; changes nothing.
  ///
  /// @throws dev.brig.error.UnsupportedException for what config.json asks for and can't be had
  public Plan plan(BundleRequest request, Custody.Caller caller) {
    BundleRights.check(request.spec(), host.identity());
    Process process = request.spec().process();
    if (process != null) {
      new SecurityModules(kernel).check(process, request.spec().linux().mountLabel());
    }
    String directory = request.directory().toString();
    Launch.State state =
        new Launch.State(
            request.id(),
            directory,
            directory,
            "",
            brig,
            -1,
            CompileOptions.NO_TRACE,
            ignoredSignals(),
            request.removal(),
            Launch.Removal.REMOVE,
            Launch.Service.PLAIN);
    String root = request.spec().root().path();
    SpecFacts facts = facts(request.spec(), request.filter());
    if (request.cgroup().leaves().isEmpty()) {
      facts = facts.withCgroups(new CgroupProbe(new KernelCgroupFs(kernel)).homes());
    }
    SpecCompiler.Placement placement =
        new SpecCompiler.Placement(
            state,
            new Rootfs.Directory(root),
            root,
            request.streams(),
            Role.FIRST,
            new Keeper.None(),
            RootfsRequest.Way.PIVOT);
    return ContainerPlanner.plan(
        SpecCompiler.handed(request.spec(), placement, request.cgroup(), facts, caller));
  }

  private SpecFacts facts(Spec spec, Filter filter) {
    return new FactsReader(kernel, host, Path.of("/")).read(spec, filter, Map.of());
  }

  private long ignoredSignals() {
    return new ContainerLauncher(kernel, host, brig).ignoredSignals();
  }

  /// Returns the plan of a further process; changes nothing.
  public Plan plan(ExecRequest request) {
    new SecurityModules(kernel).check(request.process(), "");
    List<String> joins = new ArrayList<>();
    String target = "";
    for (Path cgroup : request.cgroups()) {
      if (kernel.attributes().exists(cgroup + "/tasks")) {
        joins.add(cgroup + "/tasks");
      } else {
        target = cgroup.toString();
      }
    }
    SpecFacts facts = facts(request.spec(), request.filter());
    return ExecPlanner.plan(
        new Execution(
            request.id(),
            brig,
            request.pidfd(),
            request.initPid(),
            CompileOptions.NO_TRACE,
            ignoredSignals(),
            SpecCompiler.namespaces(request.spec()),
            host.identity().place(),
            new Execution.Cgroups(joins, target),
            request.streams(),
            SpecCompiler.process(request.spec(), request.process(), facts, Role.FIRST),
            SpecCompiler.settings(
                request.spec(),
                request.process(),
                BundleStore.keyring(request.id()),
                request.listener())));
  }

  /// Returns the relay between the caller's streams and a container's terminal.
  public Streams terminal() {
    return new ContainerLauncher(kernel, host, brig).terminal(Streams.Input.PASSED);
  }

  /// Replaces this process by the program of a plan. Returns only by an exception.
  ///
  /// @param plan what is done
  /// @param title what ps(1) shows
  /// @param environment the caller's, `NAME=VALUE` each
  /// @throws dev.brig.linux.KernelException if the kernel refuses the program
  public RuntimeException become(Plan plan, String title, List<String> environment) {
    CompileOptions options =
        new CompileOptions(kernel.machine(), CompileOptions.NO_TRACE, List.of());
    return new ProgramRunner(kernel).become(plan, options, title, environment);
  }
}
