package dev.brig.runtime.spec;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Checks what must hold between the values of a configuration: a list of named checks, each with
/// the sentence of the specification behind it.
public final class SpecValidator {
  private static final String[] RLIMITS = {
    "RLIMIT_AS",
    "RLIMIT_CORE",
    "RLIMIT_CPU",
    "RLIMIT_DATA",
    "RLIMIT_FSIZE",
    "RLIMIT_LOCKS",
    "RLIMIT_MEMLOCK",
    "RLIMIT_MSGQUEUE",
    "RLIMIT_NICE",
    "RLIMIT_NOFILE",
    "RLIMIT_NPROC",
    "RLIMIT_RSS",
    "RLIMIT_RTPRIO",
    "RLIMIT_RTTIME",
    "RLIMIT_SIGPENDING",
    "RLIMIT_STACK"
  };

  private SpecValidator() {}

  /// Checks everything and returns normally if nothing is wrong.
  ///
  /// @throws SpecException for the first check that fails
  public static void validate(Spec spec) {
    version(spec);
    Process process = spec.process();
    if (process != null) {
      workingDirectory(process);
      command(process);
      rlimits(process);
      nice(process);
    }
    mounts(spec);
    hooks(spec);
    namespaces(spec);
    names(spec);
    idMappings(spec);
    timeOffsets(spec);
    devices(spec);
    paths("/linux/maskedPaths", spec.linux().maskedPaths());
    paths("/linux/readonlyPaths", spec.linux().readonlyPaths());
    seccomp(spec);
  }

  /// config.md, "Specification version": a `SemVer`; only another major version is not understood.
  private static void version(Spec spec) {
    String version = spec.ociVersion();
    if (!version.startsWith("1.") && !version.startsWith("0.")) {
      throw new SpecException(
          "/ociVersion",
          "\"" + version + "\" is not a version of the specification that brig knows",
          "brig knows 1.x");
    }
    if (!isSemantic(version)) {
      throw new SpecException(
          "/ociVersion",
          "\"" + version + "\" is not of the form MAJOR.MINOR.PATCH",
          "such as 1.3.0");
    }
  }

  /// semver.org, 2.0.0: three numbers, then perhaps what comes before or besides a release.
  private static boolean isSemantic(String version) {
    int at = 0;
    for (int part = 0; part < 3; part++) {
      int start = at;
      while (at < version.length() && version.charAt(at) >= '0' && version.charAt(at) <= '9') {
        at++;
      }
      if (at == start) {
        return false;
      }
      if (part < 2) {
        if (at == version.length() || version.charAt(at) != '.') {
          return false;
        }
        at++;
      }
    }
    return at == version.length()
        || ((version.charAt(at) == '-' || version.charAt(at) == '+') && at + 1 < version.length());
  }

  /// config.md, "Process": `cwd` "MUST be an absolute path".
  private static void workingDirectory(Process process) {
    absolute("/process/cwd", process.cwd());
  }

  /// config.md, "POSIX process": `args` "one or more strings are required".
  private static void command(Process process) {
    if (process.args().isEmpty()) {
      throw new SpecException("/process/args", "there is no command", "give at least one string");
    }
  }

