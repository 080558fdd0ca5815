package dev.brig.cgroups;

import dev.brig.cgroups.CgroupHost.Access;
import dev.brig.cgroups.CgroupHost.Hierarchy;
import dev.brig.cgroups.CgroupHost.Level;
import dev.brig.cgroups.CgroupHost.Occupancy;
import dev.brig.cgroups.CgroupHost.Presence;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads what the host has in the way of cgroups, once and only what a wish needs.
public final class CgroupProbe {
  private static final Path OWN = Path.of("/proc/self/cgroup");
  private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

  private final CgroupFs fs;

  /// Makes a probe that reads through `fs`.
  public CgroupProbe(CgroupFs fs) {
    this.fs = fs;
  }

  /// Reads the facts that planning these resources needs.
  ///
  /// @param resources what is asked for
  /// @param path the container's cgroup below the base directory: `brig/ID`
  public CgroupHost probe(Resources resources, String path) {
    return probe(resources, path, Reach.NEEDED);
  }

  /// Reads the facts that planning these resources needs.
  ///
  /// @param resources what is asked for
  /// @param path the container's cgroup below the base directory: `brig/ID`
  /// @param reach in which hierarchies it gets a cgroup
  public CgroupHost probe(Resources resources, String path, Reach reach) {
    Set<Controller> demand =
        switch (reach) {
          case NEEDED -> Demand.of(resources);
          case EVERYWHERE -> EnumSet.allOf(Controller.class);
        };
    return probe(demand, resources, path, reach);
  }

  /// Returns the directories of this process's own cgroups by where each hierarchy is mounted.
  public Map<String, String> homes() {
    List<OwnCgroup> own = OwnCgroup.parse(fs.readIfThere(OWN));
    Map<String, String> homes = new HashMap<>();
    for (CgroupMount mount : CgroupMount.parse(fs.readIfThere(MOUNTS))) {
      homes.put(mount.mountPoint().toString(), mount.home(own).toString());
    }
    return homes;
  }

  private CgroupHost probe(Set<Controller> demand, Resources resources, String path, Reach reach) {
    List<OwnCgroup> own = OwnCgroup.parse(fs.readIfThere(OWN));
    List<CgroupMount> mounts = CgroupMount.parse(fs.readIfThere(MOUNTS));
    if (mounts.isEmpty() || mounts.getLast().version() == Version.V1) {
      demand.add(Controller.FREEZER);
    }
    List<Hierarchy> hierarchies = new ArrayList<>();
    for (CgroupMount mount : mounts) {
      boolean wanted =
          mount.version() == Version.V2
              || reach == Reach.EVERYWHERE
              || intersects(mount.controllers(), demand);
      if (wanted) {
        hierarchies.add(hierarchy(mount, own, path));
      } else if (!mount.controllers().isEmpty()) {
        hierarchies.add(unprobed(mount));
      }
    }
    HardwareFacts facts = new HardwareFacts(fs, hierarchies);
    boolean cpu = demand.contains(Controller.CPU) || demand.contains(Controller.CPUSET);
    return new CgroupHost(
        hierarchies,
        cpu ? facts.cpus() : "",
        demand.contains(Controller.CPUSET) ? facts.mems() : "",
        demand.contains(Controller.BLKIO) ? facts.disks(resources.blockIo()) : List.of(),
        demand.contains(Controller.HUGETLB) ? facts.hugePageSizes() : List.of());
  }

  private static Hierarchy unprobed(CgroupMount mount) {
    return new Hierarchy(
        mount.version(),
        mount.mountPoint(),
        mount.controllers(),
        mount.mountPoint(),
        Access.NOT_PROBED,
        Occupancy.EXEMPT,
        List.of(),
        List.of());
  }

  private Hierarchy hierarchy(CgroupMount mount, List<OwnCgroup> own, String path) {
    boolean v1 = mount.version() == Version.V1;
    Path home = mount.home(own);
    Access access = access(mount, home);
    Path base = fs.isWritable(mount.mountPoint()) ? mount.mountPoint() : home;
    // What isn't brig's to use is there all the same: the refusal says so.
    Path offer = access == Access.WRITABLE ? base : mount.mountPoint();
    return new Hierarchy(
        mount.version(),
        mount.mountPoint(),
        v1 ? mount.controllers() : controllers(fs.readIfThere(offer.resolve("cgroup.controllers"))),
        base,
        access,
        v1 || access != Access.WRITABLE ? Occupancy.EXEMPT : occupancy(base),
        levels(mount, base, path),
        v1 ? fs.list(base) : List.of());
  }

  private Access access(CgroupMount mount, Path home) {
    if (mount.readOnly() == CgroupMount.Mode.READ_ONLY) {
      return Access.READ_ONLY;
    }
    if (fs.isWritable(mount.mountPoint())) {
      return Access.WRITABLE;
    }
    // A directory alone is not enough: processes are moved through the common ancestor's
    // cgroup.procs,
    // see "Delegation Containment" in cgroup-v2.rst.
    return fs.isWritable(home) && fs.isWritable(home.resolve("cgroup.procs"))
        ? Access.WRITABLE
        : Access.NOT_DELEGATED;
  }

  private Occupancy occupancy(Path base) {
    // Only a cgroup that isn't the root has cgroup.type.
    if (!fs.exists(base.resolve("cgroup.type"))) {
      return Occupancy.EXEMPT;
    }
    String procs = fs.readIfThere(base.resolve("cgroup.procs")).strip();
    if (procs.isEmpty()) {
      return Occupancy.EMPTY;
    }
    String stat = fs.readIfThere(Path.of("/proc/self/stat"));
    int end = stat.indexOf(' ');
    return end > 0 && procs.equals(stat.substring(0, end)) ? Occupancy.SELF : Occupancy.OTHERS;
  }

  private List<Level> levels(CgroupMount mount, Path base, String path) {
    List<Level> levels = new ArrayList<>();
    Path directory = base;
    levels.add(level(mount, directory));
    int start = 0;
    for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', start)) {
      if (slash > start) {
        directory = directory.resolve(path.substring(start, slash));
        levels.add(level(mount, directory));
      }
      start = slash + 1;
    }
    return levels;
  }

  private Level level(CgroupMount mount, Path directory) {
    boolean there = fs.exists(directory);
    boolean v2 = mount.version() == Version.V2;
    boolean cpuset = there && !v2 && mount.controllers().contains(Controller.CPUSET);
    return new Level(
        directory,
        there ? Presence.PRESENT : Presence.ABSENT,
        there && v2
            ? controllers(fs.readIfThere(directory.resolve("cgroup.subtree_control")))
            : List.of(),
        cpuset ? fs.readIfThere(directory.resolve("cpuset.cpus")).strip() : "",
        cpuset ? fs.readIfThere(directory.resolve("cpuset.mems")).strip() : "");
  }

  private static List<Controller> controllers(String names) {
    return Controller.parse(names.strip(), ' ', Version.V2);
  }

  private static boolean intersects(List<Controller> controllers, Set<Controller> demand) {
    for (Controller controller : controllers) {
      if (demand.contains(controller)) {
        return true;
      }
    }
    return false;
  }
}
