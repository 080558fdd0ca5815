package dev.brig.cli.attack;

import dev.brig.cli.attack.Shared.State;
import dev.brig.diagnose.MountEntry;
import dev.brig.linux.Capability;
import dev.brig.linux.Kernel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/// Finds out what a process shares with the host, from /proc alone: no record of brig's is asked.
final class Audit {
  private static final Set<String> USUAL_DEVICES =
      Set.of("full", "null", "random", "tty", "urandom", "zero", "console", "ptmx");
  private static final Set<String> KERNELS_OWN =
      Set.of("proc", "sysfs", "cgroup", "cgroup2", "mqueue", "devpts");
  private static final String READ_ONLY = "ro";
  private static final int CAPABILITIES = Capability.values().length;
  private static final long KIBI = 1024;

  private final Kernel kernel;
  private final ProcessView process;
  private final ProcessView host;
  private final List<Shared> rows = new ArrayList<>();

  /// Makes an audit of a process.
  Audit(Kernel kernel, int pid) {
    this.kernel = kernel;
    this.process = new ProcessView(kernel, Integer.toString(pid));
    this.host = new ProcessView(kernel, "self");
  }

  /// Returns what was found, in the order in which it is shown.
  List<Shared> rows() {
    Limits limits = new Limits(process, host);
    String release = file("/proc/sys/kernel/osrelease").strip();
    add("kernel", State.SHARED, release, "--isolation gvisor, vm");
    namespaces();
    numbers(limits);
    rights();
    files();
    rows.addAll(limits.rows());
    return List.copyOf(rows);
  }

  private void add(String what, State state, String seen, String remedy) {
    rows.add(new Shared(what, state, seen, remedy));
  }

  private String file(String path) {
    return ProcessView.text(kernel, path);
  }

  private boolean isHosts(String namespace) {
    String own = host.namespace(namespace);
    return !own.isEmpty() && own.equals(process.namespace(namespace));
  }

  private void namespaces() {
    String[][] namespaces = {
      {"mnt", "mount", ""},
      {"pid", "pid", "--pid private"},
      {"net", "network", "--network none"},
      {"ipc", "ipc", "--ipc private"},
      {"uts", "uts", "--uts private"},
      {"cgroup", "cgroup", "--cgroupns private"},
      {"user", "user", "--userns private"},
      {"time", "time", "--time private"}
    };
    for (String[] namespace : namespaces) {
      String seen = process.namespace(namespace[0]);
      State state =
          seen.isEmpty() ? State.UNKNOWN : isHosts(namespace[0]) ? State.SHARED : State.OWN;
      add(
          namespace[1] + " namespace",
          state,
          seen.isEmpty() ? "not shown to this user" : seen,
          state == State.SHARED ? namespace[2] : "");
    }
  }

  /// What the kernel tells everybody about the whole machine.
  private void numbers(Limits limits) {
    add("clock", State.SHARED, "CLOCK_REALTIME has no namespace", "");
    String uptime = file("/proc/uptime").split(" ", -1)[0];
    add(
        "uptime",
        isHosts("time") ? State.SHARED : State.OWN,
        isHosts("time") ? uptime + " s, the machine's" : "counted in its time namespace",
        isHosts("time") ? "--time private" : "");
    long memory = memoryTotal();
    long most = limits.memoryBytes();
    add(
        "/proc/meminfo",
        State.SHARED,
        "it sees "
            + Limits.binary(memory)
            + (most == 0 ? "" : " and may use " + Limits.binary(most)),
        "");
    long processors =
        file("/proc/cpuinfo").lines().filter(line -> line.startsWith("processor")).count();
    add("/proc/cpuinfo", State.SHARED, "it sees " + processors + " processors", "");
    add("/proc/loadavg", State.SHARED, file("/proc/loadavg").strip(), "");
    boolean open = file("/proc/sys/kernel/dmesg_restrict").strip().equals("0");
    boolean may = has(Capability.CAP_SYSLOG);
    add(
        "kernel log",
        open || may ? State.SHARED : State.OWN,
        may ? "CAP_SYSLOG reads it" : open ? "kernel.dmesg_restrict is 0" : "not readable",
        may ? "--cap-drop SYSLOG" : open ? "sysctl kernel.dmesg_restrict=1" : "");
  }

