package dev.brig.cli.files;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.files.CopyEnd.Follow;
import dev.brig.cli.files.CopyEnd.Taken;
import dev.brig.cli.files.CopyEnd.Target;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.error.UsageException;
import dev.brig.image.ImageException;
import dev.brig.image.layer.Compression;
import dev.brig.image.layer.FdInput;
import dev.brig.image.layer.TarContent;
import dev.brig.image.layer.TarEntry;
import dev.brig.image.layer.TarReader;
import dev.brig.image.tree.EntrySink;
import dev.brig.image.tree.Owners;
import dev.brig.image.tree.TarSink;
import dev.brig.image.tree.TreeFiles;
import dev.brig.image.tree.TreeNode;
import dev.brig.image.tree.TreeSink;
import dev.brig.image.tree.TreeWalk;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.OpenFlag;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.files.ContainerTrees;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/// `brig cp`.
public final class CopyCommand implements Command<FilesOption> {
  private final Context context;
  private final Kernel kernel;
  private final List<ContainerTrees.Opened> opened = new ArrayList<>();

  /// Makes the command.
  public CopyCommand(Context context) {
    this.context = context;
    this.kernel = context.kernel();
  }

  @Override
  public Syntax<FilesOption> syntax() {
    return new Syntax<>(
        "cp",
        "Copy files between containers and this machine.",
        List.of(FilesOption.ARCHIVE, FilesOption.FOLLOW_LINK),
        Operands.exactly(2, "[CONTAINER:]SOURCE [CONTAINER:]TARGET"),
        List.of(
            "",
            "A directory is copied into TARGET if that is a directory, and else under that name;",
            "SOURCE/. copies what is in it. TARGET/ must be a directory. - is a tar on standard",
            "input or output. Copies belong to root in a container and to the caller here, unless"
                + " -a",
            "keeps the owners.",
            "",
            "Examples:",
            "  brig cp web:/var/log/. ./logs",
            "  tar c src | brig cp - web:/work"));
  }

  /// One end with what there is to know about it.
  private record End(CopyEnd place, Trees.Ids ids, Owners.One owner) {}

  @Override
  public int run(Reading.Arguments<FilesOption> arguments) {
    CopyPath from = CopyPath.parse(arguments.operands().getFirst());
    CopyPath to = CopyPath.parse(arguments.operands().getLast());
    if (from.isLocal() && to.isLocal()) {
      throw new UsageException(
          "cp " + from + " " + to, "neither is in a container", "write CONTAINER:PATH for one");
    }
    context.inside().enterToReach(from.isLocal() ? to.container() : from.container());
    try {
      End source = open(from);
      // A container that is not running can be opened once.
      End target = to.container().equals(from.container()) ? beside(source, to) : open(to);
      try (CopyEnd sourcePlace = source.place();
          CopyEnd targetPlace = target.place()) {
        if (to.isStream()) {
          send(source, sourcePlace, arguments);
        } else if (from.isStream()) {
          receive(target, targetPlace, arguments);
        } else {
          copy(source, target, arguments);
        }
      }
    } finally {
      opened.forEach(ContainerTrees.Opened::close);
    }
    return ExitCodes.SUCCESS;
  }

  private End open(CopyPath path) {
    if (path.isLocal()) {
      Owners.One caller = new Owners.One(kernel.processes().euid(), kernel.processes().egid());
      return new End(CopyEnd.local(kernel, path), Trees.Ids.HOST, caller);
    }
    Container container = context.containers().find(path.container());
    Trees trees = new Trees(context);
    Trees.Ids ids = trees.ids(container);
    ContainerTrees.Opened root = trees.containers().write(container, "cp");
    opened.add(root);
    Owners.One owner = new Owners.One(ids.uids().outside(0), ids.gids().outside(0));
    return new End(CopyEnd.in(kernel, path, root.after()), ids, owner);
  }

  private End beside(End end, CopyPath path) {
    return new End(CopyEnd.in(kernel, path, opened.getFirst().after()), end.ids(), end.owner());
  }

  private TreeFiles files(End end) {
    return new Trees(context).files(end.ids());
  }

