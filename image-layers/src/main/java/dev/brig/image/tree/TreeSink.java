package dev.brig.image.tree;

import dev.brig.error.UsageException;
import dev.brig.image.layer.Attributes;
import dev.brig.image.layer.EntryPath;
import dev.brig.image.layer.TarContent.Device;
import dev.brig.image.layer.TarContent.Directory;
import dev.brig.image.layer.TarContent.Fifo;
import dev.brig.image.layer.TarContent.HardLink;
import dev.brig.image.layer.TarContent.RegularFile;
import dev.brig.image.layer.TarContent.Symlink;
import dev.brig.image.layer.TarEntry;
import dev.brig.linux.Errno;
import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.FileType;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.Links;
import dev.brig.linux.OpenFlag;
import dev.brig.linux.OpenHow;
import dev.brig.linux.OpenResult;
import dev.brig.linux.ResolveFlag;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Writes files into a directory, over what is there: a directory is merged with a directory, any
/// other file takes a name at once and whole, and neither a directory nor another file gives way to
/// the other kind.
///
/// No symbolic link below the directory is followed, whoever puts it there and when: parents are
/// opened with `RESOLVE_BENEATH|RESOLVE_NO_SYMLINKS`, last components made by single names.
public final class TreeSink implements EntrySink, AutoCloseable {
  private static final int IMPLIED = 0755;
  private static final OpenHow DIRECTORY =
      new OpenHow(
          List.of(OpenFlag.O_PATH, OpenFlag.O_DIRECTORY, OpenFlag.O_NOFOLLOW),
          0,
          List.of(ResolveFlag.RESOLVE_BENEATH, ResolveFlag.RESOLVE_NO_SYMLINKS));
  private static final OpenHow FILE =
      new OpenHow(
          List.of(OpenFlag.O_PATH, OpenFlag.O_NOFOLLOW),
          0,
          List.of(ResolveFlag.RESOLVE_BENEATH, ResolveFlag.RESOLVE_NO_SYMLINKS));

  private final Kernel kernel;
  private final Fd target;
  private final String shown;
  private final FileMaker maker;
  private final Map<String, Attributes> directories = new LinkedHashMap<>();
  private String parentPath = "";
  private Fd parent;
  private int made;

  /// Makes a sink.
  ///
  /// @param kernel the system calls
  /// @param target the directory, open in any way; closed by its owner
  /// @param shown what to call the directory in messages
  /// @param owners whom the files belong to
  /// @param losses receives a line for each thing that a file could not have
  public TreeSink(Kernel kernel, Fd target, String shown, Owners owners, Consumer<String> losses) {
    this.kernel = kernel;
    this.target = target;
    this.shown = shown;
    this.maker = new FileMaker(kernel, owners, losses);
    this.parent = target;
  }

  @Override
  public void add(TarEntry entry, FileBytes data) {
    List<String> parts = EntryPath.split(entry.name());
    if (parts.isEmpty()) {
      // The directory itself: it was there before.
      return;
    }
    try {
      enter(parts.subList(0, parts.size() - 1));
      String name = parts.getLast();
      if (entry.content() instanceof Directory) {
        addDirectory(name, String.join("/", parts), entry.attributes());
      } else {
        addFile(name, entry, data);
      }
    } catch (KernelException e) {
      throw e.failure().step().isEmpty() ? e.during("copy \"" + entry.name() + "\"") : e;
    }
  }

  /// Opens the parent, which the last file often had as well; makes what is missing of it.
  private void enter(List<String> parts) {
    String path = String.join("/", parts);
    if (path.equals(parentPath)) {
      return;
    }
    leave();
    parent = path.isEmpty() ? target : open(parts);
    parentPath = path;
  }

  private void leave() {
    if (parent != target) {
      parent.close();
    }
    parent = target;
    parentPath = "";
  }

  private Fd open(List<String> parts) {
    String path = String.join("/", parts);
    return switch (kernel.files().tryOpenat2(target, path, DIRECTORY)) {
      case OpenResult.Opened(Fd fd) -> fd;
      case OpenResult.Refused(Errno errno) ->
          switch (errno) {
            case ENOENT -> make(parts);
            case ENOTDIR, ELOOP, EXDEV -> throw inTheWay(path);
            default -> kernel.files().openat2(target, path, DIRECTORY);
          };
    };
  }

  private Fd make(List<String> parts) {
    String path = String.join("/", parts);
    String name = parts.getLast();
    if (parts.size() == 1) {
      makeImplied(target, name);
    } else {
      try (Fd above = open(parts.subList(0, parts.size() - 1))) {
        makeImplied(above, name);
      }
    }
    return kernel.files().openat2(target, path, DIRECTORY);
  }

