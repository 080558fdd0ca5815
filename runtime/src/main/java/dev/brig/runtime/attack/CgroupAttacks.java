package dev.brig.runtime.attack;

import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.O_WRONLY;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Syscall;
import dev.brig.plan.Arithmetic;
import dev.brig.plan.Buffer;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.Op;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.List;
import java.util.function.Consumer;

/// Ways out of the limits.
final class CgroupAttacks {
  private static final String[] HIERARCHIES = {
    "", "/unified", "/memory", "/pids", "/cpu", "/cpu,cpuacct", "/devices", "/freezer", "/blkio"
  };
  private static final Num SIGCHLD = new Num(17, "SIGCHLD");
  private static final Buffer PIPE = new Buffer("pipe", 8);
  private static final Buffer BYTE = new Buffer("one byte", 8);
  private static final int PIDS_TRIED_MAX = 4096;
  private static final String READ_ONLY = "read-only cgroups; cgroup namespace";

  static final List<Attack> ALL =
      List.of(
          new Attack(
              "release-agent",
              "name a program for the host to run (CVE-2022-0492)",
              READ_ONLY,
              anyOf("release_agent")),
          new Attack("cgroup-leave", "move to another cgroup", READ_ONLY, anyOf("cgroup.procs")),
          new Attack(
              "memory-limit",
              "lift the limit of memory",
              READ_ONLY,
              anyOf("memory.limit_in_bytes", "memory.max", "memory.high")),
          new Attack("device-rules", "allow itself all devices", READ_ONLY, anyOf("devices.allow")),
          // Last: what it leaves is gone only with the container.
          new Attack(
              "fork-bomb", "make more processes than it may", "pids cgroup", CgroupAttacks::bomb));

  private CgroupAttacks() {}

  private static Consumer<AttackSteps> anyOf(String... files) {
    return s -> {
      PlanBuilder plan = s.plan();
      Label opened = plan.label("opened");
      Slot fd = new Slot("fd");
      for (String hierarchy : HIERARCHIES) {
        for (String file : files) {
          String path = "/sys/fs/cgroup" + hierarchy + "/" + file;
          plan.attempt(fd, Syscall.OPENAT, AT_FDCWD, text(path), O_WRONLY);
          plan.branch(fd, Condition.AT_LEAST, 0, opened);
        }
      }
      s.held("none of the hierarchies has such a file that can be written");
      plan.mark(opened);
      s.through("it is open to write; nothing was written");
    };
  }

  private static void bomb(AttackSteps s) {
    int most = s.facts().pidsMax();
    if (s.facts().host().isPresent()) {
      s.undecided("its processes are those of a kernel of its own, which ends where a limit does");
    } else if (most == 0 || most > PIDS_TRIED_MAX) {
      s.undecided(
          most == 0
              ? "there is no limit: --pids-limit sets one"
              : "a limit above " + PIDS_TRIED_MAX + " is not tried");
    }
    PlanBuilder plan = s.plan();
    Label again = plan.label("next process");
    Label child = plan.label("a process");
    Slot count = new Slot("processes");
    Slot made = new Slot("made");
    Slot reads = new Slot("reads");
    Slot writes = new Slot("writes");
    s.call(Syscall.PIPE2, at(PIPE), ZERO);
    plan.load(reads, PIPE, 0, 4);
    plan.load(writes, PIPE, 4, 4);
    plan.add(new Op.Assign(count, ZERO));
    plan.mark(again);
    s.call(made, Syscall.CLONE, SIGCHLD, NULL, NULL, NULL, NULL);
    plan.branch(made, Condition.EQUAL, 0, child);
    plan.add(new Op.Compute(count, count, Arithmetic.ADD, num(1)));
    plan.branch(count, Condition.LESS, most + 1L, again);
    s.through("it has more processes than the limit says");
    plan.mark(child);
    // Until the last one that could write is gone.
    plan.attempt(Syscall.CLOSE, value(writes));
    plan.attempt(Syscall.READ, value(reads), at(BYTE), num(1));
    AttackPlanner.exit(plan, 0);
  }
}
