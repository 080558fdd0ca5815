package dev.brig.cli.files;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.cli.value.Wrong;
import dev.brig.error.UsageException;
import dev.brig.image.layer.Compression;
import dev.brig.image.layer.TarWriter;
import dev.brig.image.store.ConfigEdit;
import dev.brig.image.store.ImageCommit;
import dev.brig.image.store.ImageCommit.Stacking;
import dev.brig.image.store.ImageStore;
import dev.brig.image.tree.LayerSink;
import dev.brig.image.tree.TarSink;
import dev.brig.image.tree.TreeComparison;
import dev.brig.image.tree.TreeFiles;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.OpenFlag;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.files.ContainerTrees;
import dev.brig.runtime.files.ContainerTrees.Motion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// `brig commit`.
public final class CommitCommand implements Command<FilesOption> {
  private static final int MILLIS = 1000;
  private static final int ID_LENGTH = 64;

  private final Context context;

  /// Makes the command.
  public CommitCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<FilesOption> syntax() {
    return new Syntax<>(
        "commit",
        "Make an image of a container: its image, and a layer of what it has written.",
        List.of(
            FilesOption.AUTHOR,
            FilesOption.CHANGE,
            FilesOption.MESSAGE,
            FilesOption.PAUSE,
            FilesOption.SQUASH,
            FilesOption.TIMESTAMP,
            FilesOption.COMPRESSION,
            FilesOption.IIDFILE,
            FilesOption.QUIET),
        new Operands("CONTAINER [NAME]", 1, 2, Operands.Order.MIXED),
        List.of(
            "",
            "The container's command, variables, working directory and labels become the image's.",
            "What is mounted in the container is not in the image.",
            "",
            "Example:",
            "  brig commit -c 'CMD [\"nginx\"]' web lab/web:2"));
  }

  @Override
  public int run(Reading.Arguments<FilesOption> arguments) {
    context.inside().enterToMount();
    List<String> operands = arguments.operands();
    Container container = context.containers().find(operands.getFirst());
    Stacking stacking = arguments.has(FilesOption.SQUASH) ? Stacking.ALONE : Stacking.ON_TOP;
    String base = base(container, stacking);
    Compression compression = compression(arguments.value(FilesOption.COMPRESSION, "gzip"));
    TarSink.Times times = times(arguments);
    String name = operands.size() > 1 ? operands.get(1) : "";
    boolean pause = !arguments.value(FilesOption.PAUSE, "true").equals("false");
    try (ImageStore images = context.images()) {
      List<ConfigEdit> edits = new ArrayList<>(new ContainerEdits(context, images).of(container));
      for (Reading.Setting<FilesOption> setting : arguments.settings()) {
        if (setting.option() == FilesOption.CHANGE) {
          edits.add(ConfigEdit.parse("--change", setting.value()));
        }
      }
      ImageCommit.Contents contents =
          tar ->
              write(
                  container,
                  stacking,
                  new Layer(tar, times, pause ? Motion.STOPPED : Motion.GOES_ON));
      String id =
          images.commit(
              new ImageCommit(
                  base,
                  stacking,
                  contents,
                  edits,
                  history(container, arguments, times),
                  name,
                  compression));
      writeIdFile(arguments.value(FilesOption.IIDFILE, ""), id);
      context.out().println(id);
    }
    return ExitCodes.SUCCESS;
  }

  private static String base(Container container, Stacking stacking) {
    String id = container.record().image().id();
    boolean stored = id.length() == ID_LENGTH && id.indexOf('/') < 0;
    if (!stored && stacking == Stacking.ON_TOP) {
      throw new UsageException(
          "commit " + container.name(),
          "it was made from "
              + container.record().image().reference()
              + ", which is no image in the store",
          "--squash makes an image of all that the container has");
    }
    return stored ? id : "";
  }

  private record Layer(TarWriter tar, TarSink.Times times, Motion motion) {}

  private void write(Container container, Stacking stacking, Layer layer) {
    Trees trees = new Trees(context);
    TreeFiles files = trees.files(trees.ids(container));
    TarSink sink = new TarSink(context.kernel().files(), layer.tar(), layer.times());
    TreeComparison comparison = new TreeComparison(files, new LayerSink(files, sink));
    try (ContainerTrees.Opened opened =
        trees.containers().read(container, "commit", layer.motion())) {
      switch (stacking) {
        case ON_TOP -> comparison.run(opened.before(), opened.after(), opened.guides());
        case ALONE -> comparison.tell(opened.after());
      }
    }
  }

  private static Compression compression(String text) {
    return switch (text) {
      case "gzip" -> Compression.GZIP;
      case "zstd" -> Compression.ZSTD;
      case "none" -> Compression.NONE;
      default -> throw Wrong.value("--compression", text, "not gzip, zstd or none");
    };
  }

  private TarSink.Times times(Reading.Arguments<FilesOption> arguments) {
    String all = arguments.value(FilesOption.TIMESTAMP, "");
    String latest = context.environment().getOrDefault("SOURCE_DATE_EPOCH", "");
    return new TarSink.Times(seconds("SOURCE_DATE_EPOCH", latest), seconds("--timestamp", all));
  }

  private static OptionalLong seconds(String origin, String text) {
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      throw Wrong.value(origin, text, "not a number of seconds since 1970");
    }
  }

  private static ImageCommit.History history(
      Container container, Reading.Arguments<FilesOption> arguments, TarSink.Times times) {
    long now = System.currentTimeMillis() / MILLIS;
    long created =
        times.allSeconds().orElseGet(() -> Math.min(now, times.latestSeconds().orElse(now)));
    return new ImageCommit.History(
        created,
        String.join(" ", container.record().command()),
        arguments.value(FilesOption.AUTHOR, ""),
        arguments.value(FilesOption.MESSAGE, ""));
  }

  private void writeIdFile(String path, String id) {
    if (path.isEmpty()) {
      return;
    }
    Kernel kernel = context.kernel();
    OpenFlag[] flags = {OpenFlag.O_WRONLY, OpenFlag.O_CREAT, OpenFlag.O_TRUNC};
    try (Fd fd = kernel.files().openat(Fd.CWD, path, 0644, flags)) {
      kernel.files().writeAll(fd, id.getBytes(StandardCharsets.US_ASCII));
    }
  }
}
