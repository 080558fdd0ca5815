package dev.brig.cli.bundle;

import dev.brig.runtime.spec.ConsoleSize;
import dev.brig.runtime.spec.LinuxIdMapping;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What was looked up before a configuration is made: on the host, in the image, in brig's state.
///
/// @param id the container's id, 64 hexadecimal digits
/// @param places where things are
/// @param caller who called brig, and how
/// @param users the users and groups of the image
/// @param devices what the device nodes are that options name, by path
/// @param hostDevices every device of the host by path, for `--privileged`; else empty
/// @param hostFiles the host's own network files
/// @param tree what the image is
public record BundleFacts(
    String id,
    Places places,
    Caller caller,
    UserLookup users,
    Map<String, DeviceNumbers> devices,
    Map<String, DeviceNumbers> hostDevices,
    HostFiles hostFiles,
    Tree tree) {
  /// Copies the maps; the order of `hostDevices` does not matter.
  public BundleFacts {
    devices = Map.copyOf(devices);
    hostDevices = Map.copyOf(hostDevices);
  }

  /// What an image is.
  public enum Tree {
    /// Somebody's layers.
    IMAGE,
    /// This machine's own root, whose /tmp is alive and can be large: memory that is mounted there
    /// begins empty unless a copy is asked for.
    MACHINE
  }

  /// Where things are.
  ///
  /// @param rootfs the directory over which the container's root is mounted
  /// @param containerDirectory the directory for files made for this container
  /// @param volumesDirectory the directory of named volumes
  /// @param workingDirectory the caller's, against which relative paths are read
  /// @param cgroup the container's cgroup
  public record Places(
      String rootfs,
      String containerDirectory,
      String volumesDirectory,
      String workingDirectory,
      String cgroup) {}

  /// Who called brig, and how.
  ///
  /// @param privilege whether the caller is root
  /// @param uidMappings how user ids are mapped if the options ask for a new user namespace, or
  ///   need one, and say nothing of mappings
  /// @param gidMappings the same for group ids
  /// @param capabilities what the caller could pass on, which bounds `--privileged` and `--cap-add
  ///   ALL`
  /// @param console the size of the caller's terminal, or null
  /// @param seccompProfile the text of the file that `--security-opt seccomp=FILE` names, or empty
  public record Caller(
      Privilege privilege,
      List<LinuxIdMapping> uidMappings,
      List<LinuxIdMapping> gidMappings,
      List<String> capabilities,
      @Nullable ConsoleSize console,
      String seccompProfile) {
    /// Copies the lists.
    public Caller {
      uidMappings = List.copyOf(uidMappings);
      gidMappings = List.copyOf(gidMappings);
      capabilities = List.copyOf(capabilities);
    }
  }

  /// Whether the caller is root.
  public enum Privilege {
    /// User 0 in the initial user namespace.
    ROOT,
    /// An ordinary user: the container gets a user namespace.
    ROOTLESS
  }

  /// The network files of whom a container shares its network with: the host, or another container.
  ///
  /// @param hosts the text of /etc/hosts
  /// @param resolvConf the text of /etc/resolv.conf
  public record HostFiles(String hosts, String resolvConf) {
    /// No files: the network is not shared.
    public static final HostFiles NONE = new HostFiles("", "");
  }
}
