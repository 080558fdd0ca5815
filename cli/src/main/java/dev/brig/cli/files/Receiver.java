package dev.brig.cli.files;

import dev.brig.cli.command.Context;
import dev.brig.error.UsageException;
import dev.brig.image.ImageException;
import dev.brig.image.layer.EntryPath;
import dev.brig.image.layer.TarContent;
import dev.brig.image.layer.TarEntry;
import dev.brig.image.layer.TarReader;
import dev.brig.image.tree.EntrySink;
import dev.brig.image.tree.IdMap;
import dev.brig.image.tree.Owners;
import dev.brig.image.tree.TreeSink;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.OpenFlag;
import dev.brig.runtime.container.ContainerException;
import dev.brig.runtime.container.ContainerId;
import dev.brig.runtime.container.ContainerRecord;
import dev.brig.runtime.container.ContainerStore;
import dev.brig.runtime.container.ImageOrigin;
import dev.brig.runtime.container.LockedContainer;
import dev.brig.runtime.container.Snapshot;
import dev.brig.runtime.container.SnapshotList;
import dev.brig.runtime.files.FrozenLayers;
import dev.brig.runtime.files.RootMounts;
import dev.brig.runtime.json.JsonException;
import dev.brig.runtime.spec.LinuxIdMapping;
import dev.brig.runtime.spec.Mount;
import dev.brig.runtime.spec.Spec;
import dev.brig.runtime.spec.SpecReader;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Makes a container of a stream: documents first, layers then, each in a place that nobody removes
/// before the container names it. See [StreamHead].
final class Receiver implements AutoCloseable {
  private static final int DOCUMENT_BYTES_MAX = 16 << 20;
  private static final int FILES_MAX = 100;
  private static final String LAYERS = "layers/";
  private static final String FILES = "files/";

  private final Context context;
  private final Kernel kernel;
  private final TarReader tar;
  private final String archive;
  private final FrozenLayers frozen;
  private final Map<String, String> documents = new LinkedHashMap<>();
  private final List<FrozenLayers.Place> places = new ArrayList<>();
  private @Nullable TarEntry next;

  Receiver(Context context, TarReader tar, String archive) {
    this.context = context;
    this.kernel = context.kernel();
    this.tar = tar;
    this.archive = archive;
    this.frozen = context.frozen();
  }

  /// Reads all that comes before the layers.
  void readDocuments() {
    next = tar.next();
    while (next != null && !next.name().startsWith(LAYERS)) {
      documents.put(next.name(), document(next));
      if (documents.size() > FILES_MAX) {
        throw noStream();
      }
      next = tar.next();
    }
    for (String name :
        List.of(StreamHead.NAME, "container.json", "config.json", "snapshots.json")) {
      if (!documents.containsKey(name)) {
        throw noStream();
      }
    }
  }

  private ImageException noStream() {
    return new ImageException(
        archive, "not a container that brig send has written", "brig import takes images");
  }

