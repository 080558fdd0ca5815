package dev.brig.cli.run;

import dev.brig.cli.syntax.Option;
import dev.brig.cli.syntax.OptionText;

/// The options of `run`, `create` and `explain run`, spelled as podman and docker spell them.
public enum RunOption implements Option {
  INTERACTIVE("-i --interactive", "", Heading.COMMON, "Keep standard input open"),
  TTY("-t --tty", "", Heading.COMMON, "Give the container a terminal"),
  DETACH("-d --detach", "", Heading.COMMON, "Print the id and do not wait"),
  RM("--rm", "", Heading.COMMON, "Remove the container when it ends"),
  NAME("--name", "NAME", Heading.COMMON, "Call the container so"),
  ENV("-e --env", "NAME[=VALUE]", Heading.COMMON, "Set a variable; without =, the caller's"),
  ENV_FILE("--env-file", "FILE", Heading.COMMON, "Set the variables in a file"),
  WORKDIR("-w --workdir", "PATH", Heading.COMMON, "Start in this directory"),
  USER(
      "-u --user",
      "USER[:GROUP]",
      Heading.COMMON,
      "Run as this name or id, from /etc/passwd inside"),
  GROUP_ADD("--group-add", "GROUP", Heading.COMMON, "Add a supplementary group"),
  ENTRYPOINT("--entrypoint", "COMMAND", Heading.COMMON, "Replace the image's; \"\" for none"),
  INIT("--init", "", Heading.COMMON, "Let a small init be pid 1: it reaps and forwards"),
  PLATFORM("--platform", "OS/ARCH", Heading.COMMON, "Which of the image's platforms"),
  PULL("--pull", "WHEN", Heading.COMMON, "Get the image: missing, always, never or newer"),
  AUTHFILE("--authfile", "FILE", Heading.COMMON, "Where credentials for that are"),
  TLS_VERIFY("--tls-verify", "", Heading.COMMON, "=false: from a registry without certificate"),
  TRACE("--trace", "", Heading.COMMON, "Tell each step with its time, on stderr"),

  VOLUME(
      "-v --volume",
      "SRC:DST[:OPTS]",
      Heading.FILES,
      "Bind a host path or a named volume (ro, ...)"),
  MOUNT("--mount", "type=TYPE,...", Heading.FILES, "Mount: type=bind|volume|tmpfs,src=,dst=,ro"),
  TMPFS("--tmpfs", "DST[:OPTS]", Heading.FILES, "Mount memory (size=64m,mode=1777)"),
  READ_ONLY("--read-only", "", Heading.FILES, "Make the root read-only"),
  SHM_SIZE("--shm-size", "SIZE", Heading.FILES, "Size of /dev/shm (64m)"),
  DEVICE("--device", "SRC[:DST][:rwm]", Heading.FILES, "Let it have a device of the host"),

  NETWORK(
      "--network --net",
      "MODE",
      Heading.ISOLATION,
      "none (default: loopback only), host, container:NAME, ns:PATH"),
  PID("--pid", "MODE", Heading.ISOLATION, "private (default), host, container:NAME, ns:PATH"),
  IPC("--ipc", "MODE", Heading.ISOLATION, "the same for System V IPC and message queues"),
  UTS("--uts", "MODE", Heading.ISOLATION, "the same for the host name"),
  CGROUPNS("--cgroupns", "MODE", Heading.ISOLATION, "the same for the view of cgroups"),
  USERNS(
      "--userns", "MODE", Heading.ISOLATION, "host (default for root), private, container:, ns:"),
  TIME("--time", "MODE", Heading.ISOLATION, "host (default), private, container:, ns:"),
  UIDMAP("--uidmap", "IN:OUT:COUNT", Heading.ISOLATION, "Map user ids in a new user namespace"),
  GIDMAP("--gidmap", "IN:OUT:COUNT", Heading.ISOLATION, "Map group ids in a new user namespace"),
  HOSTNAME("-h --hostname", "NAME", Heading.ISOLATION, "Host name (the id)"),
  ADD_HOST("--add-host", "NAME:IP", Heading.ISOLATION, "Add a line to /etc/hosts"),
  SYSCTL("--sysctl", "NAME=VALUE", Heading.ISOLATION, "Set a kernel parameter of its namespaces"),