  private void makeImplied(Fd above, String name) {
    if (kernel.tree().mkdirIfAbsent(above, name, IMPLIED)) {
      maker.ownImplied(above, name);
    }
  }

  private UsageException inTheWay(String path) {
    return new UsageException(
        shown + "/" + path, "something that is no directory is in the way", "remove it first");
  }

  private void addDirectory(String name, String path, Attributes attributes) {
    if (!kernel.tree().mkdirIfAbsent(parent, name, 0700)
        && !kernel.attributes().stat(parent, name, Links.NOFOLLOW).isDirectory()) {
      throw new UsageException(
          shown + "/" + path, "cannot overwrite a file with a directory", "remove the file first");
    }
    try (Fd fd = kernel.files().openat2(parent, name, DIRECTORY)) {
      maker.give(fd, attributes, path);
    }
    // Everything that is written into it changes its time.
    directories.put(path, attributes);
  }

  private void addFile(String name, TarEntry entry, FileBytes data) {
    Optional<FileStatus> there = kernel.attributes().statIfPresent(parent, name, Links.NOFOLLOW);
    if (there.isPresent() && there.get().isDirectory()) {
      throw new UsageException(
          shown + "/" + entry.name(),
          "cannot overwrite a directory with a file",
          "remove the directory first");
    }
    made++;
    String beside = ".brig-copy-" + ProcessHandle.current().pid() + "-" + made;
    boolean done = false;
    try {
      makeBeside(beside, entry, data);
      rename(beside, name, there);
      done = true;
    } finally {
      if (!done || entry.content() instanceof HardLink) {
        // rename(2) leaves both names if they are the same file's already.
        var _ = kernel.tree().unlinkIfPresent(parent, beside);
      }
    }
  }

  private void makeBeside(String beside, TarEntry entry, FileBytes data) {
    Attributes attributes = entry.attributes();
    switch (entry.content()) {
      case RegularFile(long size, var segments) ->
          maker.regular(parent, beside, new FileMaker.Regular(size, segments, data), entry);
      case Symlink(String text) -> {
        kernel.tree().symlinkat(text, parent, beside);
        maker.giveByName(parent, beside, attributes, entry.name());
      }
      case HardLink(String to) -> link(to, beside);
      case Device(Device.Kind kind, int major, int minor) -> {
        FileType type =
            kind == Device.Kind.CHARACTER ? FileType.CHARACTER_DEVICE : FileType.BLOCK_DEVICE;
        var device = new dev.brig.linux.Device(major, minor);
        kernel.tree().mknodat(parent, beside, type, 0600, device);
        maker.giveByName(parent, beside, attributes, entry.name());
      }
      case Fifo _ -> {
        var none = new dev.brig.linux.Device(0, 0);
        kernel.tree().mknodat(parent, beside, FileType.FIFO, 0600, none);
        maker.giveByName(parent, beside, attributes, entry.name());
      }
      case Directory _ -> throw new IllegalArgumentException("a directory");
    }
  }

  private void link(String to, String beside) {
    String path = String.join("/", EntryPath.split(to));
    try (Fd original = kernel.files().openat2(target, path, FILE)) {
      kernel.tree().linkat(original, parent, beside);
    }
  }

  private void rename(String beside, String name, Optional<FileStatus> there) {
    try {
      kernel.tree().rename(parent, beside, parent, name);
    } catch (KernelException e) {
      boolean regular = there.isPresent() && there.get().type() == FileType.REGULAR;
      if (e.errno() != Errno.EBUSY || !regular) {
        throw e;
      }
      // Something is mounted on the name, /etc/hosts for example: what it has is replaced.
      maker.overwrite(parent, beside, name);
      var _ = kernel.tree().unlinkIfPresent(parent, beside);
    }
  }

  /// Gives the target itself what a tree's root has.
  public void giveRoot(Attributes attributes) {
    maker.give(target, attributes, "");
  }

  /// Gives the directories their times.
  public void finish() {
    leave();
    for (Map.Entry<String, Attributes> each : List.copyOf(directories.entrySet()).reversed()) {
      // Whoever owns the tree may have removed it: ignored.
      if (kernel.files().tryOpenat2(target, each.getKey(), DIRECTORY)
          instanceof OpenResult.Opened(Fd fd)) {
        try (fd) {
          maker.setTimes(fd, each.getValue());
        }
      }
    }
    directories.clear();
  }

  @Override
  public void close() {
    leave();
  }
}
