package dev.brig.cli.oci;

import dev.brig.cli.syntax.Reading;
import dev.brig.error.UsageException;
import dev.brig.linux.Host;
import dev.brig.linux.HostProbe;
import dev.brig.linux.Kernel;
import dev.brig.runtime.launch.BundleLauncher;
import dev.brig.runtime.oci.BundleStore;
import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What a command of the OCI runtime is given.
final class OciContext {
  private static final String ROOTFUL = "/run/brig/oci";

  private final Reading.Arguments<OciOption> options;
  private final Map<String, String> environment;
  private final PrintStream out;
  private final PrintStream err;
  private final Kernel kernel;
  private final Host host;

  OciContext(
      Reading.Arguments<OciOption> options,
      Map<String, String> environment,
      PrintStream out,
      PrintStream err,
      Kernel kernel) {
    this.options = options;
    this.environment = environment;
    this.out = out;
    this.err = err;
    this.kernel = kernel;
    this.host = new HostProbe(kernel, List.of("/usr/bin", "/bin", "/usr/sbin", "/sbin"));
  }

  PrintStream out() {
    return out;
  }

  PrintStream err() {
    return err;
  }

  Kernel kernel() {
    return kernel;
  }

  /// Tells of what does not end the command.
  void warn(String message) {
    String file = options.value(OciOption.LOG, "");
    String format = options.value(OciOption.LOG_FORMAT, "text");
    new OciFailurePrinter(err, new OciLog(kernel, file, format)).warn(message);
  }

  Host host() {
    return host;
  }

  Map<String, String> environment() {
    return environment;
  }

  /// Returns the caller's environment, `NAME=VALUE` each.
  List<String> variables() {
    List<String> variables = new ArrayList<>();
    for (Map.Entry<String, String> variable : environment.entrySet()) {
      variables.add(variable.getKey() + "=" + variable.getValue());
    }
    return variables;
  }

  /// Returns the directory below which containers are kept.
  Path root() {
    String chosen = options.value(OciOption.ROOT, "");
    if (!chosen.isEmpty()) {
      return path("--root", chosen);
    }
    if (!host.identity().isRootless()) {
      return Path.of(ROOTFUL);
    }
    String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    if (runtime.isEmpty()) {
      throw new UsageException(
          "XDG_RUNTIME_DIR", "is not set", "set it, or say where: --root DIRECTORY");
    }
    return path("XDG_RUNTIME_DIR", runtime).resolve("brig/oci");
  }

  /// Returns where compiled filters are kept.
  Path cache() {
    Path root = root();
    Path parent = root.getParent();
    String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    if (!host.identity().isRootless()) {
      return Path.of("/run/brig/seccomp");
    }
    return runtime.isEmpty()
        ? (parent == null ? root : parent).resolve(".brig-seccomp")
        : path("XDG_RUNTIME_DIR", runtime).resolve("brig/seccomp");
  }

  /// Tells whether cgroups are systemd's to make.
  boolean asksSystemd() {
    return options.has(OciOption.SYSTEMD_CGROUP)
        || options.value(OciOption.CGROUP_MANAGER, "").equals("systemd");
  }

  /// Tells whether containers get cgroups: not if podman was started with `--cgroups=disabled`.
  boolean hasCgroups() {
    return !options.value(OciOption.CGROUP_MANAGER, "").equals("disabled");
  }

  BundleStore store() {
    return new BundleStore(kernel, root());
  }

  BundleLauncher launcher() {
    return new BundleLauncher(kernel, host, self());
  }

  /// Returns the command that runs this with the same state and log, for the program of a
  /// container.
  List<String> self() {
    List<String> self = new ArrayList<>();
    self.add(System.getProperty("brig.command", "brig-oci"));
    self.add("--root");
    self.add(root().toString());
    String log = options.value(OciOption.LOG, "");
    if (!log.isEmpty()) {
      self.add("--log");
      self.add(path("--log", log).toString());
      self.add("--log-format");
      self.add(options.value(OciOption.LOG_FORMAT, "text"));
    }
    return self;
  }

  /// Returns the command that runs this with the options that matter to a container, too.
  List<String> again() {
    List<String> again = new ArrayList<>(self());
    if (options.has(OciOption.DEBUG)) {
      again.add("--debug");
    }
    if (options.has(OciOption.SYSTEMD_CGROUP)) {
      again.add("--systemd-cgroup");
    }
    String manager = options.value(OciOption.CGROUP_MANAGER, "");
    if (!manager.isEmpty()) {
      again.addAll(List.of("--cgroup-manager", manager));
    }
    return again;
  }

  /// Returns an absolute path.
  static Path path(String origin, String text) {
    try {
      return Path.of(text).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new UsageException(origin + " " + text, "not a path", "");
    }
  }
}
