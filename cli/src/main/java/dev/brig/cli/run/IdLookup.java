package dev.brig.cli.run;

import dev.brig.cli.bundle.NamespaceMode;
import dev.brig.cli.bundle.RunOptions;
import dev.brig.cli.command.Context;
import dev.brig.error.UnsupportedException;
import dev.brig.error.UsageException;
import dev.brig.linux.Identity;
import dev.brig.linux.SubordinateIdReader;
import dev.brig.linux.SubordinateIds;
import dev.brig.linux.SubordinateIds.IdRange;
import dev.brig.runtime.compile.IdMappings;
import dev.brig.runtime.spec.LinuxIdMapping;
import dev.brig.runtime.spec.LinuxNamespaceType;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Turns what the options say of ids into mappings in the host's numbers.
///
/// As podman has it, an ordinary user counts from its own namespace: 0 is the user itself, 1 and
/// what follows are the ranges of /etc/subuid.
final class IdLookup {
  private final Context context;

  IdLookup(Context context) {
    this.context = context;
  }

  /// Returns the options with each choice of ids as mappings. Who keeps its id also runs the
  /// command, unless the options name another.
  ///
  /// @throws dev.brig.error.BrigException if these ids can't be had
  RunOptions resolve(RunOptions options) {
    RunOptions resolved = options.with(resolve(options.isolation()));
    NamespaceMode mode = options.isolation().modes().get(LinuxNamespaceType.USER);
    return mode instanceof NamespaceMode.KeepId keep
        ? resolved.asUser(uid(keep) + ":" + gid(keep))
        : resolved;
  }

  private long uid(NamespaceMode.KeepId keep) {
    return keep.uid() < 0 ? context.host().identity().euid() : keep.uid();
  }

  private long gid(NamespaceMode.KeepId keep) {
    return keep.gid() < 0 ? context.host().identity().egid() : keep.gid();
  }

  private RunOptions.Isolation resolve(RunOptions.Isolation options) {
    NamespaceMode mode = options.modes().get(LinuxNamespaceType.USER);
    boolean mapped = !options.uidMappings().isEmpty() || !options.gidMappings().isEmpty();
    boolean usual = mode == null || mode.equals(NamespaceMode.PRIVATE);
    if ((usual && !mapped) || mode instanceof NamespaceMode.Joined) {
      return options;
    }
    boolean rootless = context.isRootless();
    return switch (mode == null ? NamespaceMode.PRIVATE : mode) {
      case NamespaceMode.Host _ ->
          // Where the user is root and has its ranges, as podman's `host` is for ordinary users.
          rootless ? with(options, List.of(), List.of()) : options;
      case NamespaceMode.KeepId keep -> keep(options, keep);
      case NamespaceMode.Ranges ranges -> named(options, ranges);
      case NamespaceMode.Private _ -> rootless ? counted(options) : options;
      case NamespaceMode.Joined _, NamespaceMode.Shared _ -> options;
    };
  }

  private static RunOptions.Isolation with(
      RunOptions.Isolation options, List<LinuxIdMapping> uids, List<LinuxIdMapping> gids) {
    Map<LinuxNamespaceType, NamespaceMode> modes = new EnumMap<>(LinuxNamespaceType.class);
    modes.putAll(options.modes());
    modes.put(LinuxNamespaceType.USER, NamespaceMode.PRIVATE);
    return new RunOptions.Isolation(
        modes,
        uids,
        gids,
        options.hostname(),
        options.sysctls(),
        options.degree(),
        options.guest());
  }

  private List<LinuxIdMapping> uids() {
    SubordinateIds ids = context.host().subordinateIds();
    Identity caller = context.host().identity();
    return IdMappings.ownThenRanges(caller.euid(), ids.usable() ? ids.uids() : List.of());
  }

  private List<LinuxIdMapping> gids() {
    SubordinateIds ids = context.host().subordinateIds();
    Identity caller = context.host().identity();
    return IdMappings.ownThenRanges(caller.egid(), ids.usable() ? ids.gids() : List.of());
  }

  private RunOptions.Isolation keep(RunOptions.Isolation options, NamespaceMode.KeepId keep) {
    if (!context.isRootless()) {
      throw new UsageException(
          "--userns keep-id", "root has no id of its own to keep", "run brig as that user");
    }
    return with(options, kept(uids(), uid(keep)), kept(gids(), gid(keep)));
  }

