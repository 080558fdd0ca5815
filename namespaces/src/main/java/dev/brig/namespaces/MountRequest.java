package dev.brig.namespaces;

import dev.brig.plan.Operand.Num;
import java.util.List;

/// A mount that a container wants, in the order in which it wants them.
public sealed interface MountRequest {

  /// Returns where it goes: an absolute path inside the container, whose links are resolved inside
  /// its root.
  String target();

  /// Returns what asked for it, as [dev.brig.plan.Step#option] has it.
  String option();

  /// A new instance of a filesystem: proc, sysfs, tmpfs, devpts, mqueue, cgroup2.
  ///
  /// @param type the type, as /proc/filesystems names it
  /// @param target where it goes
  /// @param attributes `MOUNT_ATTR_*` flags
  /// @param propagation `MS_SHARED` or `MS_UNBINDABLE`, or zero for a private one
  /// @param parameters its own parameters, and flags of its superblock by their names
  /// @param filling what it begins with
  /// @param option what asked for it
  record New(
      String type,
      String target,
      Num attributes,
      Num propagation,
      List<Parameter> parameters,
      Filling filling,
      String option)
      implements MountRequest {
    /// Copies the list.
    public New {
      parameters = List.copyOf(parameters);
    }

    /// Makes a private mount.
    public New(
        String type,
        String target,
        Num attributes,
        List<Parameter> parameters,
        Filling filling,
        String option) {
      this(type, target, attributes, Abi.ZERO, parameters, filling, option);
    }

    /// Returns the same with other parameters.
    public New withParameters(List<Parameter> others) {
      return new New(type, target, attributes, propagation, others, filling, option);
    }
  }

  /// A file or directory of the host.
  ///
  /// @param source absolute path on the host
  /// @param target where it goes
  /// @param kind whether a missing target is made as a file or as a directory
  /// @param depth whether mounts below the source come along
  /// @param change what of it is to differ from the source
  /// @param below what of it and of all mounts below it is to differ
  /// @param filling what is copied into the source before
  /// @param option what asked for it
  record Bind(
      String source,
      String target,
      Kind kind,
      Depth depth,
      MountChange change,
      MountChange below,
      Filling filling,
      String option)
      implements MountRequest {}

  /// A directory of the host below a private writable layer, stacked by overlayfs with
  /// `user.overlay.*` attributes.
  ///
  /// @param lower absolute path of the directory
  /// @param upper absolute path of the writable layer
  /// @param work absolute path of an empty directory on the same filesystem as the upper one
  /// @param target where it goes
  /// @param access whether it can be written to
  /// @param option what asked for it
  record Layered(
      String lower,
      String upper,
      String work,
      String target,
      RootfsRequest.Access access,
      String option)
      implements MountRequest {}

  /// A file or directory of the host that is handed in from outside.
  ///
  /// @param mount the mount
  /// @param target where it goes
  /// @param kind whether a missing target is made as a file or as a directory
  record Handed(HandedMount mount, String target, Kind kind) implements MountRequest {
    @Override
    public String option() {
      return mount.option();
    }
  }

  /// A change of what is mounted already: `remount`.
  ///
  /// @param target where it is mounted
  /// @param extent what changes
  /// @param attributes `MOUNT_ATTR_*` flags, all that it has afterwards
  /// @param parameters the filesystem's parameters, and flags of its superblock by their names
  /// @param option what asked for it
  record Again(
      String target, Extent extent, Num attributes, List<Parameter> parameters, String option)
      implements MountRequest {
    /// Copies the list.
    public Again {
      parameters = List.copyOf(parameters);
    }
  }

  /// What a change of a mount is about.
  enum Extent {
    /// The filesystem, wherever it is mounted.
    FILESYSTEM,
    /// This mount of it: `bind` beside `remount`.
    MOUNT
  }

  /// A parameter of a filesystem, set by fsconfig(2).
  ///
  /// @param key its name
  /// @param value its value, or empty for a parameter that has none
  record Parameter(String key, String value) {}

  /// Whether what a mount covers is copied into it.
  enum Filling {
    /// It is not.
    EMPTY,
    /// It is: `tmpcopyup`, and volumes when they are new.
    COPIED
  }

  /// What a path is.
  enum Kind {
    /// Anything but a directory.
    FILE,
    /// A directory.
    DIRECTORY
  }

  /// How far a bind mount reaches.
  enum Depth {
    /// The mount itself: `bind`.
    SINGLE,
    /// With the mounts below it: `rbind`.
    RECURSIVE
  }
}
