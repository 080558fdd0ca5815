package dev.brig.runtime.launch;

import dev.brig.error.UnsupportedException;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.runtime.spec.Process;

/// The security modules that this kernel runs.
public final class SecurityModules {
  private static final String APPARMOR = "/sys/module/apparmor/parameters/enabled";
  private static final String SELINUX = "/sys/fs/selinux/enforce";

  private final Kernel kernel;

  /// Makes a view of a machine.
  public SecurityModules(Kernel kernel) {
    this.kernel = kernel;
  }

  /// Returns whether AppArmor is on.
  public boolean hasAppArmor() {
    byte[] text = kernel.files().readIfPresent(Fd.CWD, APPARMOR, 16).orElse(new byte[0]);
    return text.length > 0 && text[0] == 'Y';
  }

  /// Returns whether SELinux is on.
  public boolean hasSelinux() {
    return kernel.attributes().exists(SELINUX);
  }

  /// Refuses what only a module that is off could do.
  ///
  /// @throws UnsupportedException naming the field
  void check(Process process, String mountLabel) {
    if (!process.apparmorProfile().isEmpty() && !hasAppArmor()) {
      throw new UnsupportedException(
          "/process/apparmorProfile", "AppArmor is off on this kernel", "leave it out of the spec");
    }
    if (!process.selinuxLabel().isEmpty()) {
      needSelinux("/process/selinuxLabel");
    }
    if (!mountLabel.isEmpty()) {
      needSelinux("/linux/mountLabel");
    }
  }

  private void needSelinux(String field) {
    if (!hasSelinux()) {
      throw new UnsupportedException(
          field, "SELinux is off on this kernel", "leave it out of the spec");
    }
  }
}
