package dev.brig.runtime.compile;

import dev.brig.namespaces.Abi;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Field;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Operand.Struct;
import dev.brig.runtime.spec.ConsoleSize;
import dev.brig.runtime.spec.LinuxIoPriority;
import dev.brig.runtime.spec.LinuxPersonality;
import dev.brig.runtime.spec.Process;
import dev.brig.runtime.spec.Scheduler;
import dev.brig.runtime.spec.SchedulerFlag;
import dev.brig.runtime.spec.Spec;
import java.util.List;

/// What of config.json is one call of the kernel's each.
///
/// @param domainname the NIS domain name, or empty to leave it
/// @param keyring the name of a session keyring of the container's own, or empty to leave the
///   caller's
/// @param windowSize the terminal's `struct winsize`, or NULL to leave it
/// @param personality the execution domain, or -1 to leave it
/// @param ioPriority class and priority as ioprio_set(2) takes them, or -1 to leave it
/// @param scheduling `struct sched_attr`, or NULL to leave it
@SuppressWarnings("EnumOrdinal") // the places are the kernel's numbers, see the enums
public record KernelSettings(
    String domainname,
    String keyring,
    Operand windowSize,
    long personality,
    long ioPriority,
    Operand scheduling) {
  private static final int IOPRIO_CLASS_SHIFT = 13;

  /// Returns what a configuration says.
  static KernelSettings of(Spec spec) {
    Process process = spec.process();
    return of(spec, process == null ? Process.builder().build() : process);
  }

  /// Returns what a configuration says about one of the container's processes.
  static KernelSettings of(Spec spec, Process process) {
    LinuxPersonality personality = spec.linux().personality();
    LinuxIoPriority io = process.ioPriority();
    Scheduler scheduler = process.scheduler();
    ConsoleSize size = process.consoleSize();
    return new KernelSettings(
        spec.domainname(),
        "",
        size == null ? Abi.NULL : windowSize(size),
        personality == null ? -1 : domain(personality),
        io == null ? -1 : (io.ioClass().ordinal() + 1L) << IOPRIO_CLASS_SHIFT | io.priority(),
        scheduler == null ? Abi.NULL : attributes(scheduler));
  }

  /// Returns the same with a session keyring of this name.
  KernelSettings withKeyring(String name) {
    return new KernelSettings(domainname, name, windowSize, personality, ioPriority, scheduling);
  }

  private static Operand windowSize(ConsoleSize size) {
    return new Struct(
        List.of(
            new Field("ws_row", 2, new Num(size.height())),
            new Field("ws_col", 2, new Num(size.width())),
            new Field("ws_xpixel", 2, Abi.ZERO),
            new Field("ws_ypixel", 2, Abi.ZERO)));
  }

  private static long domain(LinuxPersonality personality) {
    return switch (personality.domain()) {
      case LINUX -> 0;
      case LINUX32 -> 8;
    };
  }

  private static Operand attributes(Scheduler scheduler) {
    long flags = 0;
    for (SchedulerFlag flag : scheduler.flags()) {
      flags |= 1L << flag.ordinal();
    }
    // The numbers of the policies, SCHED_NORMAL to SCHED_DEADLINE, are their places in the list.
    return new Struct(
        List.of(
            new Field("size", 4, new Num(48)),
            new Field("sched_policy", 4, policy(scheduler)),
            new Field("sched_flags", 8, new Num(flags)),
            new Field("sched_nice", 4, new Num(scheduler.nice() & 0xffffffffL)),
            new Field("sched_priority", 4, new Num(scheduler.priority())),
            new Field("sched_runtime", 8, new Num(scheduler.runtime())),
            new Field("sched_deadline", 8, new Num(scheduler.deadline())),
            new Field("sched_period", 8, new Num(scheduler.period()))));
  }

  private static Num policy(Scheduler scheduler) {
    return new Num(scheduler.policy().ordinal(), scheduler.policy().name());
  }
}
