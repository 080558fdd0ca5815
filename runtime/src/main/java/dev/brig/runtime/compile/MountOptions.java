package dev.brig.runtime.compile;

import dev.brig.error.UnsupportedException;
import dev.brig.namespaces.Abi;
import dev.brig.namespaces.HandedMount.Ids;
import dev.brig.namespaces.MountRequest.Depth;
import dev.brig.namespaces.MountRequest.Filling;
import dev.brig.namespaces.MountRequest.Parameter;
import dev.brig.plan.Operand.Num;
import java.util.ArrayList;
import java.util.List;

/// The options of a mount, sorted into attributes, propagation and the filesystem's own parameters;
/// config.md#linux-mount-options.
///
/// @param attributes `MOUNT_ATTR_*` flags
/// @param propagation a propagation type, `MS_PRIVATE` unless said otherwise
/// @param bind whether it is a bind mount
/// @param depth how far a bind mount reaches
/// @param ids whose ids the files have: the container's with `idmap`
/// @param filling whether a new filesystem begins with what it covers
/// @param parameters what is the filesystem's
record MountOptions(
    Num attributes,
    Num propagation,
    boolean bind,
    Depth depth,
    Ids ids,
    Filling filling,
    List<Parameter> parameters) {
  private static final Num PRIVATE = new Num(0x40000, "MS_PRIVATE");

  static MountOptions parse(List<String> options, String subject) {
    long attributes = 0;
    Num propagation = PRIVATE;
    boolean bind = false;
    Depth depth = Depth.SINGLE;
    Ids ids = Ids.KEPT;
    Filling filling = Filling.EMPTY;
    List<Parameter> parameters = new ArrayList<>();
    for (String option : options) {
      refuse(option, subject);
      long attribute = attribute(option);
      switch (option) {
        case "rw", "suid", "dev", "exec" -> attributes &= ~attribute;
        case "bind" -> bind = true;
        case "rbind" -> {
          bind = true;
          depth = Depth.RECURSIVE;
        }
        case "private", "rprivate" -> propagation = PRIVATE;
        case "slave", "rslave" -> propagation = new Num(0x80000, "MS_SLAVE");
        case "shared", "rshared" -> propagation = new Num(0x100000, "MS_SHARED");
        case "unbindable", "runbindable" -> propagation = new Num(0x20000, "MS_UNBINDABLE");
        case "tmpcopyup" -> filling = Filling.COPIED;
        case "idmap" -> ids = Ids.MAPPED;
        case "ridmap" -> {
          ids = Ids.MAPPED;
          depth = Depth.RECURSIVE;
        }
        default -> {
          attributes |= attribute;
          if (attribute == 0 && !isDefault(option)) {
            parameters.add(parameter(option));
          }
        }
      }
    }
    Num flags = Abi.mountAttributes(attributes);
    return new MountOptions(flags, propagation, bind, depth, ids, filling, parameters);
  }

  /// Returns the `MOUNT_ATTR_*` flag that an option sets, or clears by its opposite, or 0.
  private static long attribute(String option) {
    return switch (option) {
      case "ro", "rw" -> 1;
      case "nosuid", "suid" -> 2;
      case "nodev", "dev" -> 4;
      case "noexec", "exec" -> 8;
      case "noatime" -> 0x10;
      case "strictatime" -> 0x20;
      case "nodiratime" -> 0x80;
      case "nosymfollow" -> 0x200000;
      default -> 0;
    };
  }

  private static boolean isDefault(String option) {
    return switch (option) {
      case "defaults",
          "async",
          "relatime",
          "diratime",
          "atime",
          "norelatime",
          "nostrictatime",
          "symfollow",
          "nomand",
          "loud",
          "noiversion" ->
          true;
      default -> false;
    };
  }

  private static void refuse(String option, String subject) {
    switch (option) {
      case "remount",
          "rro",
          "rnosuid",
          "rnodev",
          "rnoexec",
          "rnosymfollow",
          "rnoatime",
          "rstrictatime",
          "rnodiratime",
          "iversion",
          "silent" ->
          throw new UnsupportedException(
              subject, "brig does not know the mount option " + option, "leave it out");
      default -> {}
    }
  }

  private static Parameter parameter(String option) {
    int equals = option.indexOf('=');
    return equals < 0
        ? new Parameter(option, "")
        : new Parameter(option.substring(0, equals), option.substring(equals + 1));
  }
}