  private long memoryTotal() {
    for (String line : file("/proc/meminfo").split("\n", -1)) {
      if (line.startsWith("MemTotal:")) {
        String[] words = line.split(" +", -1);
        return Long.parseLong(words[1]) * KIBI;
      }
    }
    return 0;
  }

  private long capabilities() {
    String text = process.status("CapEff");
    return text.isEmpty() ? 0 : Long.parseUnsignedLong(text, 16);
  }

  private boolean has(Capability capability) {
    return (capabilities() & capability.bit()) != 0;
  }

  private void rights() {
    Set<String> names = new TreeSet<>();
    for (Capability capability : Capability.of(capabilities())) {
      names.add(capability.name().substring("CAP_".length()).toLowerCase(Locale.ROOT));
    }
    boolean all = names.size() == CAPABILITIES;
    add(
        "capabilities",
        names.isEmpty() ? State.OWN : isHosts("user") ? State.RESTRICTED : State.OWN,
        names.size()
            + " of "
            + CAPABILITIES
            + (isHosts("user") ? "" : ", in its own user namespace")
            + (names.isEmpty() || all ? "" : ": " + String.join(" ", names)),
        names.isEmpty() ? "" : "--cap-drop ALL");
    String[] ids = process.status("Uid").split("\t", -1);
    add(
        "user",
        ids[0].equals("0") ? State.SHARED : State.OWN,
        "uid " + ids[0] + " on this machine",
        ids[0].equals("0") ? "--userns private, --user" : "");
    // What holds for this process itself holds for the container, too, and isn't the container's.
    boolean filtered = filters(process) > filters(host);
    add(
        "system calls",
        filtered ? State.RESTRICTED : State.SHARED,
        filtered ? "filtered by seccomp" : "no filter: every call of the kernel",
        filtered ? "" : "--security-opt seccomp=FILE");
    boolean fixed = process.status("NoNewPrivs").equals("1");
    add(
        "set-user-id files",
        fixed ? State.OWN : State.RESTRICTED,
        fixed ? "no_new_privs is set" : "give their owner's rights, within the capabilities",
        fixed ? "" : "--security-opt no-new-privileges");
    keyring(filtered);
  }

  private static int filters(ProcessView of) {
    String count = of.status("Seccomp_filters");
    return count.isEmpty() ? 0 : Integer.parseInt(count);
  }

  private void keyring(boolean filtered) {
    boolean shared = isHosts("user");
    add(
        "keyrings",
        !shared ? State.OWN : filtered ? State.RESTRICTED : State.SHARED,
        shared
            ? "the same user's on this machine" + (filtered ? ", as far as the filter lets it" : "")
            : "of its user namespace",
        shared ? "--userns private" : "");
  }

  private void files() {
    List<MountEntry> mounts = process.mounts();
    settings(mounts, "/proc/sys", "sysctls without namespace");
    settings(mounts, "/sys", "/sys");
    Set<String> devices = new TreeSet<>(process.devices("/dev"));
    devices.removeAll(USUAL_DEVICES);
    add(
        "devices",
        devices.isEmpty() ? State.RESTRICTED : State.SHARED,
        devices.isEmpty() ? "only null, zero and their like" : String.join(" ", devices),
        devices.isEmpty() ? "" : "without --privileged, --device");
    Set<String> hosts = new TreeSet<>();
    for (MountEntry mount : host.mounts()) {
      hosts.add(mount.device());
    }
    boolean own = !isHosts("mnt");
    for (MountEntry mount : own ? mounts : List.<MountEntry>of()) {
      boolean bound = hosts.contains(mount.device()) && !KERNELS_OWN.contains(mount.type());
      if (bound && !mount.type().equals("devtmpfs")) {
        add(
            mount.target(),
            mount.has(READ_ONLY) ? State.RESTRICTED : State.SHARED,
            (mount.has(READ_ONLY) ? "read-only: " : "writable: ")
                + mount.root()
                + " of a file system of the host",
            "");
      }
    }
  }

  private void settings(List<MountEntry> mounts, String path, String what) {
    MountEntry mount = MountEntry.of(path, mounts);
    boolean readOnly = mount.has(READ_ONLY);
    if (mount.target().equals("/")) {
      add(what, State.OWN, path + " is not mounted", "");
    } else {
      add(
          what,
          readOnly ? State.RESTRICTED : State.SHARED,
          path + (readOnly ? " can be read, not written" : " can be written"),
          readOnly ? "" : "without --privileged");
    }
  }
}
