package dev.brig.runtime.compile;

import java.util.List;

/// The options of mounts that are brig's to apply; all others are a filesystem's own parameters.
public final class MountOptionNames {
  private static final List<String> ALL =
      List.of(
          "async",
          "atime",
          "bind",
          "defaults",
          "dev",
          "diratime",
          "dirsync",
          "exec",
          "idmap",
          "lazytime",
          "mand",
          "noatime",
          "nodev",
          "nodiratime",
          "noexec",
          "nomand",
          "norelatime",
          "nostrictatime",
          "nosuid",
          "nosymfollow",
          "private",
          "rbind",
          "relatime",
          "ridmap",
          "ro",
          "rprivate",
          "rshared",
          "rslave",
          "runbindable",
          "rw",
          "shared",
          "slave",
          "strictatime",
          "suid",
          "symfollow",
          "sync",
          "tmpcopyup",
          "unbindable");

  private MountOptionNames() {}

  /// Returns the names, sorted.
  public static List<String> all() {
    return ALL;
  }
}
