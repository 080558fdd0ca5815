package dev.brig.cli.oci;

import dev.brig.cli.bundle.CapabilityNames;
import dev.brig.cli.syntax.Reading;
import dev.brig.error.UsageException;
import dev.brig.linux.Capability;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.runtime.spec.LinuxCapabilities;
import dev.brig.runtime.spec.Process;
import dev.brig.runtime.spec.Spec;
import dev.brig.runtime.spec.SpecException;
import dev.brig.runtime.spec.SpecReader;
import dev.brig.runtime.spec.User;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The process that `exec` runs: that of a file, or the container's own with what the options say
/// else.
final class ExecProcess {
  private static final int LENGTH_MAX = 16 << 20;
  private static final long ID_MAX = 0xfffffffeL;

  private ExecProcess() {}

  /// Returns the process.
  ///
  /// @throws dev.brig.error.BrigException naming what is wrong
  static Process of(Kernel kernel, Spec spec, Reading.Arguments<ExecOption> arguments) {
    String file = arguments.value(ExecOption.PROCESS, "");
    List<String> command = arguments.operands().subList(1, arguments.operands().size());
    if (!file.isEmpty()) {
      return fromFile(kernel, file);
    }
    if (command.isEmpty()) {
      throw new UsageException(
          "exec", "process args cannot be empty", "brig-oci exec ID COMMAND [ARG...]");
    }
    Process base = spec.process();
    if (base == null) {
      throw new SpecException("/process", "there is none", "");
    }
    Process.Builder process =
        base.toBuilder().args(command).terminal(arguments.has(ExecOption.TTY));
    if (arguments.has(ExecOption.NO_NEW_PRIVILEGES)) {
      process.noNewPrivileges(true);
    }
    process.apparmorProfile(arguments.value(ExecOption.APPARMOR, base.apparmorProfile()));
    process.selinuxLabel(arguments.value(ExecOption.PROCESS_LABEL, base.selinuxLabel()));
    process.cwd(arguments.value(ExecOption.CWD, base.cwd()));
    process.user(user(base.user(), arguments));
    process.env(environment(base.env(), arguments));
    process.capabilities(capabilities(base, arguments));
    return process.build();
  }

  private static Process fromFile(Kernel kernel, String file) {
    byte[] bytes =
        kernel
            .files()
            .readIfPresent(Fd.CWD, file, LENGTH_MAX)
            .orElseThrow(
                () -> new UsageException("--process " + file, "there is no such file", ""));
    Process process = SpecReader.readProcess(new String(bytes, StandardCharsets.UTF_8));
    if (process.args().isEmpty()) {
      throw new SpecException("/args", "process args cannot be empty", "");
    }
    if (!process.cwd().startsWith("/")) {
      throw new SpecException(
          "/cwd", "\"" + process.cwd() + "\": Cwd must be an absolute path", "");
    }
    return process;
  }

  private static User user(User base, Reading.Arguments<ExecOption> arguments) {
    String wish = arguments.value(ExecOption.USER, "");
    long uid = base.uid();
    long gid = base.gid();
    if (!wish.isEmpty()) {
      int colon = wish.indexOf(':');
      uid = id("--user", colon < 0 ? wish : wish.substring(0, colon));
      gid = colon < 0 ? gid : id("--user", wish.substring(colon + 1));
    }
    List<Long> groups = new ArrayList<>(base.additionalGids());
    for (Reading.Setting<ExecOption> setting : arguments.settings()) {
      if (setting.option() == ExecOption.GROUPS) {
        groups.add(id("--additional-gids", setting.value()));
      }
    }
    return new User(uid, gid, base.umask(), groups);
  }

  /// Nothing but digits is a number: what a lax reader takes for 0 would be root (CVE-2026-30892).
  private static long id(String option, String text) {
    boolean digits = !text.isEmpty() && text.length() <= 10;
    for (int i = 0; i < text.length(); i++) {
      digits &= text.charAt(i) >= '0' && text.charAt(i) <= '9';
    }
    if (!digits || Long.parseLong(text) > ID_MAX) {
      throw new UsageException(option + " \"" + text + "\"", "no id", "a number from 0 on");
    }
    return Long.parseLong(text);
  }

  private static List<String> environment(
      List<String> base, Reading.Arguments<ExecOption> arguments) {
    List<String> variables = new ArrayList<>(base);
    for (Reading.Setting<ExecOption> setting : arguments.settings()) {
      if (setting.option() == ExecOption.ENV) {
        variables.add(setting.value());
      }
    }
    return variables;
  }

  private static LinuxCapabilities capabilities(
      Process base, Reading.Arguments<ExecOption> arguments) {
    LinuxCapabilities given = base.capabilities();
    LinuxCapabilities sets = given == null ? LinuxCapabilities.NONE : given;
    List<String> added = new ArrayList<>();
    for (Reading.Setting<ExecOption> setting : arguments.settings()) {
      if (setting.option() == ExecOption.CAP) {
        String name = setting.value();
        if (!CapabilityNames.isKnown(name)) {
          throw new UsageException(
              "--cap " + name, "there is no such capability", Capability.CAP_SYS_ADMIN.name());
        }
        added.add(name);
      }
    }
    return new LinuxCapabilities(
        with(sets.bounding(), added),
        with(sets.effective(), added),
        sets.inheritable(),
        with(sets.permitted(), added),
        sets.ambient());
  }

  private static List<String> with(List<String> names, List<String> added) {
    List<String> all = new ArrayList<>(names);
    for (String name : added) {
      if (!all.contains(name)) {
        all.add(name);
      }
    }
    return all;
  }
}