  /// Returns the mappings in which the user has an id, and 0 to below it are the first ids of its
  /// ranges.
  private List<LinuxIdMapping> kept(List<LinuxIdMapping> own, long id) {
    long count = 0;
    for (LinuxIdMapping mapping : own) {
      count += mapping.size();
    }
    if (id > 0 && count <= id) {
      SubordinateIds ids = context.host().subordinateIds();
      throw new UnsupportedException(
          "--userns keep-id",
          "user "
              + ids.user()
              + " has "
              + (count - 1)
              + " ids beside its own, and "
              + id
              + " are needed: 0 to "
              + (id - 1)
              + " inside",
          "sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 "
              + ids.user()
              + ", and install uidmap");
    }
    List<LinuxIdMapping> wanted = new ArrayList<>();
    if (id > 0) {
      wanted.add(new LinuxIdMapping(0, 1, id));
    }
    wanted.add(new LinuxIdMapping(id, 0, 1));
    if (count > id + 1) {
      wanted.add(new LinuxIdMapping(id + 1, id + 1, count - id - 1));
    }
    return composed("--userns keep-id", wanted, own);
  }

  private RunOptions.Isolation counted(RunOptions.Isolation options) {
    List<LinuxIdMapping> uids = options.uidMappings();
    List<LinuxIdMapping> gids = options.gidMappings();
    List<LinuxIdMapping> users = composed("--uidmap", uids.isEmpty() ? gids : uids, uids());
    List<LinuxIdMapping> groups = composed("--gidmap", gids.isEmpty() ? uids : gids, gids());
    Identity caller = context.host().identity();
    if (!has(users, caller.euid()) || !has(groups, caller.egid())) {
      throw new UsageException(
          "--uidmap",
          "the container's files are the caller's, whose own id, 0 here, is not among those mapped",
          "map it to an id inside: --uidmap ID:0:1");
    }
    return with(options, users, groups);
  }

  private static boolean has(List<LinuxIdMapping> mappings, long host) {
    for (LinuxIdMapping mapping : mappings) {
      if (host >= mapping.hostId() && host < mapping.hostId() + mapping.size()) {
        return true;
      }
    }
    return false;
  }

  /// Returns mappings onto the user's own namespace as mappings onto the host.
  private static List<LinuxIdMapping> composed(
      String option, List<LinuxIdMapping> wanted, List<LinuxIdMapping> own) {
    List<LinuxIdMapping> composed = new ArrayList<>();
    for (LinuxIdMapping mapping : wanted) {
      long at = mapping.hostId();
      long end = at + mapping.size();
      for (LinuxIdMapping piece : own) {
        long pieceEnd = piece.containerId() + piece.size();
        if (at >= piece.containerId() && at < pieceEnd && at < end) {
          long count = Math.min(end, pieceEnd) - at;
          long inside = mapping.containerId() + at - mapping.hostId();
          composed.add(
              new LinuxIdMapping(inside, piece.hostId() + at - piece.containerId(), count));
          at += count;
        }
      }
      if (at < end) {
        throw new UsageException(
            option,
            "an ordinary user counts from 0, which is itself, over the ranges of /etc/subuid and"
                + " /etc/subgid; there is no id "
                + at,
            "brig unshare cat /proc/self/uid_map shows the ids that there are");
      }
    }
    return composed;
  }

  private RunOptions.Isolation named(RunOptions.Isolation options, NamespaceMode.Ranges ranges) {
    SubordinateIdReader reader = new SubordinateIdReader(context.kernel(), context.searchPath());
    if (context.isRootless()) {
      throw new UsageException(
          "--subuidname " + ranges.users(),
          "is for root: an ordinary user's own ranges are in each of its containers",
          "leave it out");
    }
    return with(
        options,
        all("--subuidname " + ranges.users(), "/etc/subuid", reader.userRanges(ranges.users())),
        all("--subgidname " + ranges.groups(), "/etc/subgid", reader.groupRanges(ranges.groups())));
  }

  private static List<LinuxIdMapping> all(String option, String file, List<IdRange> ranges) {
    if (ranges.isEmpty()) {
      throw new UsageException(
          option, file + " gives this name no range", "sudo usermod --add-subuids ..., or edit it");
    }
    List<LinuxIdMapping> mappings = new ArrayList<>(ranges.size());
    long next = 0;
    for (IdRange range : ranges) {
      mappings.add(new LinuxIdMapping(next, range.start(), range.count()));
      next += range.count();
    }
    return mappings;
  }
}
