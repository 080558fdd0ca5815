package dev.brig.linux;

import dev.brig.linux.UserNamespacePolicy.Switch;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The facts of this machine, each read when first asked for and then kept.
///
/// Not for use by several threads.
public final class HostProbe implements Host {
  private static final int PROC_FILE_LENGTH_MAX = 64 * 1024;

  /// The inode that stands for the first user namespace: `PROC_USER_INIT_INO` in
  /// include/linux/proc_ns.h.
  private static final long INITIAL_USER_NAMESPACE = 0xefff_fffdL;

  private final Kernel kernel;
  private final List<String> searchPath;
  private final Map<String, Boolean> existing = new HashMap<>();
  private @Nullable KernelRelease release;
  private @Nullable Identity identity;
  private @Nullable String status;
  private @Nullable String hostname;
  private @Nullable UserNamespacePolicy policy;
  private @Nullable SubordinateIds subordinateIds;

  /// Makes a probe that has read nothing yet.
  ///
  /// @param kernel the way to the machine
  /// @param searchPath the directories in which the caller's shell looks for programs
  public HostProbe(Kernel kernel, List<String> searchPath) {
    this.kernel = kernel;
    this.searchPath = List.copyOf(searchPath);
  }

  @Override
  public KernelRelease release() {
    KernelRelease known = release;
    if (known == null) {
      known = KernelRelease.parse(line("/proc/sys/kernel/osrelease"));
      release = known;
    }
    return known;
  }

  @Override
  public Machine machine() {
    return kernel.machine();
  }

  @Override
  public Identity identity() {
    Identity known = identity;
    if (known == null) {
      ProcessCalls calls = kernel.processes();
      long effective = Long.parseUnsignedLong(statusField("CapEff:"), 16);
      known =
          new Identity(
              calls.uid(),
              calls.euid(),
              calls.gid(),
              calls.egid(),
              Capability.of(effective),
              userNamespace());
      identity = known;
    }
    return known;
  }

  private Identity.UserNamespace userNamespace() {
    Optional<FileStatus> status =
        kernel.attributes().statIfPresent(Fd.CWD, "/proc/self/ns/user", Links.FOLLOW);
    return status.isEmpty() || status.get().inode() == INITIAL_USER_NAMESPACE
        ? Identity.UserNamespace.INITIAL
        : Identity.UserNamespace.OTHER;
  }

  @Override
  public boolean exists(String path) {
    Boolean known = existing.get(path);
    if (known == null) {
      known = kernel.attributes().exists(path);
      existing.put(path, known);
    }
    return known;
  }

  @Override
  public int umask() {
    // Asking umask(2) would change it for a moment, for all threads.
    return Integer.parseInt(statusField("Umask:"), 8);
  }

  @Override
  public String hostname() {
    String known = hostname;
    if (known == null) {
      known = line("/proc/sys/kernel/hostname");
      hostname = known;
    }
    return known;
  }

  @Override
  public Rlimit.Value limit(Rlimit limit) {
    return kernel.processes().limit(limit);
  }

  @Override
  public UserNamespacePolicy userNamespaces() {
    UserNamespacePolicy known = policy;
    if (known == null) {
      String max = line("/proc/sys/user/max_user_namespaces");
      known =
          new UserNamespacePolicy(
              max.isEmpty() ? 0 : Long.parseLong(max),
              setting("/proc/sys/kernel/unprivileged_userns_clone"),
              setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"));
      policy = known;
    }
    return known;
  }

  @Override
  public SubordinateIds subordinateIds() {
    SubordinateIds known = subordinateIds;
    if (known == null) {
      SubordinateIdReader reader = new SubordinateIdReader(kernel, searchPath);
      known =
          identity().isRootOfItsNamespace()
              ? reader.readOfNamespace(identity())
              : reader.read(kernel.processes().uid());
      subordinateIds = known;
    }
    return known;
  }

  private Switch setting(String path) {
    String value = line(path);
    if (value.isEmpty()) {
      return Switch.ABSENT;
    }
    return value.equals("0") ? Switch.OFF : Switch.ON;
  }

  // A field of /proc/self/status, which is read once for all.
  private String statusField(String name) {
    String known = status;
    if (known == null) {
      known = "\n" + text("/proc/self/status");
      status = known;
    }
    int start = known.indexOf("\n" + name);
    if (start < 0) {
      throw new IllegalStateException("/proc/self/status has no " + name);
    }
    int end = known.indexOf('\n', start + 1);
    return known.substring(start + 1 + name.length(), end).strip();
  }

  // The first line of a file, or the empty string if the kernel has no such file.
  private String line(String path) {
    return text(path).strip();
  }

  private String text(String path) {
    Optional<byte[]> bytes = kernel.files().readIfPresent(Fd.CWD, path, PROC_FILE_LENGTH_MAX);
    return bytes.isEmpty() ? "" : new String(bytes.get(), StandardCharsets.UTF_8);
  }
}
