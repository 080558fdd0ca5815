package dev.brig.cli.oci;

import dev.brig.cgroups.CgroupPlan;
import dev.brig.cgroups.CgroupWrite;
import dev.brig.error.UnsupportedException;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.runtime.oci.BundleException;
import dev.brig.runtime.oci.SystemdUnit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Asks systemd for a container's cgroup, through its own client, busctl(1).
///
/// The unit begins with this process, which becomes the program that makes the container in it and
/// then leaves.
final class SystemdManager {
  private static final String UNIFIED = "/sys/fs/cgroup/cgroup.controllers";
  private static final String SERVICE = "org.freedesktop.systemd1";
  private static final long PATIENCE_NANOS = 30_000_000_000L;
  private static final long PAUSE_MILLIS = 2;
  private static final int LENGTH_MAX = 4096;

  private final Kernel kernel;
  private final OciContext context;

  SystemdManager(OciContext context) {
    this.context = context;
    this.kernel = context.kernel();
  }

  /// Returns the file by which a process joins the cgroup that this process is in.
  String home() {
    return "/sys/fs/cgroup" + own() + "/cgroup.procs";
  }

  /// Starts a unit with this process in it.
  ///
  /// @throws UnsupportedException if there is no systemd here, or it has not all hierarchies
  void start(SystemdUnit unit, String id, CgroupPlan plan) {
    if (!kernel.attributes().exists(UNIFIED)) {
      throw new UnsupportedException(
          "--systemd-cgroup",
          "systemd's cgroups need a host with cgroup v2 alone",
          "podman: --cgroup-manager=cgroupfs; containerd: SystemdCgroup = false");
    }
    ask("start", unit, unit.call(id, ProcessHandle.current().pid(), plan));
    await(unit);
  }

  /// Tells systemd of limits that were changed, so that it does not take them back when it is
  /// reloaded.
  void change(SystemdUnit unit, List<CgroupWrite> writes) {
    List<String> call = unit.change(writes);
    if (!call.isEmpty()) {
      ask("change", unit, call);
    }
  }

  private String busctl() {
    for (String path : new String[] {"/usr/bin/busctl", "/bin/busctl"}) {
      if (kernel.attributes().exists(path)) {
        return path;
      }
    }
    throw new UnsupportedException(
        "--systemd-cgroup",
        "there is no busctl here, by which systemd is asked",
        "podman: --cgroup-manager=cgroupfs; containerd: SystemdCgroup = false");
  }

  private void ask(String what, SystemdUnit unit, List<String> call) {
    List<String> command = new ArrayList<>(List.of(busctl(), "--timeout=30"));
    boolean rootless = context.host().identity().isRootless();
    command.add(rootless ? "--user" : "--system");
    command.addAll(List.of("call", SERVICE, "/org/freedesktop/systemd1"));
    command.add(SERVICE + ".Manager");
    command.addAll(call);
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      for (Map.Entry<String, String> variable : context.environment().entrySet()) {
        builder.environment().put(variable.getKey(), variable.getValue());
      }
      Process busctl = builder.start();
      busctl.getOutputStream().close();
      String said = new String(busctl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (busctl.waitFor() != 0) {
        throw new BundleException(
            "unable to " + what + " unit \"" + unit.name() + "\": " + said.strip(),
            "systemctl status " + unit.name());
      }
    } catch (IOException e) {
      throw new BundleException("unable to run busctl: " + e.getMessage(), "");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BundleException("interrupted while systemd was asked to " + what, "");
    }
  }

  /// systemd answers before it has done it.
  private void await(SystemdUnit unit) {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (!own().equals("/" + unit.path())) {
      if (System.nanoTime() > end) {
        throw new BundleException(
            "systemd did not start " + unit.name() + " in time; this process is in " + own(),
            "systemctl status " + unit.name());
      }
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new BundleException("interrupted while systemd started " + unit.name(), "");
      }
    }
  }

  /// Returns the cgroup of this process, as /proc/self/cgroup has it.
  private String own() {
    byte[] bytes =
        kernel.files().readIfPresent(Fd.CWD, "/proc/self/cgroup", LENGTH_MAX).orElse(new byte[0]);
    for (String line : new String(bytes, StandardCharsets.UTF_8).lines().toList()) {
      if (line.startsWith("0::")) {
        return line.substring(3);
      }
    }
    return "/";
  }
}
