package dev.brig.runtime.attack;

import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.O_RDONLY;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.text;

import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import dev.brig.plan.Buffer;
import dev.brig.plan.OnError;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Slot;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Consumer;

/// Calls that act on the whole machine, and parts of the kernel that a container has no need of.
final class KernelAttacks {
  private static final Buffer BUFFER = new Buffer("buffer", 256);
  private static final Buffer TIMEX = new Buffer("timex with tick 0", 208);
  private static final String SECCOMP = "seccomp";
  private static final String ELSEWHERE = "/.brig-no-such-place/file";

  static final List<Attack> ALL =
      List.of(
          attack(
              "hostname",
              "rename the host",
              "UTS namespace; no CAP_SYS_ADMIN",
              s -> {
                // Longer than a name can be, which is looked at last; sethostname(2).
                s.probe(Errno.EINVAL, Syscall.SETHOSTNAME, text("brig"), num(1000));
                s.judgeNamespace("uts", "it may set the host name");
              }),
          attack("clock", "set the clock", "no CAP_SYS_TIME; seccomp", KernelAttacks::clock),
          attack(
              "reboot",
              "restart the machine",
              "no CAP_SYS_BOOT; seccomp",
              s -> {
                // The magic numbers are looked at after the capability; reboot(2).
                s.probe(Errno.EINVAL, Syscall.REBOOT, ZERO, ZERO, ZERO, NULL);
                s.judgeNamespace("pid", "it may call reboot");
              }),
          attack(
              "module",
              "load a module into the kernel",
              "no CAP_SYS_MODULE; seccomp",
              s -> {
                s.probe(Errno.ENOEXEC, Syscall.INIT_MODULE, text(""), ZERO, text(""));
                s.through("it may load modules: only the empty one was refused");
              }),
          attack(
              "kexec",
              "load another kernel",
              "no CAP_SYS_BOOT; seccomp",
              s -> {
                // More segments than there can be; kexec_load(2).
                s.probe(Errno.EINVAL, Syscall.KEXEC_LOAD, ZERO, num(1000), NULL, ZERO);
                s.through("it may load a kernel: only the number of segments was refused");
              }),
          attack(
              "swap",
              "let the host swap to a file",
              "no CAP_SYS_ADMIN; seccomp",
              s -> {
                s.probe(Errno.ENOENT, Syscall.SWAPON, text(ELSEWHERE), ZERO);
                s.through("it may: only the file was missing");
              }),
          attack(
              "accounting",
              "let the host write down each process's end",
              "no CAP_SYS_PACCT; seccomp",
              s -> {
                s.probe(Errno.ENOENT, Syscall.ACCT, text(ELSEWHERE));
                s.through("it may: only the file was missing");
              }),
          attack(
              "kernel-log",
              "read the kernel's log",
              "no CAP_SYSLOG; seccomp",
              s -> {
                s.call(Syscall.SYSLOG, new Num(3, "SYSLOG_ACTION_READ_ALL"), at(BUFFER), num(256));
                s.through("the host's kernel log can be read");
              }),
          attack(
              "bpf", "make a map for kernel programs", "no CAP_BPF; seccomp", KernelAttacks::bpf),
          attack(
              "perf", "watch all of a processor", "no CAP_PERFMON; seccomp", KernelAttacks::perf),
          attack(
              "keyring",
              "find the user's keyring, which has no namespace",
              SECCOMP,
              s -> {
                s.call(
                    Syscall.KEYCTL,
                    new Num(0, "KEYCTL_GET_KEYRING_ID"),
                    new Num(-4, "KEY_SPEC_USER_KEYRING"),
                    ZERO);
                s.through("the keyring of the same user outside is at hand");
              }),
          attack(
              "userfaultfd",
              "stop the kernel at a page fault",
              "no CAP_SYS_PTRACE; seccomp",
              s -> {
                s.call(Syscall.USERFAULTFD, ZERO);
                s.through("page faults inside the kernel can be held up");
              }),
          attack(
              "io-uring",
              "make calls past the filter of calls",
              SECCOMP,
              s -> {
                s.call(Syscall.IO_URING_SETUP, num(1), at(BUFFER));
                s.through("a ring takes calls that no filter sees");
              }),
          attack(
              "fanotify",
              "decide who on the host opens which file",
              "no CAP_SYS_ADMIN; seccomp",
              s -> {
                s.call(Syscall.FANOTIFY_INIT, new Num(8, "FAN_CLASS_PRE_CONTENT"), O_RDONLY);
                s.through("opening files can be held up on the whole machine");
              }),
          attack(
              "packet-socket",
              "read all packets of the host's network",
              "network namespace; no CAP_NET_RAW",
              s -> {
                s.call(
                    Syscall.SOCKET,
                    new Num(17, "AF_PACKET"),
                    new Num(3, "SOCK_RAW"),
                    new Num(0x300, "htons(ETH_P_ALL)"));
                s.judgeNamespace("net", "it may see all packets");
              }),
          attack(
              "raw-socket",
              "forge packets in the host's network",
              "network namespace; no CAP_NET_RAW",
              s -> {
                s.call(
                    Syscall.SOCKET, new Num(2, "AF_INET"), new Num(3, "SOCK_RAW"), new Num(1, "1"));
                s.judgeNamespace("net", "it may send packets of any form");
              }));

  /// What only x86 has.
  static final List<Attack> ON_X86 =
      List.of(
          attack(
              "iopl",
              "get at the ports of devices",
              "no CAP_SYS_RAWIO; seccomp",
              s -> {
                // It holds for this process, which does nothing with it and ends; iopl(2).
                s.call(Syscall.IOPL, num(3));
                s.through("all of the machine's I/O ports are open to it");
              }));

  private KernelAttacks() {}

  private static Attack attack(
      String name, String tries, String answer, Consumer<AttackSteps> steps) {
    return new Attack(name, tries, answer, steps);
  }

  private static void clock(AttackSteps s) {
    // struct timex, 208 bytes: ADJ_TICK with a tick of 0, which is looked at after the capability;
    // adjtimex(2).
    Slot modes = new Slot("modes");
    s.plan().add(new Op.Assign(modes, new Num(0x4000, "ADJ_TICK")));
    s.plan().add(new Op.Store(modes, TIMEX, 0, 4));
    s.probe(Errno.EINVAL, Syscall.ADJTIMEX, at(TIMEX));
    s.through("it may set the host's clock: only the tick of 0 was refused");
  }

  private static void bpf(AttackSteps s) {
    // BPF_MAP_CREATE: an array of one element of 4 bytes; bpf(2).
    byte[] map = new byte[72];
    map[0] = 2;
    map[4] = 4;
    map[8] = 4;
    map[12] = 1;
    s.call(
        Syscall.BPF,
        new Num(0, "BPF_MAP_CREATE"),
        new Operand.Data(map, "{map_type=BPF_MAP_TYPE_ARRAY, ...}"),
        num(72));
    s.through("it may use bpf");
  }

  private static void perf(AttackSteps s) {
    // struct perf_event_attr of version 0, 64 bytes: PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK;
    // perf_event_open(2).
    byte[] event = new byte[64];
    event[0] = 1;
    event[4] = 64;
    s.plan()
        .call(
            Slot.UNUSED,
            new OnError.Tolerate(EnumSet.of(Errno.EMFILE)),
            Syscall.PERF_EVENT_OPEN,
            new Operand.Data(event, "{type=PERF_TYPE_SOFTWARE, ...}"),
            num(-1),
            ZERO,
            num(-1),
            ZERO);
    s.through("it may watch everything that a processor does");
  }
}
