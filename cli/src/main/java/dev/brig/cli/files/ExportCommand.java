package dev.brig.cli.files;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.image.tree.TarSink;
import dev.brig.image.tree.TreeFiles;
import dev.brig.image.tree.TreeNode;
import dev.brig.image.tree.TreeWalk;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.files.ContainerTrees;
import dev.brig.runtime.files.ContainerTrees.Motion;
import java.util.List;

/// `brig export`.
public final class ExportCommand implements Command<FilesOption> {
  private final Context context;

  /// Makes the command.
  public ExportCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<FilesOption> syntax() {
    return new Syntax<>(
        "export",
        "Write a container's root file system as a tar.",
        List.of(FilesOption.OUTPUT),
        Operands.exactly(1, "CONTAINER"),
        List.of(
            "",
            "What is mounted in the container is not in it. brig import makes an image of the"
                + " tar."));
  }

  @Override
  public int run(Reading.Arguments<FilesOption> arguments) {
    context.inside().enterToMount();
    Container container = context.containers().find(arguments.operands().getFirst());
    Trees trees = new Trees(context);
    TreeFiles files = trees.files(trees.ids(container));
    try (TarOutput output = TarOutput.open(context, arguments.value(FilesOption.OUTPUT, ""));
        ContainerTrees.Opened opened =
            trees.containers().read(container, "export", Motion.GOES_ON);
        TreeNode root = files.find(opened.after(), ".").orElseThrow()) {
      TarSink sink = new TarSink(context.kernel().files(), output.tar(), TarSink.Times.KEPT);
      new TreeWalk(files, sink, TreeWalk.Mounts.LEFT_OUT).addContents(root, "");
      output.finish();
    }
    return ExitCodes.SUCCESS;
  }
}
