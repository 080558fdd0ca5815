package dev.brig.runtime.compile;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A mount option that is brig's to apply; all others are a filesystem's own parameters.
///
/// @param name its name
/// @param effect what it does
/// @param bits the flags that it does it with
/// @see <a
///   href="https://github.com/opencontainers/runtime-spec/blob/v1.3.0/config.md#linux-mount-options">config.md,
///   Linux mount options</a>
record MountWord(String name, Effect effect, long bits) {
  /// All that says when access times are kept; mount_setattr(2), "MOUNT_ATTR__ATIME".
  static final long ATIME = 0x70;

  private static final long RDONLY = 1;
  private static final long NOSUID = 2;
  private static final long NODEV = 4;
  private static final long NOEXEC = 8;
  private static final long NOATIME = 0x10;
  private static final long STRICTATIME = 0x20;
  private static final long NODIRATIME = 0x80;
  private static final long NOSYMFOLLOW = 0x200000;

  private static final MountWord[] ALL = {
    new MountWord("async", Effect.SUPERBLOCK_UNSET, 0),
    new MountWord("atime", Effect.TIMES_NO_LONGER, NOATIME),
    new MountWord("bind", Effect.BIND, 0),
    new MountWord("defaults", Effect.NOTHING, 0),
    new MountWord("dev", Effect.CLEAR, NODEV),
    new MountWord("diratime", Effect.CLEAR, NODIRATIME),
    new MountWord("dirsync", Effect.SUPERBLOCK, 0),
    new MountWord("exec", Effect.CLEAR, NOEXEC),
    new MountWord("idmap", Effect.IDMAP, 0),
    new MountWord("iversion", Effect.SUPERBLOCK, 0),
    new MountWord("lazytime", Effect.SUPERBLOCK, 0),
    new MountWord("loud", Effect.SUPERBLOCK_UNSET, 0),
    new MountWord("mand", Effect.SUPERBLOCK, 0),
    new MountWord("noatime", Effect.TIMES, NOATIME),
    new MountWord("nodev", Effect.SET, NODEV),
    new MountWord("nodiratime", Effect.SET, NODIRATIME),
    new MountWord("noexec", Effect.SET, NOEXEC),
    new MountWord("noiversion", Effect.SUPERBLOCK_UNSET, 0),
    new MountWord("nolazytime", Effect.SUPERBLOCK_UNSET, 0),
    new MountWord("nomand", Effect.SUPERBLOCK_UNSET, 0),
    new MountWord("norelatime", Effect.TIMES_NO_LONGER, 0),
    new MountWord("nostrictatime", Effect.TIMES_NO_LONGER, STRICTATIME),
    new MountWord("nosuid", Effect.SET, NOSUID),
    new MountWord("nosymfollow", Effect.SET, NOSYMFOLLOW),
    new MountWord("private", Effect.PROPAGATE, 0x40000),
    new MountWord("ratime", Effect.TIMES_BELOW_NO_LONGER, NOATIME),
    new MountWord("rbind", Effect.BIND_BELOW, 0),
    new MountWord("rdev", Effect.CLEAR_BELOW, NODEV),
    new MountWord("rdiratime", Effect.CLEAR_BELOW, NODIRATIME),
    new MountWord("relatime", Effect.TIMES, 0),
    new MountWord("remount", Effect.REMOUNT, 0),
    new MountWord("rexec", Effect.CLEAR_BELOW, NOEXEC),
    new MountWord("ridmap", Effect.IDMAP_BELOW, 0),
    new MountWord("rnoatime", Effect.TIMES_BELOW, NOATIME),
    new MountWord("rnodev", Effect.SET_BELOW, NODEV),
    new MountWord("rnodiratime", Effect.SET_BELOW, NODIRATIME),
    new MountWord("rnoexec", Effect.SET_BELOW, NOEXEC),
    new MountWord("rnorelatime", Effect.TIMES_BELOW_NO_LONGER, 0),
    new MountWord("rnostrictatime", Effect.TIMES_BELOW_NO_LONGER, STRICTATIME),
    new MountWord("rnosuid", Effect.SET_BELOW, NOSUID),
    new MountWord("rnosymfollow", Effect.SET_BELOW, NOSYMFOLLOW),
    new MountWord("ro", Effect.SET, RDONLY),
    new MountWord("rprivate", Effect.PROPAGATE_BELOW, 0x40000),
    new MountWord("rrelatime", Effect.TIMES_BELOW, 0),
    new MountWord("rro", Effect.SET_BELOW, RDONLY),
    new MountWord("rrw", Effect.CLEAR_BELOW, RDONLY),
    new MountWord("rshared", Effect.PROPAGATE_BELOW, 0x100000),
    new MountWord("rslave", Effect.PROPAGATE_BELOW, 0x80000),
    new MountWord("rstrictatime", Effect.TIMES_BELOW, STRICTATIME),
    new MountWord("rsuid", Effect.CLEAR_BELOW, NOSUID),
    new MountWord("rsymfollow", Effect.CLEAR_BELOW, NOSYMFOLLOW),
    new MountWord("runbindable", Effect.PROPAGATE_BELOW, 0x20000),
    new MountWord("rw", Effect.CLEAR, RDONLY),
    new MountWord("shared", Effect.PROPAGATE, 0x100000),
    new MountWord("silent", Effect.SUPERBLOCK, 0),
    new MountWord("slave", Effect.PROPAGATE, 0x80000),
    new MountWord("strictatime", Effect.TIMES, STRICTATIME),
    new MountWord("suid", Effect.CLEAR, NOSUID),
    new MountWord("symfollow", Effect.CLEAR, NOSYMFOLLOW),
    new MountWord("sync", Effect.SUPERBLOCK, 0),
    new MountWord("tmpcopyup", Effect.COPY_UP, 0),
    new MountWord("unbindable", Effect.PROPAGATE, 0x20000),
  };