  private String document(TarEntry entry) {
    if (!(entry.content() instanceof TarContent.RegularFile(long size, var _))
        || size > DOCUMENT_BYTES_MAX) {
      throw noStream();
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream((int) size);
    byte[] buffer = new byte[64 * 1024];
    int count = tar.read(buffer, 0, buffer.length);
    while (count > 0) {
      bytes.write(buffer, 0, count);
      count = tar.read(buffer, 0, buffer.length);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private String text(String name) {
    return documents.getOrDefault(name, "");
  }

  StreamHead head() {
    return StreamHead.read(text(StreamHead.NAME));
  }

  ContainerRecord record() {
    try {
      return ContainerStore.record(text("container.json"));
    } catch (JsonException e) {
      throw new ImageException(archive, e.failure().line(), "", e);
    }
  }

  /// Returns what this machine lacks for the container, a line each.
  ///
  /// @param name what it is to be called
  List<String> lacking(String name) {
    List<String> lacking = new ArrayList<>();
    StreamHead head = head();
    String here = System.getProperty("os.arch", "");
    if (!head.architecture().equals(here)) {
      lacking.add(
          "architecture: the container is for " + head.architecture() + ", this is " + here);
    }
    int layers = record().image().layers().size();
    if (layers >= RootMounts.LAYERS_MAX) {
      lacking.add("kernel: " + layers + " layers, overlayfs takes 500");
    }
    long room = kernel.attributes().statfs(context.paths().root().toString()).bytesAvailable();
    if (head.bytes() > room) {
      lacking.add("space: " + head.bytes() + " bytes are needed, " + room + " are free");
    }
    Spec spec = SpecReader.read(text("config.json"));
    if (context.inside().isHere()) {
      addIds(spec.linux().uidMappings(), lacking);
    }
    for (Mount mount : spec.mounts()) {
      String source = mount.source();
      boolean own = source.startsWith(head.root() + "/");
      if (source.startsWith("/") && !own && !kernel.attributes().exists(source)) {
        lacking.add("file: " + source + ", which is mounted on " + mount.destination());
      }
    }
    if (isTaken(name)) {
      lacking.add("name: " + name + " is taken, --name gives another");
    }
    return lacking;
  }

  private void addIds(List<LinuxIdMapping> mappings, List<String> lacking) {
    IdMap own = new IdMap(Trees.ownRanges(kernel, "/proc/self/uid_map"));
    if (mappings.isEmpty()) {
      lacking.add("ids: the container is root's, and this is an ordinary user");
    } else if (!Trees.map(mappings).equals(own)) {
      lacking.add("ids: the container's user ids are others than yours");
    }
  }

  private boolean isTaken(String name) {
    try {
      return context.containers().find(name).name().equals(name);
    } catch (ContainerException _) {
      return false;
    }
  }

  /// Reads the layers.
  void readLayers() {
    StreamHead head = head();
    for (int i = 0; i < head.layers().size(); i++) {
      FrozenLayers.Place place = frozen.make(origin(head, head.layers().get(i)));
      places.add(place);
      kernel.tree().mkdirat(Fd.CWD, place.layer().toString(), 0755);
      readLayer(Integer.toString(i), place.layer());
    }
    if (next != null) {
      throw noStream();
    }
    tar.drain();
    if (!places.isEmpty()) {
      kernel.files().syncfs(places.getFirst().held());
    }
  }

  private static FrozenLayers.Origin origin(StreamHead head, String layer) {
    boolean written = layer.startsWith(head.root() + "/frozen/") && layer.endsWith("/fs");
    return written ? FrozenLayers.Origin.WRITTEN : FrozenLayers.Origin.IMAGE;
  }

  private void readLayer(String number, Path layer) {
    OpenFlag[] flags = {OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY};
    try (Fd directory = kernel.files().openat(Fd.CWD, layer.toString(), flags);
        TreeSink sink =
            new TreeSink(kernel, directory, archive, Owners.Kept.PLAIN, context::warn)) {
      TarEntry root = null;
      while (next != null && isOf(number, next)) {
        TarEntry entry = below(next);
        if (entry.name().isEmpty()) {
          root = entry;
        } else {
          boolean file = entry.content() instanceof TarContent.RegularFile;
          sink.add(entry, file ? new EntrySink.FileBytes.OfArchive(tar) : EntrySink.NO_BYTES);
        }
        next = tar.next();
      }
      sink.finish();
      if (root == null) {
        throw noStream();
      }
      sink.giveRoot(root.attributes());
    }
  }

  private static boolean isOf(String number, TarEntry entry) {
    List<String> parts = EntryPath.split(entry.name());
    return parts.size() >= 2 && parts.get(0).equals("layers") && parts.get(1).equals(number);
  }

  /// Returns an entry with the path that it has in its layer.
  private static TarEntry below(TarEntry entry) {
    TarContent content =
        entry.content() instanceof TarContent.HardLink(String target)
            ? new TarContent.HardLink(below(target))
            : entry.content();
    return new TarEntry(below(entry.name()), content, entry.attributes());
  }

  private static String below(String path) {
    List<String> parts = EntryPath.split(path);
    return String.join("/", parts.subList(Math.min(2, parts.size()), parts.size()));
  }

  /// Makes the container.
  ///
  /// @param name what to call it, or empty for its own name
  /// @return its id
  String make(String name) {
    return frozen.undisturbed(() -> made(name));
  }

  private String made(String name) {
    ContainerRecord sent = record();
    ContainerId id = ContainerId.random(kernel);
    List<Path> cgroups = new ArrayList<>();
    for (Path cgroup : sent.cgroups()) {
      cgroups.add(Path.of(renamed(cgroup.toString(), sent.id(), id)));
    }
    ImageOrigin image = sent.image();
    ContainerRecord record =
        ContainerRecord.builder(id, name.isEmpty() ? sent.name() : name, System.currentTimeMillis())
            .image(new ImageOrigin(image.reference(), image.id(), moved(image.layers())))
            .command(sent.command())
            .options(sent.options())
            .stop(sent.stop())
            .userns(sent.userns())
            .network(sent.network())
            .labels(sent.labels())
            .cgroups(cgroups)
            .limits(ContainerCopy.renamed(sent.limits(), sent.id(), id))
            .supervision(sent.supervision())
            .memory(sent.memory())
            .degree(sent.degree())
            .build();
    Spec spec = SpecReader.read(renamed(text("config.json"), sent.id(), id));
    ContainerStore store = context.containers();
    try (LockedContainer made = store.create(record, spec)) {
      try {
        for (Map.Entry<String, String> file : documents.entrySet()) {
          if (file.getKey().startsWith(FILES)) {
            String text = renamed(file.getValue(), sent.id(), id);
            write(made.paths().directory(), file.getKey().substring(FILES.length()), text);
          }
        }
        Trees.copyRoot(kernel, record.image().layers().getLast(), made.paths().upper());
        store.write(id, snapshots());
      } catch (RuntimeException e) {
        made.remove();
        throw e;
      }
      return id.text();
    }
  }

  private String renamed(String text, ContainerId from, ContainerId to) {
    String root = context.paths().root().toString();
    return ContainerCopy.renamed(text.replace(head().root() + "/", root + "/"), from, to);
  }

  private List<Path> moved(List<Path> sent) {
    List<String> known = head().layers();
    List<Path> here = new ArrayList<>();
    for (Path layer : sent) {
      int number = known.indexOf(layer.toString());
      if (number < 0) {
        throw noStream();
      }
      here.add(places.get(number).layer());
    }
    return here;
  }

  private SnapshotList snapshots() {
    SnapshotList sent = ContainerStore.snapshots(text("snapshots.json"));
    List<Snapshot> here = new ArrayList<>();
    for (Snapshot each : sent.snapshots()) {
      here.add(
          new Snapshot(
              each.name(),
              each.parent(),
              each.createdSeconds(),
              each.comment(),
              moved(each.layers())));
    }
    return new SnapshotList(sent.current(), here);
  }

  private void write(Path directory, String name, String text) {
    if (EntryPath.split(name).size() != 1 || ContainerCopy.isOwn(name)) {
      throw new UsageException(
          archive, "it has the file \"" + name + "\", which no container has", "");
    }
    OpenFlag[] flags = {OpenFlag.O_WRONLY, OpenFlag.O_CREAT, OpenFlag.O_EXCL, OpenFlag.O_NOFOLLOW};
    try (Fd fd = kernel.files().openat(Fd.CWD, directory.resolve(name).toString(), 0644, flags)) {
      kernel.attributes().chmod(fd, 0644);
      kernel.files().writeAll(fd, text.getBytes(StandardCharsets.UTF_8));
    }
  }

  @Override
  public void close() {
    places.forEach(FrozenLayers.Place::close);
    if (!places.isEmpty()) {
      frozen.collect();
    }
  }
}