  private static Follow follow(Reading.Arguments<FilesOption> arguments) {
    return arguments.has(FilesOption.FOLLOW_LINK) ? Follow.LINKS : Follow.NOTHING;
  }

  private TreeSink sink(Fd directory, End target, Reading.Arguments<FilesOption> arguments) {
    String shown = target.place().path().toString();
    return arguments.has(FilesOption.ARCHIVE)
        ? new TreeSink(
            kernel,
            directory,
            shown,
            new Owners.Kept(target.ids().uids(), target.ids().gids()),
            context::warn)
        : new TreeSink(kernel, directory, shown, target.owner(), loss -> {});
  }

  private void copy(End source, End target, Reading.Arguments<FilesOption> arguments) {
    TreeNode node = source.place().source(follow(arguments));
    boolean contents = source.place().path().meansContents();
    switch (target.place().target()) {
      case Target.Into(Fd directory) -> {
        refuseInside(node, directory, source, target);
        try (TreeSink sink = sink(directory, target, arguments)) {
          TreeWalk walk = walk(source, sink);
          if (contents) {
            walk.addContents(node, "");
          } else {
            walk.add(node, source.place().sourceName());
          }
          sink.finish();
        }
      }
      case Target.As(Fd directory, String name, Taken taken) -> {
        if (node.isDirectory() && taken == Taken.YES) {
          throw new UsageException(
              "\"" + target.place().path() + "\"", "cannot copy a directory to a file", "");
        }
        refuseInside(node, directory, source, target);
        try (TreeSink sink = sink(directory, target, arguments)) {
          walk(source, sink).add(node, name);
          sink.finish();
        }
      }
    }
  }

  /// Refuses to copy a directory into itself, which would never end.
  private void refuseInside(TreeNode node, Fd directory, End source, End target) {
    if (!node.isDirectory()
        || !source.place().path().container().equals(target.place().path().container())) {
      return;
    }
    Fd at = kernel.files().openat(directory, ".", OpenFlag.O_PATH);
    while (true) {
      try (Fd here = at) {
        var status = kernel.attributes().stat(here);
        if (status.sameFile(node.status())) {
          throw new UsageException(
              "\"" + target.place().path() + "\"", "lies in the directory that is copied", "");
        }
        Fd above = kernel.files().openat(here, "..", OpenFlag.O_PATH);
        if (kernel.attributes().stat(above).sameFile(status)) {
          above.close();
          return;
        }
        at = above;
      }
    }
  }

  private TreeWalk walk(End source, EntrySink sink) {
    return new TreeWalk(files(source), sink, TreeWalk.Mounts.ENTERED);
  }

  /// Writes a tar to standard output.
  private void send(End source, CopyEnd place, Reading.Arguments<FilesOption> arguments) {
    TreeNode node = place.source(follow(arguments));
    try (TarOutput output = TarOutput.open(context, "-")) {
      TarSink sink = new TarSink(kernel.files(), output.tar(), TarSink.Times.KEPT);
      String name = place.path().meansContents() ? "." : place.sourceName();
      walk(source, sink).add(node, name);
      output.finish();
    }
  }

  /// Unpacks a tar from standard input.
  private void receive(End target, CopyEnd place, Reading.Arguments<FilesOption> arguments) {
    Fd directory =
        switch (place.target()) {
          case Target.Into(Fd into) -> into;
          case Target.As _ ->
              throw new UsageException(
                  "\"" + place.path() + "\"", "there is no such directory", "make it first");
        };
    String archive = "standard input";
    try (TreeSink sink = sink(directory, target, arguments);
        InputStream content = Compression.open(new FdInput(kernel.files(), Fd.STDIN)).content()) {
      TarReader tar = new TarReader(content, archive, TarReader.End.MARKED);
      for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
        boolean file = entry.content() instanceof TarContent.RegularFile;
        sink.add(entry, file ? new EntrySink.FileBytes.OfArchive(tar) : EntrySink.NO_BYTES);
      }
      sink.finish();
      tar.drain();
    } catch (IOException e) {
      throw new ImageException(archive, "cannot be read: " + e.getMessage(), "", e);
    }
  }
}
