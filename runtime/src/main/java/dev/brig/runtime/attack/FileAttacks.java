package dev.brig.runtime.attack;

import static dev.brig.namespaces.Abi.O_RDONLY;
import static dev.brig.namespaces.Abi.O_WRONLY;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Syscall;
import dev.brig.plan.Buffer;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.Slot;
import java.util.List;
import java.util.function.Consumer;

/// Files of the kernel that act on the whole machine, or tell of it.
final class FileAttacks {
  private static final String SYSRQ = "/proc/sysrq-trigger";
  private static final String CORE_PATTERN = "/proc/sys/kernel/core_pattern";
  private static final String MODPROBE = "/proc/sys/kernel/modprobe";
  private static final String DROP_CACHES = "/proc/sys/vm/drop_caches";
  private static final String BINFMT = "/proc/sys/fs/binfmt_misc/register";
  private static final String UEVENT = "/sys/kernel/uevent_helper";
  private static final String POWER = "/sys/power/state";
  private static final String KCORE = "/proc/kcore";
  private static final String KEYS = "/proc/keys";
  private static final String TIMERS = "/proc/timer_list";

  private static final Buffer BYTE = new Buffer("byte", 8);
  private static final String READ_ONLY = "read-only /proc/sys and the like";
  private static final String SYSFS = "read-only /sys";
  private static final String MASKED = "masked paths";

  /// Which files these are.
  static final List<String> FILES =
      List.of(
          SYSRQ, CORE_PATTERN, MODPROBE, DROP_CACHES, BINFMT, UEVENT, POWER, KCORE, KEYS, TIMERS);

  static final List<Attack> ALL =
      List.of(
          new Attack("sysrq", "open " + SYSRQ + " to write", READ_ONLY, writing(SYSRQ)),
          new Attack(
              "core-pattern",
              "name a program for the host to run on a crash",
              READ_ONLY,
              writing(CORE_PATTERN)),
          new Attack(
              "modprobe",
              "name a program for the host to load modules with",
              READ_ONLY,
              writing(MODPROBE)),
          new Attack(
              "binfmt-misc",
              "name an interpreter for the host's programs",
              READ_ONLY,
              writing(BINFMT)),
          new Attack("drop-caches", "open " + DROP_CACHES, READ_ONLY, writing(DROP_CACHES)),
          new Attack(
              "uevent-helper",
              "name a program for the host to run on an event",
              SYSFS,
              writing(UEVENT)),
          new Attack("power", "open " + POWER + " to write", SYSFS, writing(POWER)),
          new Attack("kcore", "read the host's memory in " + KCORE, MASKED, reading(KCORE)),
          new Attack("keys", "read " + KEYS, MASKED, reading(KEYS)),
          new Attack("timer-list", "read " + TIMERS, MASKED, reading(TIMERS)));

  private FileAttacks() {}

  private static Consumer<AttackSteps> writing(String path) {
    return s -> {
      s.open(path, O_WRONLY);
      s.through("it is open to write; nothing was written");
    };
  }

  private static Consumer<AttackSteps> reading(String path) {
    return s -> {
      Label empty = s.plan().label("empty");
      Slot fd = s.open(path, O_RDONLY);
      Slot count = s.call(new Slot("bytes read"), Syscall.READ, value(fd), at(BYTE), num(8));
      s.plan().branch(count, Condition.EQUAL, 0, empty);
      s.through("it can be read");
      s.plan().mark(empty);
      s.held("there is nothing in it: it is masked");
    };
  }
}
