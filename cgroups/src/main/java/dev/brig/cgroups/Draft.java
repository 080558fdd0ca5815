package dev.brig.cgroups;

import dev.brig.cgroups.CgroupHost.Access;
import dev.brig.cgroups.CgroupHost.Hierarchy;
import dev.brig.cgroups.CgroupHost.Occupancy;
import dev.brig.error.UnsupportedException;
import dev.brig.error.UsageException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A plan in the making: which groups are needed so far, and what is written to them.
final class Draft {
  /// Below it a container sees its cgroups.
  private static final Path SHOWN = Path.of("/sys/fs/cgroup");

  private final CgroupHost host;
  private final String path;
  private final Naming naming;
  private final Privilege privilege;
  private final List<Group> groups = new ArrayList<>();
  private final List<Controller> controllers = new ArrayList<>();
  private final List<CgroupWrite> writes = new ArrayList<>();
  private final List<EventFile> events = new ArrayList<>();
  private final List<DeviceProgram> programs = new ArrayList<>();

  Draft(CgroupHost host, String path, Naming naming, Privilege privilege) {
    this.host = host;
    this.path = path;
    this.naming = naming;
    this.privilege = privilege;
  }

  CgroupHost host() {
    return host;
  }

  Naming naming() {
    return naming;
  }

  List<Group> groups() {
    return groups;
  }

  List<Controller> controllers() {
    return controllers;
  }

  List<CgroupWrite> writes() {
    return writes;
  }

  List<EventFile> events() {
    return events;
  }

  List<DeviceProgram> programs() {
    return programs;
  }

  /// Adds a program to attach to the group in the unified hierarchy.
  void program(DeviceProgram program) {
    programs.add(program);
  }

  /// Returns the container's group in a hierarchy, and notes that it has to be made.
  Group group(Hierarchy hierarchy) {
    for (Group group : groups) {
      if (group.hierarchy().equals(hierarchy)) {
        return group;
      }
    }
    Group group = new Group(hierarchy, hierarchy.base().resolve(path));
    groups.add(group);
    return group;
  }

  /// Tells whether brig can have a group that a controller acts on, and the container can be shown
  /// it, without moving any process but brig's own.
  boolean offers(Controller controller) {
    for (Hierarchy hierarchy : host.hierarchies()) {
      if (hierarchy.has(controller)) {
        return hierarchy.access() == Access.WRITABLE
            && hierarchy.mountPoint().startsWith(SHOWN)
            && (hierarchy.occupancy() != Occupancy.OTHERS
                || hierarchy.levels().getFirst().enabled().contains(controller));
      }
    }
    return false;
  }

  /// Returns the group that a controller acts on.
  ///
  /// @param controller what is needed
  /// @param limit what needs it
  /// @throws UnsupportedException if the host lacks it or doesn't let brig use it
  Group group(Controller controller, Limit limit) {
    for (Hierarchy hierarchy : host.hierarchies()) {
      if (hierarchy.has(controller)) {
        if (hierarchy.access() == Access.WRITABLE) {
          if (!controllers.contains(controller)) {
            controllers.add(controller);
          }
          return group(hierarchy);
        }
        throw closed(controller, limit, hierarchy);
      }
    }
    throw missing(controller, limit);
  }

  /// Adds a write for a limit.
  void write(Group group, String file, String value, Limit limit, String why) {
    writes.add(new CgroupWrite(group.file(file), value, limit.named(naming), why));
  }

  /// Adds a file to read at the end.
  void event(Group group, String file, String quiet) {
    events.add(new EventFile(group.file(file), quiet));
  }

  /// Returns the complaint about a value that is wrong in itself.
  UsageException wrong(Limit limit, String finding, String hint) {
    return new UsageException(limit.named(naming), finding, hint);
  }

  /// Returns the complaint about a limit that this host can't apply.
  UnsupportedException unsupported(Limit limit, String finding, String hint) {
    return new UnsupportedException(limit.named(naming), finding, hint);
  }

  private UnsupportedException closed(Controller controller, Limit limit, Hierarchy hierarchy) {
    String name = controller.named(hierarchy.version());
    String place = "the cgroup controller " + name + " (" + hierarchy.mountPoint() + ")";
    return switch (hierarchy.access()) {
      case READ_ONLY ->
          unsupported(
              limit,
              place + " is mounted read-only",
              "give this container a writable /sys/fs/cgroup, or leave the limit away");
      case NOT_DELEGATED, NOT_PROBED, WRITABLE ->
          unsupported(
              limit,
              place + " is not delegated to this user: " + hierarchy.base() + " is not writable",
              delegation(hierarchy.version()));
    };
  }

  private String delegation(Version version) {
    if (privilege == Privilege.ROOT) {
      return "run brig as the owner of that directory, or leave the limit away";
    }
    return switch (version) {
      case V1 -> "run brig as root: cgroup v1 can't be delegated safely; or leave the limit away";
      case V2 ->
          "run it under `systemd-run --user --scope -p Delegate=yes brig …`, or as root, or leave"
              + " the limit away";
    };
  }

  private UnsupportedException missing(Controller controller, Limit limit) {
    String newer = controller.named(Version.V2);
    String name = newer.isEmpty() ? controller.named(Version.V1) : newer;
    if (host.hierarchies().isEmpty()) {
      return unsupported(
          limit,
          "no cgroup hierarchy is mounted here, so nothing can limit it",
          "as root: mount -t cgroup2 cgroup2 /sys/fs/cgroup");
    }
    Hierarchy last = host.hierarchies().getLast();
    Path base = last.base();
    boolean delegated = last.version() == Version.V2 && !base.equals(last.mountPoint());
    return unsupported(
        limit,
        delegated
            ? "the cgroup controller " + name + " is not available in " + base
            : "this host has no cgroup controller " + name,
        delegated && privilege == Privilege.ROOTLESS
            ? "as root: systemctl set-property user@$(id -u USER).service Delegate='cpu cpuset io"
                + " memory pids'; log in again"
            : "see /proc/cgroups; the kernel may lack it or have it switched off"
                + " (cgroup_disable="
                + name
                + ")");
  }
}
