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
  REPLACE("--replace", "", Heading.COMMON, "Remove the container that has the name, first"),
  ENV("-e --env", "NAME[=VALUE]", Heading.COMMON, "Set a variable; without =, the caller's"),
  ENV_FILE("--env-file", "FILE", Heading.COMMON, "Set the variables in a file"),
  ENV_HOST(
      "--env-host", "", Heading.COMMON, "Set all of the caller's variables, below the image's"),
  UNSETENV("--unsetenv", "NAME", Heading.COMMON, "Leave out a variable of the image or of brig"),
  UNSETENV_ALL("--unsetenv-all", "", Heading.COMMON, "Leave all of those out"),
  WORKDIR("-w --workdir", "PATH", Heading.COMMON, "Start in this directory"),
  USER(
      "-u --user",
      "USER[:GROUP]",
      Heading.COMMON,
      "Run as this name or id, from /etc/passwd inside"),
  GROUP_ADD("--group-add", "GROUP", Heading.COMMON, "Add a supplementary group"),
  ENTRYPOINT(
      "--entrypoint",
      "COMMAND",
      Heading.COMMON,
      "Replace the image's; \"\" for none, [\"a\",\"b\"] for words"),
  INIT("--init", "", Heading.COMMON, "Let a small init be pid 1: it reaps and forwards"),
  PLATFORM("--platform", "OS/ARCH", Heading.COMMON, "Which of the image's platforms"),
  PULL("--pull", "WHEN", Heading.COMMON, "Get the image: missing, always, never or newer"),
  AUTHFILE("--authfile", "FILE", Heading.COMMON, "Where credentials for that are"),
  TLS_VERIFY("--tls-verify", "", Heading.COMMON, "=false: from a registry without certificate"),
  TRACE("--trace", "", Heading.COMMON, "Tell each step with its time, on stderr"),

  VOLUME(
      "-v --volume",
      "[SRC:]DST[:OPTS]",
      Heading.FILES,
      "Bind a host path or a volume (ro, nocopy, ...); without SRC a volume without name"),
  MOUNT(
      "--mount",
      "type=TYPE,...",
      Heading.FILES,
      "Mount: type=bind|volume|tmpfs|devpts|ramfs,src=,dst=,ro"),
  TMPFS("--tmpfs", "DST[:OPTS]", Heading.FILES, "Mount memory (size=64m,mode=1777,notmpcopyup)"),
  IMAGE_VOLUME(
      "--image-volume",
      "KIND",
      Heading.FILES,
      "The image's volumes: anonymous (default), tmpfs or ignore"),
  READ_ONLY("--read-only", "", Heading.FILES, "Make the root read-only"),
  READ_ONLY_TMPFS(
      "--read-only-tmpfs", "", Heading.FILES, "With it, memory on /run, /tmp, /var/tmp (true)"),
  UPPER(
      "--upper",
      "WHERE",
      Heading.FILES,
      "Keep what it writes on disk, or in memory till it ends: tmpfs[:size=SIZE]"),
  STORAGE_OPT(
      "--storage-opt",
      "size=SIZE",
      Heading.FILES,
      "A limit on disk, which brig does not set: see --upper"),
  SHM_SIZE("--shm-size", "SIZE", Heading.FILES, "Size of /dev/shm (64m)"),
  DEVICE("--device", "SRC[:DST][:rwm]", Heading.FILES, "Let it have a device of the host"),

  ISOLATION(
      "--isolation",
      "DEGREE",
      Heading.ISOLATION,
      "How far from the host: bare, chroot, namespaces, container (default), gvisor, vm"),
  KERNEL("--kernel", "FILE", Heading.ISOLATION, "What a vm boots (the newest that is here)"),
  MACHINE("--machine", "TYPE", Heading.ISOLATION, "The type of a vm: microvm, pc or q35"),
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
      "--userns",
      "MODE",
      Heading.ISOLATION,
      "host (default for root), private, keep-id[:uid=,gid=], container:, ns:"),
  TIME("--time", "MODE", Heading.ISOLATION, "host (default), private, container:, ns:"),
  UIDMAP("--uidmap", "IN:OUT:COUNT", Heading.ISOLATION, "Map user ids in a new user namespace"),
  GIDMAP("--gidmap", "IN:OUT:COUNT", Heading.ISOLATION, "Map group ids in a new user namespace"),
  SUBUIDNAME("--subuidname", "NAME", Heading.ISOLATION, "Map NAME's range of /etc/subuid"),
  SUBGIDNAME("--subgidname", "NAME", Heading.ISOLATION, "Map NAME's range of /etc/subgid"),
  HOSTNAME("-h --hostname", "NAME", Heading.ISOLATION, "Host name (the id)"),
  ADD_HOST("--add-host", "NAME:IP", Heading.ISOLATION, "Add a line to /etc/hosts"),
  NO_HOSTS("--no-hosts", "", Heading.ISOLATION, "Leave the image's /etc/hosts as it is"),
  DNS("--dns", "IP", Heading.ISOLATION, "A name server for /etc/resolv.conf; none for no file"),
  DNS_SEARCH("--dns-search", "DOMAIN", Heading.ISOLATION, "A domain to search; . for none"),
  DNS_OPTION("--dns-option --dns-opt", "OPTION", Heading.ISOLATION, "An option of the resolver"),
  SYSCTL("--sysctl", "NAME=VALUE", Heading.ISOLATION, "Set a kernel parameter of its namespaces"),

  CAP_ADD("--cap-add", "CAP", Heading.SECURITY, "Grant a capability, or ALL"),
  CAP_DROP("--cap-drop", "CAP", Heading.SECURITY, "Withhold a capability, or ALL"),
  SECURITY_OPT(
      "--security-opt",
      "OPT",
      Heading.SECURITY,
      "seccomp=FILE|unconfined, no-new-privileges, mask=PATH:..., unmask=PATH:...|ALL"),
  DEVICE_CGROUP_RULE(
      "--device-cgroup-rule", "RULE", Heading.SECURITY, "Allow devices: \"c 1:3 rwm\""),
  PRIVILEGED(
      "--privileged", "", Heading.SECURITY, "All capabilities and devices, no filter, no masks"),
  ULIMIT(
      "--ulimit",
      "NAME=SOFT[:HARD]",
      Heading.SECURITY,
      "Resource limit of setrlimit(2) (nofile=1024)"),
  UMASK("--umask", "MODE", Heading.SECURITY, "Mode bits that new files do not get (0022)"),

  MEMORY("-m --memory", "SIZE", Heading.LIMITS, "Memory; beyond it a process is killed"),
  MEMORY_SWAP(
      "--memory-swap",
      "SIZE",
      Heading.LIMITS,
      "Memory and swap together (twice the memory); -1: no limit"),
  MEMORY_RESERVATION(
      "--memory-reservation", "SIZE", Heading.LIMITS, "Memory to be left with when it is short"),
  MEMORY_SWAPPINESS(
      "--memory-swappiness", "0-100", Heading.LIMITS, "How readily it is swapped; cgroup v1"),
  OOM_KILL_DISABLE(
      "--oom-kill-disable", "", Heading.LIMITS, "Beyond the memory, wait instead; cgroup v1"),
  OOM_SCORE_ADJ(
      "--oom-score-adj",
      "NUMBER",
      Heading.LIMITS,
      "Who goes first when memory is short, -1000-1000"),
  CPUS("--cpus", "NUMBER", Heading.LIMITS, "Processors' worth of time (0.5)"),
  CPU_SHARES(
      "-c --cpu-shares", "NUMBER", Heading.LIMITS, "Weight when processors are short (1024)"),
  CPU_QUOTA("--cpu-quota", "MICROS", Heading.LIMITS, "Processor time in a period"),
  CPU_PERIOD("--cpu-period", "MICROS", Heading.LIMITS, "Length of that period (100000)"),
  CPUSET_CPUS("--cpuset-cpus", "LIST", Heading.LIMITS, "Processors it may run on (0-3,7)"),
  CPUSET_MEMS("--cpuset-mems", "LIST", Heading.LIMITS, "Memory nodes it may use"),
  PIDS_LIMIT(
      "--pids-limit",
      "NUMBER",
      Heading.LIMITS,
      "Processes and threads (2048 where it can be set); 0 or -1: no limit"),
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
  TIMEOUT("--timeout", "SECONDS", Heading.ENDING, "Kill it after so long; 0 for never"),
  LOG_OPT("--log-opt", "max-size=SIZE", Heading.ENDING, "Keep only so much of the log"),
  LABEL("-l --label", "NAME[=VALUE]", Heading.ENDING, "Attach text, for people and ps --filter"),
  LABEL_FILE("--label-file", "FILE", Heading.ENDING, "Attach the texts in a file, one a line"),
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
