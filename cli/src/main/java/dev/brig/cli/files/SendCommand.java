package dev.brig.cli.files;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.image.ImageException;
import dev.brig.image.layer.Attributes;
import dev.brig.image.layer.TarContent;
import dev.brig.image.layer.TarEntry;
import dev.brig.image.layer.TarWriter;
import dev.brig.image.tree.EntrySink;
import dev.brig.image.tree.TarSink;
import dev.brig.image.tree.TreeFiles;
import dev.brig.image.tree.TreeNode;
import dev.brig.image.tree.TreeWalk;
import dev.brig.linux.DirectoryEntry;
import dev.brig.linux.Fd;
import dev.brig.linux.FileType;
import dev.brig.linux.Kernel;
import dev.brig.linux.OpenFlag;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.container.ContainerStore;
import dev.brig.runtime.container.ImageOrigin;
import dev.brig.runtime.container.Snapshot;
import dev.brig.runtime.container.SnapshotList;
import dev.brig.runtime.files.Snapshots.Moment;
import dev.brig.runtime.spec.SpecWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// `brig send`.
public final class SendCommand implements Command<FilesOption> {
  private static final int FILE_BYTES_MAX = 16 << 20;

  private final Context context;
  private final Kernel kernel;

  /// Makes the command.
  public SendCommand(Context context) {
    this.context = context;
    this.kernel = context.kernel();
  }

  @Override
  public Syntax<FilesOption> syntax() {
    return new Syntax<>(
        "send",
        "Write a whole container, with all layers and snapshots, as a stream.",
        List.of(FilesOption.OUTPUT),
        Operands.exactly(1, "CONTAINER"),
        List.of(
            "",
            "brig receive makes the container of it, here or elsewhere. What is mounted in the",
            "container is not in it.",
            "",
            "Example:",
            "  brig send web | ssh other brig receive"));
  }

  @Override
  public int run(Reading.Arguments<FilesOption> arguments) {
    context.inside().enterToMount();
    ContainerStore store = context.containers();
    Container container = store.find(arguments.operands().getFirst());
    Trees trees = new Trees(context);
    try (TarOutput output = TarOutput.open(context, arguments.value(FilesOption.OUTPUT, ""));
        Moment moment = trees.snapshots().moment(container, "send")) {
      SnapshotList snapshots = store.snapshots(container.id());
      Set<Path> layers = new LinkedHashSet<>(moment.layers());
      for (Snapshot snapshot : snapshots.snapshots()) {
        layers.addAll(snapshot.layers());
      }
      send(container, new Parts(moment.layers(), snapshots, List.copyOf(layers)), output.tar());
      output.finish();
    } catch (IOException e) {
      throw new ImageException("stream", "cannot be written: " + e.getMessage(), "", e);
    }
    return ExitCodes.SUCCESS;
  }

  /// What is sent of a container besides its files.
  private record Parts(List<Path> now, SnapshotList snapshots, List<Path> layers) {}

  private void send(Container container, Parts parts, TarWriter tar) throws IOException {
    List<String> names = new ArrayList<>();
    for (Path layer : parts.layers()) {
      names.add(layer.toString());
    }
    StreamHead head =
        new StreamHead(
            System.getProperty("os.arch", ""),
            context.paths().root().toString(),
            bytes(parts.layers()),
            names);
    add(tar, StreamHead.NAME, head.text());
    var image = container.record().image();
    var record =
        container.record().toBuilder()
            .image(new ImageOrigin(image.reference(), image.id(), parts.now()))
            .build();
    add(tar, "container.json", ContainerStore.text(record));
    add(tar, "config.json", SpecWriter.write(context.containers().spec(container.id())));
    add(tar, "snapshots.json", ContainerStore.text(parts.snapshots()));
    addFiles(container, tar);
    for (int i = 0; i < parts.layers().size(); i++) {
      addLayer(parts.layers().get(i), "layers/" + i, tar);
    }
  }

  private void addFiles(Container container, TarWriter tar) throws IOException {
    try (Fd directory = open(container.paths().directory())) {
      for (DirectoryEntry entry : kernel.tree().list(directory)) {
        if (entry.type() == FileType.REGULAR && !ContainerCopy.isOwn(entry.name())) {
          byte[] bytes =
              kernel
                  .files()
                  .readIfPresent(directory, entry.name(), FILE_BYTES_MAX)
                  .orElse(new byte[0]);
          add(tar, "files/" + entry.name(), new String(bytes, StandardCharsets.UTF_8));
        }
      }
    }
  }

  private Fd open(Path directory) {
    return kernel
        .files()
        .openat(Fd.CWD, directory.toString(), OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY);
  }

  private static void add(TarWriter tar, String name, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Attributes attributes = new Attributes(0600, 0, 0, 0, 0, Map.of());
    tar.begin(new TarEntry(name, new TarContent.RegularFile(bytes.length), attributes));
    tar.write(bytes, 0, bytes.length);
  }

  private long bytes(List<Path> layers) {
    Counter counter = new Counter();
    for (Path layer : layers) {
      walk(layer, "layer", counter);
    }
    return counter.bytes;
  }

  private void addLayer(Path layer, String name, TarWriter tar) {
    walk(layer, name, new TarSink(kernel.files(), tar, TarSink.Times.KEPT));
  }

  /// A layer may be a directory or an image of a file system: mounted nowhere it is a tree.
  private void walk(Path layer, String name, EntrySink sink) {
    TreeFiles raw = Trees.raw(kernel);
    try (Fd tree = new Trees(context).containers().roots().stacked(List.of(layer));
        TreeNode root = raw.find(tree, ".").orElseThrow()) {
      new TreeWalk(raw, sink, TreeWalk.Mounts.LEFT_OUT).add(root, name);
    }
  }

  /// Adds up what files take.
  private static final class Counter implements EntrySink {
    private static final int BLOCK = 4096;
    private long bytes;

    @Override
    public void add(TarEntry entry, FileBytes data) {
      bytes += BLOCK;
      if (entry.content() instanceof TarContent.RegularFile(long size, var _)) {
        bytes += (size + BLOCK - 1) / BLOCK * BLOCK;
      }
    }
  }
}
