package dev.brig.cgroups;

import dev.brig.cgroups.CgroupHost.Access;
import dev.brig.cgroups.CgroupHost.Hierarchy;
import dev.brig.cgroups.CgroupHost.Level;
import dev.brig.cgroups.CgroupHost.Occupancy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Turns limits into directories and writes; pure.
///
/// A container gets a directory in the unified hierarchy wherever there is one: it costs no move
/// (CLONE_INTO_CGROUP) and gives freezing, killing all at once and the list of processes, on hybrid
/// hosts too. A v1 hierarchy costs about 0.1 ms (make, join, remove; memory 0.15 ms), so a
/// container gets a directory in one only if a limit asks for it, and in `freezer` if there is no
/// unified hierarchy.
public final class CgroupPlanner {
  private final Naming naming;
  private final Privilege privilege;
  private final Reach reach;

  /// Makes a planner whose messages fit this user.
  ///
  /// @param naming how the user spelled the limits
  /// @param privilege whether brig is root
  public CgroupPlanner(Naming naming, Privilege privilege) {
    this(naming, privilege, Reach.NEEDED);
  }

  /// Makes a planner whose messages fit this user.
  ///
  /// @param naming how the user spelled the limits
  /// @param privilege whether brig is root
  /// @param reach in which hierarchies of version 1 a container gets a cgroup
  public CgroupPlanner(Naming naming, Privilege privilege, Reach reach) {
    this.naming = naming;
    this.privilege = privilege;
    this.reach = reach;
  }

  /// Plans the cgroups of a container.
  ///
  /// @param resources what is asked for
  /// @param host the facts, read for these resources and this path
  /// @param path the container's cgroup below the base directory: `brig/ID`
  /// @throws dev.brig.error.UsageException if a value is wrong in itself; it names what is allowed
  /// @throws dev.brig.error.UnsupportedException if the host can't apply a limit; it names the
  ///   limit, what is missing, and the remedy
  public CgroupPlan plan(Resources resources, CgroupHost host, String path) {
    Draft draft = new Draft(host, path, naming, privilege);
    lifecycle(draft);
    if (reach == Reach.EVERYWHERE) {
      joinAll(draft);
    }
    MemoryLimits.plan(resources.memory(), draft);
    CpuLimits.plan(resources.cpu(), draft);
    CpusetLimits.plan(resources.cpu(), draft);
    PidsLimits.plan(resources.pids(), draft);
    BlockIoLimits.plan(resources.blockIo(), draft);
    HugePageLimits.plan(resources.hugePages(), draft);
    TrafficLimits.plan(resources.traffic(), draft);
    DeviceLimits.plan(resources.devices(), draft);
    UnifiedLimits.plan(resources.unified(), draft);
    return assemble(draft);
  }

  /// Asks for the group by which the container is frozen and killed.
  private static void lifecycle(Draft draft) {
    for (Hierarchy hierarchy : draft.host().hierarchies()) {
      if (hierarchy.version() == Version.V2 && hierarchy.access() == Access.WRITABLE) {
        draft.group(hierarchy);
        return;
      }
    }
    for (Hierarchy hierarchy : draft.host().hierarchies()) {
      if (hierarchy.has(Controller.FREEZER) && hierarchy.access() == Access.WRITABLE) {
        draft.group(Controller.FREEZER, Limit.UNIFIED);
      }
    }
  }

  private static void joinAll(Draft draft) {
    for (Hierarchy hierarchy : draft.host().hierarchies()) {
      if (hierarchy.version() == Version.V1 && hierarchy.access() == Access.WRITABLE) {
        Group group = draft.group(hierarchy);
        if (hierarchy.has(Controller.CPUSET)) {
          CpusetLimits.inherit(group, draft);
        }
      }
    }
  }

