package dev.brig.runtime.compile;

import dev.brig.error.UnsupportedException;
import dev.brig.linux.Identity;
import dev.brig.linux.SubordinateIds;
import dev.brig.linux.SubordinateIds.IdRange;
import dev.brig.namespaces.ProcessRequest.Setgroups;
import dev.brig.runtime.spec.LinuxIdMapping;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// Decides how the ids of a new user namespace are mapped; user_namespaces(7).
public final class IdMappings {
  private IdMappings() {}

  /// Returns how these mappings are written.
  ///
  /// @param uids user ids, empty if there is no new user namespace
  /// @param gids group ids
  /// @param caller who brig runs as
  /// @param ranges what the caller may map, asked for only if more than its own id is mapped
  /// @throws UnsupportedException if the caller may not map them
  public static Isolation.IdMapping of(
      List<LinuxIdMapping> uids,
      List<LinuxIdMapping> gids,
      Identity caller,
      Supplier<SubordinateIds> ranges) {
    if (uids.isEmpty() && gids.isEmpty()) {
      return new Isolation.IdMapping.None();
    }
    if (!caller.isRootless()) {
      return new Isolation.IdMapping.Written(text(uids), text(gids), Setgroups.ALLOWED);
    }
    if (single(uids, caller.euid()) && single(gids, caller.egid())) {
      return new Isolation.IdMapping.Written(text(uids), text(gids), Setgroups.DENIED);
    }
    SubordinateIds subordinate = ranges.get();
    if (!subordinate.usable()) {
      throw new UnsupportedException(
          "--userns",
          "user "
              + subordinate.user()
              + " has no range in /etc/subuid and /etc/subgid, or newuidmap is not installed",
          "as root: apt-get install uidmap && usermod --add-subuids 100000-165535"
              + " --add-subgids 100000-165535 "
              + subordinate.user());
    }
    return subordinate.mapper() instanceof SubordinateIds.Programs programs
        ? new Isolation.IdMapping.Delegated(
            programs.newuidmap(), arguments(uids), programs.newgidmap(), arguments(gids))
        : new Isolation.IdMapping.Written(text(uids), text(gids), Setgroups.ALLOWED);
  }

  /// Returns what is known of an existing user namespace.
  ///
  /// @param gids its group ids, or empty if nobody knows
  /// @param caller who brig runs as
  public static Isolation.IdMapping joined(List<LinuxIdMapping> gids, Identity caller) {
    boolean alone = caller.isRootless() && single(gids, caller.egid());
    return new Isolation.IdMapping.Joined(alone ? Setgroups.DENIED : Setgroups.ALLOWED);
  }

  /// Returns the mappings of a namespace in which an ordinary user is root and has its ranges, from
  /// id 1 on; what rootless podman maps.
  ///
  /// @param own the caller's effective id
  /// @param ranges its ranges, none to map the own id alone
  public static List<LinuxIdMapping> ownThenRanges(long own, List<IdRange> ranges) {
    List<LinuxIdMapping> mappings = new ArrayList<>(ranges.size() + 1);
    mappings.add(new LinuxIdMapping(0, own, 1));
    long next = 1;
    for (IdRange range : ranges) {
      mappings.add(new LinuxIdMapping(next, range.start(), range.count()));
      next += range.count();
    }
    return mappings;
  }

  /// Returns which id of the host is 0 inside, or 0 if none is said to be.
  public static long hostIdOfRoot(List<LinuxIdMapping> mappings) {
    for (LinuxIdMapping mapping : mappings) {
      if (mapping.containerId() == 0 && mapping.size() > 0) {
        return mapping.hostId();
      }
    }
    return 0;
  }

  private static boolean single(List<LinuxIdMapping> mappings, int own) {
    return mappings.size() == 1
        && mappings.getFirst().size() == 1
        && mappings.getFirst().hostId() == own;
  }

  static String text(List<LinuxIdMapping> mappings) {
    StringBuilder text = new StringBuilder();
    for (LinuxIdMapping mapping : mappings) {
      text.append(mapping.containerId()).append(' ');
      text.append(mapping.hostId()).append(' ').append(mapping.size()).append('\n');
    }
    return text.toString();
  }

  private static List<String> arguments(List<LinuxIdMapping> mappings) {
    List<String> arguments = new ArrayList<>(mappings.size() * 3);
    for (LinuxIdMapping mapping : mappings) {
      arguments.add(Long.toString(mapping.containerId()));
      arguments.add(Long.toString(mapping.hostId()));
      arguments.add(Long.toString(mapping.size()));
    }
    return arguments;
  }
}
