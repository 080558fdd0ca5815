package dev.brig.runtime.compile;

import dev.brig.namespaces.Abi;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Field;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Operand.Struct;
import dev.brig.runtime.spec.ConsoleSize;
import dev.brig.runtime.spec.CpuAffinity;
import dev.brig.runtime.spec.LinuxIoPriority;
import dev.brig.runtime.spec.LinuxMemoryPolicy;
import dev.brig.runtime.spec.LinuxPersonality;
import dev.brig.runtime.spec.LinuxTimeOffset;
import dev.brig.runtime.spec.Process;
import dev.brig.runtime.spec.Scheduler;
import dev.brig.runtime.spec.SchedulerFlag;
import dev.brig.runtime.spec.Spec;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What else config.json gives a process, each a call of the kernel's or a few.
///
/// @param domainname the NIS domain name, or empty to leave it
/// @param keyring the name of a session keyring of the container's own, or empty to leave the
///   caller's
/// @param windowSize the terminal's `struct winsize`, or NULL to leave it
/// @param personality the execution domain, or -1 to leave it
/// @param ioPriority class and priority as ioprio_set(2) takes them, or -1 to leave it
/// @param scheduling `struct sched_attr`, or NULL to leave it
/// @param memory how memory is placed on NUMA nodes
/// @param affinity the processors of a further process
/// @param timeOffsets what is written to timens_offsets, or empty; time_namespaces(7)
/// @param labels what security modules are to do
/// @param listener who answers what the seccomp filter asks
@SuppressWarnings("EnumOrdinal") // the places are the kernel's numbers, see the enums
public record KernelSettings(
    String domainname,
    String keyring,
    Operand windowSize,
    long personality,
    long ioPriority,
    Operand scheduling,
    MemoryPlacement memory,
    Affinity affinity,
    String timeOffsets,
    Labels labels,
    SeccompListener listener) {
  private static final int MPOL_STATIC_BIT = 15;
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
        scheduler == null ? Abi.NULL : attributes(scheduler),
        MemoryPlacement.of(spec.linux().memoryPolicy()),
        Affinity.of(process.execCpuAffinity()),
        "",
        new Labels(process.apparmorProfile(), process.selinuxLabel()),
        SeccompListener.NONE);
  }

  /// Returns the same with a session keyring of this name.
  KernelSettings withKeyring(String name) {
    return with(name, timeOffsets, listener);
  }

  /// Returns the same with other clocks.
  KernelSettings withTimeOffsets(Map<String, LinuxTimeOffset> offsets) {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, LinuxTimeOffset> offset : offsets.entrySet()) {
      text.append(offset.getKey()).append(' ').append(offset.getValue().secs()).append(' ');
      text.append(offset.getValue().nanosecs()).append('\n');
    }
    return with(keyring, text.toString(), listener);
  }

  /// Returns the same with somebody who answers what the seccomp filter asks.
  public KernelSettings withListener(SeccompListener other) {
    return with(keyring, timeOffsets, other);
  }

  private KernelSettings with(String name, String offsets, SeccompListener other) {
    return new KernelSettings(
        domainname,
        name,
        windowSize,
        personality,
        ioPriority,
        scheduling,
        memory,
        affinity,
        offsets,
        labels,
        other);
  }

  /// How memory is placed on NUMA nodes; set_mempolicy(2).
  ///
  /// @param mode mode and flags, or -1 to leave it
  /// @param nodes the set of nodes, or NULL
  /// @param nodeCount how many bits of that count
  record MemoryPlacement(long mode, Operand nodes, long nodeCount) {
    private static final MemoryPlacement UNSAID = new MemoryPlacement(-1, Abi.NULL, 0);

    static MemoryPlacement of(@Nullable LinuxMemoryPolicy policy) {
      if (policy == null) {
        return UNSAID;
      }
      long mode = policy.mode().ordinal();
      for (LinuxMemoryPolicy.Flag flag : policy.flags()) {
        mode |=
            switch (flag) {
              case MPOL_F_STATIC_NODES -> 1L << MPOL_STATIC_BIT;
              case MPOL_F_RELATIVE_NODES -> 1L << (MPOL_STATIC_BIT - 1);
              case MPOL_F_NUMA_BALANCING -> 1L << (MPOL_STATIC_BIT - 2);
            };
      }
      if (policy.nodes().isEmpty()) {
        return new MemoryPlacement(mode, Abi.NULL, 0);
      }
      Operand.Data nodes = NumberList.mask("/linux/memoryPolicy/nodes", policy.nodes());
      // The kernel takes one off; set_mempolicy(2), BUGS.
      return new MemoryPlacement(mode, nodes, nodes.bytes().length * 8L + 1);
    }
  }

  /// The processors of a further process; config.md, `execCPUAffinity`.
  ///
  /// @param initial those on which it is before it joins the container's cgroup, or NULL
  /// @param last those on which it is afterwards, or NULL
  record Affinity(Operand initial, Operand last) {
    static Affinity of(@Nullable CpuAffinity affinity) {
      return affinity == null
          ? new Affinity(Abi.NULL, Abi.NULL)
          : new Affinity(
              mask("/process/execCPUAffinity/initial", affinity.initial()),
              mask("/process/execCPUAffinity/final", affinity.last()));
    }

    private static Operand mask(String field, String list) {
      return list.isEmpty() ? Abi.NULL : NumberList.mask(field, list);
    }
  }

  /// What security modules are to do with the command.
  ///
  /// @param apparmor the profile, or empty
  /// @param selinux the label, or empty
  record Labels(String apparmor, String selinux) {}

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
