package dev.brig.cli.command;

import dev.brig.linux.Errno;
import dev.brig.linux.KernelException;
import dev.brig.runtime.container.DirectTreeRemover;
import dev.brig.runtime.container.TreeRemover;
import java.nio.file.Path;

/// Removes a container's files, or a volume's, which may belong to ids that only the caller's own
/// user namespace has: first from outside, which costs nothing and nearly always does it, then what
/// is left from inside.
final class MappedTreeRemover implements TreeRemover {
  private final Context context;
  private final String word;
  private final TreeRemover outside;

  /// Makes one.
  ///
  /// @param word what `brig internal` calls the removal of such a directory, by its name
  MappedTreeRemover(Context context, String word) {
    this.context = context;
    this.word = word;
    this.outside = new DirectTreeRemover(context.kernel());
  }

  @Override
  public void remove(Path directory) {
    try {
      outside.remove(directory);
    } catch (KernelException e) {
      boolean foreign = e.errno() == Errno.EACCES || e.errno() == Errno.EPERM;
      if (!foreign || !context.inside().hasMoreIds()) {
        throw e;
      }
      Path name = directory.getFileName();
      if (context.inside().run("internal", word, String.valueOf(name)) != ExitCodes.SUCCESS) {
        throw e;
      }
    }
  }
}
