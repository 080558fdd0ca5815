package dev.brig.cli.command;

import dev.brig.linux.Errno;
import dev.brig.linux.KernelException;
import dev.brig.runtime.container.DirectTreeRemover;
import dev.brig.runtime.container.TreeRemover;
import java.nio.file.Path;

/// Removes a container's files, which may belong to ids that only the caller's own user namespace
/// has: first from outside, which costs nothing and nearly always does it, then what is left from
/// inside.
final class MappedTreeRemover implements TreeRemover {
  private final Context context;
  private final TreeRemover outside;

  MappedTreeRemover(Context context) {
    this.context = context;
    this.outside = new DirectTreeRemover(context.kernel());
  }

  @Override
  public void remove(Path directory) {
    try {
      outside.remove(directory);
    } catch (KernelException e) {
      boolean foreign = e.errno() == Errno.EACCES || e.errno() == Errno.EPERM;
      if (!foreign || !context.hasInside()) {
        throw e;
      }
      Path id = directory.getFileName();
      if (context.runInside("internal", "remove", String.valueOf(id)) != ExitCodes.SUCCESS) {
        throw e;
      }
    }
  }
}
