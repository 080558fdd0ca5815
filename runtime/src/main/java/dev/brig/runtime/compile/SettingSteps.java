package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import dev.brig.namespaces.ConsolePlanner;
import dev.brig.plan.OnError;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.PlanBuilder;
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
    if (!settings.scheduling().equals(NULL)) {
      plan.because("set the scheduling policy", "/process/scheduler");
      plan.call(Syscall.SCHED_SETATTR, ZERO, settings.scheduling(), ZERO);
    }
  }
}