  private CgroupPlan assemble(Draft draft) {
    List<Path> parents = new ArrayList<>();
    List<Path> leaves = new ArrayList<>();
    List<CgroupWrite> writes = new ArrayList<>();
    List<Path> joins = new ArrayList<>();
    Path unified = Path.of("");
    for (Group group : draft.groups()) {
      for (Level level : group.hierarchy().levels()) {
        if (level.exists() == CgroupHost.Presence.ABSENT) {
          parents.add(level.directory());
        }
      }
      leaves.add(group.directory());
      switch (group.version()) {
        case V1 -> joins.add(group.file("tasks"));
        case V2 -> {
          unified = group.directory();
          enable(group.hierarchy(), draft, parents, writes);
        }
      }
    }
    writes.addAll(draft.writes());
    return new CgroupPlan(
        parents,
        leaves,
        writes,
        joins,
        unified,
        leaves,
        draft.events(),
        draft.programs(),
        draft.controllers());
  }

  /// Switches the controllers that limits need on for the container's group, from the top down.
  private void enable(
      Hierarchy hierarchy, Draft draft, List<Path> parents, List<CgroupWrite> writes) {
    Set<Controller> needed = EnumSet.noneOf(Controller.class);
    for (Controller controller : draft.controllers()) {
      if (hierarchy.has(controller)) {
        needed.add(controller);
      }
    }
    boolean top = true;
    for (Level level : hierarchy.levels()) {
      StringBuilder value = new StringBuilder();
      for (Controller controller : needed) {
        if (!level.enabled().contains(controller)) {
          value.append(value.isEmpty() ? "+" : " +").append(controller.named(Version.V2));
        }
      }
      if (!value.isEmpty()) {
        if (top) {
          stepAside(hierarchy, draft, parents, writes);
        }
        String option = "";
        writes.add(
            new CgroupWrite(
                level.directory().resolve("cgroup.subtree_control"),
                value.toString(),
                option,
                "switch cgroup controllers on below " + level.directory()));
      }
      top = false;
    }
  }

  /// Empties the base directory, where the kernel allows controllers only if no process is in it.
  private void stepAside(
      Hierarchy hierarchy, Draft draft, List<Path> parents, List<CgroupWrite> writes) {
    switch (hierarchy.occupancy()) {
      case EXEMPT, EMPTY -> {}
      case SELF -> {
        Path aside = hierarchy.base().resolve("brig-supervisor");
        parents.add(aside);
        writes.add(
            new CgroupWrite(
                aside.resolve("cgroup.procs"),
                "0",
                "",
                "step aside so that controllers can be switched on below " + hierarchy.base()));
      }
      case OTHERS -> {
        if (hierarchy.occupancy() == Occupancy.OTHERS) {
          throw draft.unsupported(
              limitFor(draft),
              hierarchy.base()
                  + " has processes besides brig, so the kernel switches no controller on below it",
              privilege == Privilege.ROOTLESS
                  ? "run it under `systemd-run --user --scope -p Delegate=yes brig …`"
                  : "move them to a cgroup of their own, as an init of this container would:"
                      + " mkdir "
                      + hierarchy.base()
                      + "/init; for p in $(cat "
                      + hierarchy.base()
                      + "/cgroup.procs); do echo $p > "
                      + hierarchy.base()
                      + "/init/cgroup.procs; done");
        }
      }
    }
  }

  /// Returns a limit to name in a complaint that concerns them all.
  private static Limit limitFor(Draft draft) {
    return switch (draft.controllers().getFirst()) {
      case CPU, CPUACCT -> Limit.CPU_QUOTA;
      case CPUSET -> Limit.CPUSET_CPUS;
      case MEMORY -> Limit.MEMORY;
      case PIDS -> Limit.PIDS;
      case BLKIO -> Limit.BLKIO_WEIGHT;
      case HUGETLB -> Limit.HUGE_PAGES;
      case NET_CLS -> Limit.NETWORK_CLASS;
      case NET_PRIO -> Limit.NETWORK_PRIORITIES;
      case RDMA -> Limit.RDMA;
      case DEVICES -> Limit.DEVICES;
      case FREEZER -> Limit.UNIFIED;
    };
  }
}
