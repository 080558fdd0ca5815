package dev.brig.cgroups;

import dev.brig.cgroups.CgroupHost.Level;
import java.nio.file.Path;
import java.util.BitSet;

/// Processors and memory nodes to run on.
///
/// @see <a href="https://man7.org/linux/man-pages/man7/cpuset.7.html">cpuset(7)</a>
final class CpusetLimits {
  private CpusetLimits() {}

  static void plan(Resources.Cpu wish, Draft draft) {
    if (wish.cpus().isEmpty() && wish.mems().isEmpty()) {
      return;
    }
    Limit limit = wish.cpus().isEmpty() ? Limit.CPUSET_MEMS : Limit.CPUSET_CPUS;
    Group group = draft.group(Controller.CPUSET, limit);
    check(Limit.CPUSET_CPUS, wish.cpus(), draft.host().cpus(), draft);
    check(Limit.CPUSET_MEMS, wish.mems(), draft.host().mems(), draft);
    switch (group.version()) {
      case V1 -> v1(wish, group, draft);
      case V2 -> {
        set(group, "cpuset.cpus", wish.cpus(), Limit.CPUSET_CPUS, draft);
        set(group, "cpuset.mems", wish.mems(), Limit.CPUSET_MEMS, draft);
      }
    }
  }

  /// Fills a new group of version 1, which nothing can join as it is.
  static void inherit(Group group, Draft draft) {
    v1(Resources.Cpu.NONE, group, draft);
  }

  private static void check(Limit limit, String wanted, String allowed, Draft draft) {
    if (wanted.isEmpty()) {
      return;
    }
    String hint = "allowed: numbers and ranges out of " + allowed;
    BitSet numbers;
    try {
      numbers = CpuList.parse(wanted);
    } catch (NumberFormatException e) {
      throw draft.wrong(limit, "\"" + wanted + "\": " + e.getMessage(), hint);
    }
    if (!allowed.isEmpty()) {
      numbers.andNot(CpuList.parse(allowed));
      if (!numbers.isEmpty()) {
        throw draft.wrong(
            limit,
            "\""
                + wanted
                + "\": there is no "
                + (limit == Limit.CPUSET_CPUS ? "processor " : "memory node ")
                + numbers.nextSetBit(0),
            hint);
      }
    }
  }

  /// On v1 a new cpuset is empty, and nothing can join an empty one: each level inherits by hand.
  private static void v1(Resources.Cpu wish, Group group, Draft draft) {
    for (Level level : group.hierarchy().levels()) {
      if (level.cpus().isEmpty()) {
        inherit(level.directory(), "cpuset.cpus", draft.host().cpus(), draft);
      }
      if (level.mems().isEmpty()) {
        inherit(level.directory(), "cpuset.mems", draft.host().mems(), draft);
      }
    }
    Level last = group.hierarchy().levels().getLast();
    String cpus = last.cpus().isEmpty() ? draft.host().cpus() : last.cpus();
    String mems = last.mems().isEmpty() ? draft.host().mems() : last.mems();
    if (wish.cpus().isEmpty()) {
      inherit(group.directory(), "cpuset.cpus", cpus, draft);
    }
    set(group, "cpuset.cpus", wish.cpus(), Limit.CPUSET_CPUS, draft);
    if (wish.mems().isEmpty()) {
      inherit(group.directory(), "cpuset.mems", mems, draft);
    }
    set(group, "cpuset.mems", wish.mems(), Limit.CPUSET_MEMS, draft);
  }

  private static void inherit(Path directory, String file, String value, Draft draft) {
    draft
        .writes()
        .add(
            new CgroupWrite(
                directory.resolve(file), value, "", "inherit " + file + " from the parent"));
  }

  private static void set(Group group, String file, String value, Limit limit, Draft draft) {
    if (!value.isEmpty()) {
      draft.write(
          group,
          file,
          value,
          limit,
          (limit == Limit.CPUSET_CPUS ? "run on processors " : "allocate from memory nodes ")
              + value);
    }
  }
}
