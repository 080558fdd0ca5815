package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.O_CLOEXEC;
import static dev.brig.namespaces.Abi.O_RDONLY;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.or;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import dev.brig.namespaces.ConsolePlanner;
import dev.brig.plan.OnError;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.EnumSet;

/// Makes the steps of [KernelSettings].
final class SettingSteps {
  private static final Num TIOCSWINSZ = new Num(0x5414, "TIOCSWINSZ");

  private final PlanBuilder plan;
  private final KernelSettings settings;

  SettingSteps(PlanBuilder plan, KernelSettings settings) {
    this.plan = plan;
    this.settings = settings;
  }

  /// Appends the step that sets the domain name of a new UTS namespace.
  void setDomainname() {
    String name = settings.domainname();
    if (!name.isEmpty()) {
      plan.because("set the domain name", "/domainname");
      plan.call(Syscall.SETDOMAINNAME, text(name), num(Operand.length(name)));
    }
  }

  /// Appends the step that gives the terminal its size.
  void resize() {
    if (!settings.windowSize().equals(NULL)) {
      plan.because("give the terminal its size", "/process/consoleSize");
      plan.call(Syscall.IOCTL, value(ConsolePlanner.MASTER), TIOCSWINSZ, settings.windowSize());
    }
  }

  /// Appends the steps that make a time namespace whose clocks differ from the host's: its offsets
  /// can be written only as long as nobody is in it; time_namespaces(7).
  void makeTime() {
    String offsets = settings.timeOffsets();
    if (offsets.isEmpty()) {
      return;
    }
    plan.because("make a time namespace with its own clocks", "/linux/timeOffsets");
    Num time = new Num(Isolation.CLONE_NEWTIME, "CLONE_NEWTIME");
    plan.call(Syscall.UNSHARE, time);
    write("/proc/self/timens_offsets", offsets);
    Slot fd = new Slot("timefd");
    Operand children = text("/proc/self/ns/time_for_children");
    plan.call(fd, Syscall.OPENAT, AT_FDCWD, children, or(O_RDONLY, O_CLOEXEC));
    plan.call(Syscall.SETNS, value(fd), time);
    plan.call(Syscall.CLOSE, value(fd));
  }

  /// Appends the steps that tell security modules what to do with the next program that this
  /// process executes: through the host's /proc, which no image can have replaced.
  void label() {
    if (!settings.labels().apparmor().isEmpty()) {
      plan.because("take the AppArmor profile at execve", "/process/apparmorProfile");
      write("/proc/self/attr/apparmor/exec", "exec " + settings.labels().apparmor());
    }
    if (!settings.labels().selinux().isEmpty()) {
      plan.because("take the SELinux label at execve", "/process/selinuxLabel");
      write("/proc/self/attr/exec", settings.labels().selinux());
    }
  }

  private void write(String file, String content) {
    FileSteps.write(plan, new Slot("settingfd"), text(file), content);
  }

  /// Appends the step that chooses the processors of a further process before it joins cgroups.
  void chooseFirstProcessors() {
    chooseProcessors(settings.affinity().initial(), "/process/execCPUAffinity/initial");
  }

  /// Appends the step that chooses the processors of a further process in its cgroups.
  void chooseLastProcessors() {
    chooseProcessors(settings.affinity().last(), "/process/execCPUAffinity/final");
  }

  private void chooseProcessors(Operand mask, String field) {
    if (mask instanceof Operand.Data data) {
      plan.because("choose processors", field);
      plan.call(Syscall.SCHED_SETAFFINITY, ZERO, num(data.bytes().length), data);
    }
  }

  /// Appends the steps that concern the process itself, which still has all rights.
  void apply() {
    if (!settings.keyring().isEmpty()) {
      plan.because("leave the caller's session keyring");
      // A kernel without keyrings, or a filter around this program that knows of none.
      OnError none = new OnError.Tolerate(EnumSet.of(Errno.ENOSYS, Errno.EPERM));
      Num join = new Num(1, "KEYCTL_JOIN_SESSION_KEYRING");
      plan.call(Names.UNUSED, none, Syscall.KEYCTL, join, text(settings.keyring()));
    }
    if (settings.personality() >= 0) {
      plan.because("set the execution domain", "/linux/personality");
      plan.call(Syscall.PERSONALITY, num(settings.personality()));
    }
    if (settings.ioPriority() >= 0) {
      plan.because("set the I/O priority", "/process/ioPriority");
      Num process = new Num(1, "IOPRIO_WHO_PROCESS");
      plan.call(Syscall.IOPRIO_SET, process, ZERO, num(settings.ioPriority()));
    }
    if (settings.memory().mode() >= 0) {
      plan.because("place memory on nodes", "/linux/memoryPolicy");
      plan.call(
          Syscall.SET_MEMPOLICY,
          num(settings.memory().mode()),
          settings.memory().nodes(),
          num(settings.memory().nodeCount()));
    }
    if (!settings.scheduling().equals(NULL)) {
      plan.because("set the scheduling policy", "/process/scheduler");
      plan.call(Syscall.SCHED_SETATTR, ZERO, settings.scheduling(), ZERO);
    }
  }
}
