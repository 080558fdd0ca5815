package dev.brig.runtime.spec;

import org.jspecify.annotations.Nullable;

/// A device node to be made in the container (`linux.devices[]`).
///
/// @param path the absolute path inside the container
/// @param type the kind of node
/// @param major the major number; 0 for a named pipe
/// @param minor the minor number; 0 for a named pipe
/// @param fileMode permission bits; null leaves 0666
/// @param owner who owns the node inside the container
/// @see <a href="https://man7.org/linux/man-pages/man2/mknod.2.html">mknod(2)</a>
public record LinuxDevice(
    String path,
    LinuxDeviceType type,
    long major,
    long minor,
    @Nullable Integer fileMode,
    Owner owner) {

  /// The owner of a device node (`uid` and `gid` beside the node's other properties).
  ///
  /// @param uid the user id, 0 to 2^32-1; null leaves 0
  /// @param gid the group id, 0 to 2^32-1; null leaves 0
  public record Owner(@Nullable Long uid, @Nullable Long gid) {
    /// Nothing said about the owner.
    public static final Owner UNSET = new Owner(null, null);
  }
}