  /// Returns the option of a name, or null if there is none.
  static @Nullable MountWord of(String name) {
    for (MountWord word : ALL) {
      if (word.name.equals(name)) {
        return word;
      }
    }
    return null;
  }

  /// Returns the names of all, sorted.
  static List<String> names() {
    List<String> names = new ArrayList<>(ALL.length);
    for (MountWord word : ALL) {
      names.add(word.name);
    }
    return names;
  }

  /// What an option does.
  enum Effect {
    /// Nothing.
    NOTHING,
    /// Sets attributes of the mount.
    SET,
    /// Clears attributes of the mount.
    CLEAR,
    /// Sets attributes of the mount and of all below it.
    SET_BELOW,
    /// Clears attributes of the mount and of all below it.
    CLEAR_BELOW,
    /// Says when access times are kept.
    TIMES,
    /// Takes back what another has said of access times.
    TIMES_NO_LONGER,
    /// Says when access times are kept, in the mount and all below it.
    TIMES_BELOW,
    /// Takes back what another has said of access times, in the mount and all below it.
    TIMES_BELOW_NO_LONGER,
    /// Sets a flag of the superblock.
    SUPERBLOCK,
    /// Takes back a flag of the superblock: a new one has none.
    SUPERBLOCK_UNSET,
    /// Ties the mount to others, or not.
    PROPAGATE,
    /// Ties the mount and all below it to others, or not.
    PROPAGATE_BELOW,
    /// Shows a file or directory of the host.
    BIND,
    /// Shows it with all mounts below it.
    BIND_BELOW,
    /// Maps the ids of the mount's files.
    IDMAP,
    /// Maps the ids of the files of the mount and of all below it.
    IDMAP_BELOW,
    /// Begins a new filesystem with what it covers.
    COPY_UP,
    /// Changes what is mounted already.
    REMOUNT
  }
}