  /// config.md, "POSIX process": "If rlimits contains duplicated entries with same type, the
  /// runtime MUST generate an error", and one for "any values which cannot be mapped to a relevant
  /// kernel interface".
  private static void rlimits(Process process) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < process.rlimits().size(); i++) {
      PosixRlimit rlimit = process.rlimits().get(i);
      String pointer = "/process/rlimits/" + i;
      if (!known(rlimit.type())) {
        throw new SpecException(
            pointer + "/type",
            "\"" + rlimit.type() + "\" is not a resource limit of Linux",
            "one of " + String.join(", ", RLIMITS));
      }
      if (!seen.add(rlimit.type())) {
        throw new SpecException(pointer + "/type", rlimit.type() + " is there twice", "");
      }
      if (Long.compareUnsigned(rlimit.soft(), rlimit.hard()) > 0) {
        throw new SpecException(
            pointer + "/soft",
            "the soft limit "
                + Long.toUnsignedString(rlimit.soft())
                + " is above the hard limit "
                + Long.toUnsignedString(rlimit.hard()),
            "");
      }
    }
  }

  /// sched(7): "The nice value ... ranges from -20 to 19".
  private static void nice(Process process) {
    Scheduler scheduler = process.scheduler();
    if (scheduler != null && (scheduler.nice() < -20 || scheduler.nice() > 19)) {
      throw new SpecException(
          "/process/scheduler/nice", scheduler.nice() + " is out of range", "from -20 to 19");
    }
  }

  private static boolean known(String rlimit) {
    for (String name : RLIMITS) {
      if (name.equals(rlimit)) {
        return true;
      }
    }
    return false;
  }

  /// config.md, "Mounts": id mappings come in pairs. A relative destination, which the
  /// specification deprecates for Linux, is taken as below `/`.
  private static void mounts(Spec spec) {
    for (int i = 0; i < spec.mounts().size(); i++) {
      Mount mount = spec.mounts().get(i);
      if (mount.destination().isEmpty()) {
        throw new SpecException("/mounts/" + i + "/destination", "the path is empty", "");
      }
      if (mount.uidMappings().isEmpty() != mount.gidMappings().isEmpty()) {
        throw new SpecException(
            "/mounts/" + i, "uidMappings and gidMappings need each other", "give both or none");
      }
    }
  }

  /// config.md, "POSIX-platform Hooks": `path` is "an absolute path".
  private static void hooks(Spec spec) {
    Hooks hooks = spec.hooks();
    hookPaths("prestart", hooks.prestart());
    hookPaths("createRuntime", hooks.createRuntime());
    hookPaths("createContainer", hooks.createContainer());
    hookPaths("startContainer", hooks.startContainer());
    hookPaths("poststart", hooks.poststart());
    hookPaths("poststop", hooks.poststop());
  }

  private static void hookPaths(String point, List<Hook> hooks) {
    for (int i = 0; i < hooks.size(); i++) {
      absolute("/hooks/" + point + "/" + i + "/path", hooks.get(i).path());
    }
  }

  /// config-linux.md, "Namespaces": duplicates "MUST generate an error", paths are absolute.
  private static void namespaces(Spec spec) {
    Set<LinuxNamespaceType> seen = new HashSet<>();
    List<LinuxNamespace> namespaces = spec.linux().namespaces();
    for (int i = 0; i < namespaces.size(); i++) {
      LinuxNamespace namespace = namespaces.get(i);
      String pointer = "/linux/namespaces/" + i;
      if (!seen.add(namespace.type())) {
        throw new SpecException(
            pointer + "/type", "the namespace " + namespace.type().text() + " is there twice", "");
      }
      if (!namespace.path().isEmpty()) {
        absolute(pointer + "/path", namespace.path());
      }
    }
  }

  /// A host or domain name without a uts namespace of its own would rename the host.
  private static void names(Spec spec) {
    if (has(spec, LinuxNamespaceType.UTS)) {
      return;
    }
    for (String[] name :
        new String[][] {{"hostname", spec.hostname()}, {"domainname", spec.domainname()}}) {
      if (!name[1].isEmpty()) {
        throw new SpecException(
            "/" + name[0],
            "\"" + name[1] + "\" cannot be set without a uts namespace",
            "add {\"type\": \"uts\"} to linux.namespaces");
      }
    }
  }

  /// config-linux.md, "User namespace mappings": they describe a user namespace that is made here.
  private static void idMappings(Spec spec) {
    Linux linux = spec.linux();
    boolean mapped = !linux.uidMappings().isEmpty() || !linux.gidMappings().isEmpty();
    if (mapped && !has(spec, LinuxNamespaceType.USER)) {
      throw new SpecException(
          linux.uidMappings().isEmpty() ? "/linux/gidMappings" : "/linux/uidMappings",
          "ids are mapped but there is no user namespace",
          "add {\"type\": \"user\"} to linux.namespaces");
    }
  }

  /// config-linux.md, "Offset for Time Namespace": they belong to a time namespace that is made
  /// here.
  private static void timeOffsets(Spec spec) {
    if (spec.linux().timeOffsets().isEmpty()) {
      return;
    }
    for (LinuxNamespace namespace : spec.linux().namespaces()) {
      if (namespace.type() == LinuxNamespaceType.TIME && namespace.path().isEmpty()) {
        return;
      }
    }
    throw new SpecException(
        "/linux/timeOffsets",
        "clocks are set off but there is no new time namespace",
        "add {\"type\": \"time\"} to linux.namespaces");
  }

  /// config-linux.md, "Devices": a path is given to one device only.
  private static void devices(Spec spec) {
    List<LinuxDevice> devices = spec.linux().devices();
    List<String> seen = new ArrayList<>();
    for (int i = 0; i < devices.size(); i++) {
      String pointer = "/linux/devices/" + i + "/path";
      String path = devices.get(i).path();
      absolute(pointer, path);
      if (seen.contains(path) && !devices.get(seen.indexOf(path)).equals(devices.get(i))) {
        throw new SpecException(pointer, path + " is there twice, as different devices", "");
      }
      seen.add(path);
    }
  }

  /// config-linux.md, "Seccomp": of an errno "when the action doesn't support" it "the runtime MUST
  /// print an error and fail"; metadata need a listener.
  private static void seccomp(Spec spec) {
    LinuxSeccomp seccomp = spec.linux().seccomp();
    if (seccomp == null) {
      return;
    }
    String pointer = "/linux/seccomp";
    errno(pointer + "/defaultErrnoRet", seccomp.defaultAction(), seccomp.defaultErrnoRet());
    for (int i = 0; i < seccomp.syscalls().size(); i++) {
      LinuxSyscall rule = seccomp.syscalls().get(i);
      errno(pointer + "/syscalls/" + i + "/errnoRet", rule.action(), rule.errnoRet());
    }
    LinuxSeccomp.Listener listener = seccomp.listener();
    if (listener.path().isEmpty() && !listener.metadata().isEmpty()) {
      throw new SpecException(
          pointer + "/listenerMetadata", "there is no listener to send it to", "set listenerPath");
    }
  }

  private static void errno(String pointer, SeccompAction action, @Nullable Long errno) {
    boolean supported =
        action == SeccompAction.SCMP_ACT_ERRNO || action == SeccompAction.SCMP_ACT_TRACE;
    if (errno != null && !supported) {
      throw new SpecException(
          pointer,
          action.name() + " has no errno to return",
          "leave it out, or take SCMP_ACT_ERRNO");
    }
  }

  private static void paths(String pointer, List<String> paths) {
    for (int i = 0; i < paths.size(); i++) {
      absolute(pointer + "/" + i, paths.get(i));
    }
  }

  private static boolean has(Spec spec, LinuxNamespaceType type) {
    for (LinuxNamespace namespace : spec.linux().namespaces()) {
      if (namespace.type() == type) {
        return true;
      }
    }
    return false;
  }

  private static void absolute(String pointer, String path) {
    if (!path.startsWith("/")) {
      throw new SpecException(pointer, "\"" + path + "\" is not an absolute path", "");
    }
  }
}
