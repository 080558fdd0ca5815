package dev.brig.cgroups;

import java.nio.file.Path;
import java.util.List;

/// What a host has in the way of control groups, read once by [CgroupProbe].
///
/// @param hierarchies the mounted hierarchies, the unified one (if any) last
/// @param cpus the processors that a container may be placed on (`0-7`), or empty if nobody asked
/// @param mems the memory nodes, likewise
/// @param disks the block devices, if a limit of disk use asks for them
/// @param hugePageSizes the sizes of huge pages (`2MB`), if a limit asks for them
public record CgroupHost(
    List<Hierarchy> hierarchies,
    String cpus,
    String mems,
    List<Disk> disks,
    List<String> hugePageSizes) {

  /// Copies the lists.
  public CgroupHost {
    hierarchies = List.copyOf(hierarchies);
    disks = List.copyOf(disks);
    hugePageSizes = List.copyOf(hugePageSizes);
  }

  /// One mounted hierarchy and the place in it where brig makes its cgroups.
  ///
  /// @param version its interface
  /// @param mountPoint where it is mounted
  /// @param controllers the controllers that it has; on v2 those that the base directory offers, or
  ///   the mount point if brig may make no cgroups
  /// @param base the directory below which brig makes its cgroups: the mount point if brig may
  ///   write there, else brig's own cgroup
  /// @param access whether that is possible
  /// @param occupancy who lives in the base directory itself
  /// @param levels the base directory and those below it on the way to the container's, without the
  ///   container's own
  /// @param files names of files that a cgroup of this hierarchy has, if the probe looked; the base
  ///   directory of v2 lacks some because it may be the root
  public record Hierarchy(
      Version version,
      Path mountPoint,
      List<Controller> controllers,
      Path base,
      Access access,
      Occupancy occupancy,
      List<Level> levels,
      List<String> files) {
    /// Copies the lists.
    public Hierarchy {
      controllers = List.copyOf(controllers);
      levels = List.copyOf(levels);
      files = List.copyOf(files);
    }

    /// Tells whether this hierarchy drives a controller.
    boolean has(Controller controller) {
      return controllers.contains(controller);
    }
  }

  /// Whether brig may make cgroups in a hierarchy.
  public enum Access {
    /// Yes.
    WRITABLE,
    /// The hierarchy is mounted read-only.
    READ_ONLY,
    /// Neither the root nor brig's own cgroup belongs to the user.
    NOT_DELEGATED,
    /// The probe had no reason to look.
    NOT_PROBED
  }

  /// Who lives in the base directory of the unified hierarchy. Below a directory with processes no
  /// controller can be switched on, the root apart.
  public enum Occupancy {
    /// It is the root of the hierarchy, where processes do no harm, or it is a v1 hierarchy.
    EXEMPT,
    /// Nobody.
    EMPTY,
    /// Only brig itself, which can step aside.
    SELF,
    /// Other processes.
    OTHERS
  }

  /// A directory on the way to the container's cgroup.
  ///
  /// @param directory which
  /// @param exists whether it is there already
  /// @param enabled on v2, the controllers switched on for its children
  /// @param cpus on v1 with cpuset, its processors, or empty
  /// @param mems on v1 with cpuset, its memory nodes, or empty
  public record Level(
      Path directory, Presence exists, List<Controller> enabled, String cpus, String mems) {
    /// Copies the list.
    public Level {
      enabled = List.copyOf(enabled);
    }
  }

  /// Whether a directory is there.
  public enum Presence {
    /// It is.
    PRESENT,
    /// It has to be made.
    ABSENT
  }

  /// A block device.
  ///
  /// @param major its major number
  /// @param minor its minor number
  /// @param name its name below /dev
  /// @param wholeDisk the name of the disk that it is a partition of, or empty
  /// @param weighting what shares its time between cgroups
  public record Disk(long major, long minor, String name, String wholeDisk, Weighting weighting) {}

  /// What shares the time of a disk between cgroups by weight.
  public enum Weighting {
    /// Nothing: weights have no effect on this disk.
    NONE,
    /// The I/O scheduler BFQ.
    BFQ,
    /// The I/O cost controller (cgroup v2 only).
    IOCOST
  }
}