  CAP_ADD("--cap-add", "CAP", Heading.SECURITY, "Grant a capability, or ALL"),
  CAP_DROP("--cap-drop", "CAP", Heading.SECURITY, "Withhold a capability, or ALL"),
  SECURITY_OPT(
      "--security-opt",
      "OPT",
      Heading.SECURITY,
      "seccomp=FILE|unconfined, no-new-privileges, mask=PATH:..., unmask=PATH:...|ALL"),
  PRIVILEGED(
      "--privileged", "", Heading.SECURITY, "All capabilities and devices, no filter, no masks"),
  ULIMIT(
      "--ulimit",
      "NAME=SOFT[:HARD]",
      Heading.SECURITY,
      "Resource limit of setrlimit(2) (nofile=1024)"),

  MEMORY("-m --memory", "SIZE", Heading.LIMITS, "Memory; beyond it a process is killed"),
  MEMORY_SWAP("--memory-swap", "SIZE", Heading.LIMITS, "Memory and swap together; -1 for no limit"),
  MEMORY_RESERVATION(
      "--memory-reservation", "SIZE", Heading.LIMITS, "Memory to be left with when it is short"),
  CPUS("--cpus", "NUMBER", Heading.LIMITS, "Processors' worth of time (0.5)"),
  CPU_SHARES(
      "-c --cpu-shares", "NUMBER", Heading.LIMITS, "Weight when processors are short (1024)"),
  CPU_QUOTA("--cpu-quota", "MICROS", Heading.LIMITS, "Processor time in a period"),
  CPU_PERIOD("--cpu-period", "MICROS", Heading.LIMITS, "Length of that period (100000)"),
  CPUSET_CPUS("--cpuset-cpus", "LIST", Heading.LIMITS, "Processors it may run on (0-3,7)"),
  CPUSET_MEMS("--cpuset-mems", "LIST", Heading.LIMITS, "Memory nodes it may use"),
  PIDS_LIMIT("--pids-limit", "NUMBER", Heading.LIMITS, "Processes and threads; -1 for no limit"),
  BLKIO_WEIGHT("--blkio-weight", "NUMBER", Heading.LIMITS, "Share of block devices, 10 to 1000"),
  DEVICE_READ_BPS(
      "--device-read-bps", "PATH:RATE", Heading.LIMITS, "Bytes read a second from a device (1m)"),
  DEVICE_WRITE_BPS("--device-write-bps", "PATH:RATE", Heading.LIMITS, "Bytes written a second"),
  DEVICE_READ_IOPS("--device-read-iops", "PATH:RATE", Heading.LIMITS, "Reads a second"),
  DEVICE_WRITE_IOPS("--device-write-iops", "PATH:RATE", Heading.LIMITS, "Writes a second"),

  STOP_SIGNAL(
      "--stop-signal", "SIGNAL", Heading.ENDING, "What stop sends first (the image's, or TERM)"),
  STOP_TIMEOUT(
      "--stop-timeout", "SECONDS", Heading.ENDING, "How long stop waits before it kills (10)"),
  LABEL("-l --label", "NAME[=VALUE]", Heading.ENDING, "Attach text, for people and ps --filter"),
  ANNOTATION("--annotation", "NAME=VALUE", Heading.ENDING, "Attach text to config.json"),
  CIDFILE("--cidfile", "FILE", Heading.ENDING, "Write the id to a new file"),
  PIDFILE("--pidfile", "FILE", Heading.ENDING, "Write the pid of its first process");

  private final OptionText text;

  RunOption(String names, String label, Heading heading, String description) {
    this.text = new OptionText(names, label, heading.text, description);
  }

  @Override
  public OptionText text() {
    return text;
  }

  private enum Heading {
    COMMON("Common"),
    FILES("Files"),
    ISOLATION("Isolation"),
    SECURITY("Security"),
    LIMITS("Limits"),
    ENDING("Bookkeeping");

    private final String text;

    Heading(String text) {
      this.text = text;
    }
  }
}
