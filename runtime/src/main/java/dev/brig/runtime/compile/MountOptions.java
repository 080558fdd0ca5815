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
      switch (option) {
        case "rw", "suid", "dev", "exec", "defaults", "async", "relatime", "diratime" -> {}
        case "ro" -> attributes |= 1;
        case "nosuid" -> attributes |= 2;
        case "nodev" -> attributes |= 4;
        case "noexec" -> attributes |= 8;
        case "noatime" -> attributes |= 0x10;
        case "strictatime" -> attributes |= 0x20;
        case "nodiratime" -> attributes |= 0x80;
        case "nosymfollow" -> attributes |= 0x200000;
        case "bind" -> bind = true;
        case "rbind" -> {
          bind = true;
          depth = Depth.RECURSIVE;
        }
        case "private", "rprivate" -> propagation = PRIVATE;
        case "slave", "rslave" -> propagation = new Num(0x80000, "MS_SLAVE");
        case "shared", "rshared" -> propagation = new Num(0x100000, "MS_SHARED");
        case "tmpcopyup" -> filling = Filling.COPIED;
        case "idmap" -> ids = Ids.MAPPED;
        case "ridmap" -> {
          ids = Ids.MAPPED;
          depth = Depth.RECURSIVE;
        }
        case "remount" ->
            throw new UnsupportedException(
                subject, "brig does not know the mount option " + option, "leave it out");
        default -> parameters.add(parameter(option));
      }
    }
    Num flags = Abi.mountAttributes(attributes);
    return new MountOptions(flags, propagation, bind, depth, ids, filling, parameters);
  }

  private static Parameter parameter(String option) {
    int equals = option.indexOf('=');
    return equals < 0
        ? new Parameter(option, "")
        : new Parameter(option.substring(0, equals), option.substring(equals + 1));
  }
}
