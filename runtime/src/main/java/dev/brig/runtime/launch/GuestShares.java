package dev.brig.runtime.launch;

import dev.brig.runtime.compile.Keeper;
import dev.brig.runtime.spec.Mount;
import dev.brig.runtime.spec.Spec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The directories of the host that a virtual machine is shown: each is bound to a directory that
/// only the process which runs the machine sees, and has a server there.
///
/// @see <a href="https://virtio-fs.gitlab.io">virtiofs</a>
public final class GuestShares {
  /// The annotation with the path of the server's program, virtiofsd.
  public static final String SERVER = "dev.brig.vm.server";

  /// What a single file is called in its directory.
  public static final String FILE = "file";

  private static final String DIRECTORY = "share-";

  private GuestShares() {}

  /// Returns the directory of a share.
  ///
  /// @param run the directory that only the process which runs the machine sees
  /// @param share its place among the shares
  public static String directory(String run, int share) {
    return run + "/" + DIRECTORY + share;
  }

  /// Returns the name by which a machine mounts a share.
  ///
  /// @param share its place among the shares
  public static String tag(int share) {
    return DIRECTORY + share;
  }

  /// Returns the directories of the shares that a configuration binds, in order.
  static List<String> directories(Spec spec, Path run) {
    List<String> directories = new ArrayList<>();
    for (Mount mount : spec.mounts()) {
      String directory = directory(run.toString(), directories.size());
      boolean isFile = mount.destination().equals(directory + "/" + FILE);
      if (mount.destination().equals(directory) || isFile) {
        directories.add(directory);
      }
    }
    return directories;
  }

  /// Returns the command of a server.
  static List<String> server(String program, String directory) {
    // A comma would end the path, a backslash before it keeps it.
    String source = directory.replace("\\", "\\\\").replace(",", "\\,");
    return List.of(
        program,
        "-f",
        "--fd=" + Keeper.Machine.SERVER_FD,
        "-o",
        "source=" + source + ",sandbox=chroot,log_level=err,xattr");
  }
}
