package dev.brig.cli.build;

import dev.brig.cli.bundle.GroupFile;
import dev.brig.cli.bundle.PasswdFile;
import dev.brig.cli.bundle.UserLookup;
import dev.brig.error.UsageException;
import dev.brig.image.Digest;
import dev.brig.image.build.CacheKey;
import dev.brig.image.build.ConfigDraft;
import dev.brig.image.build.CopyEntry;
import dev.brig.image.build.CopyPlanner;
import dev.brig.image.build.CopyPlanner.Owner;
import dev.brig.image.build.CopyRequest;
import dev.brig.image.build.IgnoreFile;
import dev.brig.image.build.Place;
import dev.brig.image.build.Step;
import dev.brig.image.layer.TarContent;
import dev.brig.image.layer.TarEntry;
import dev.brig.image.layer.TarWriter;
import dev.brig.image.store.ImageBuild.Layer;
import dev.brig.image.tree.EntrySink;
import dev.brig.image.tree.TarSink;
import dev.brig.linux.Fd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Does COPY, ADD and WORKDIR: a layer is written at once, without a container.
final class CopyRunner {
  private static final int FILE_BYTES_MAX = 4 << 20;

  private final Workshop shop;
  private final Sources sources;
  private final ConfigDraft config;
  private final List<Layer> layers;

  CopyRunner(Workshop shop, Sources sources, ConfigDraft config, List<Layer> layers) {
    this.shop = shop;
    this.sources = sources;
    this.config = config;
    this.layers = List.copyOf(layers);
  }

  /// Something to be done unless it was done before.
  ///
  /// @param key the key of its result
  /// @param writer does it
  record Work(Digest key, Supplier<Optional<Layer>> writer) {
    Optional<Layer> write() {
      return writer.get();
    }
  }

  private FdTree target() {
    return new FdTree(shop.kernel(), shop.root(config.copy(), layers));
  }

  /// Works out a COPY or an ADD.
  ///
  /// @param stage the number of the stage that it is in
  Work plan(CopyRequest request, int stage) {
    Sources.Opened from = sources.open(request.options().from(), stage, request.place());
    FdTree target = target();
    Archives archives = new Archives(shop.kernel(), from.tree());
    Owner owner = owner(request, target);
    List<CopyEntry> entries =
        new CopyPlanner(
                request, from.source(), target, owner, shop.nowSeconds(), archives::isArchive)
            .plan();
    Optional<Owner> forced =
        request.options().chown().isEmpty() ? Optional.empty() : Optional.of(owner);
    Digest key =
        CacheKey.copy(
            Workshop.chain(layers) + forced,
            shop.settings().timestampText(),
            entries,
            from.tree()::digest);
    return new Work(key, () -> write(entries, tar -> new LayerWriter(tar, from, archives, forced)));
  }

  /// Works out a WORKDIR.
  Work plan(Step.Directory step) {
    FdTree target = target();
    Owner owner = owner(step.instruction().place(), step.user(), target);
    List<CopyEntry> entries =
        CopyPlanner.directory(
            step.instruction().place(), step.path(), target, owner, shop.nowSeconds());
    Digest key =
        CacheKey.copy(
            Workshop.chain(layers),
            shop.settings().timestampText(),
            entries,
            _ -> Digest.of(new byte[0]));
    Sources.Opened nothing = new Sources.Opened("", Fd.CWD, target, IgnoreFile.none());
    Archives archives = new Archives(shop.kernel(), target);
    return new Work(
        key,
        () -> write(entries, tar -> new LayerWriter(tar, nothing, archives, Optional.empty())));
  }

  private interface Writers {
    LayerWriter on(TarWriter tar);
  }

  private Optional<Layer> write(List<CopyEntry> entries, Writers writers) {
    if (entries.isEmpty()) {
      return Optional.empty();
    }
    Layer layer =
        shop.store()
            .write(tar -> {
              LayerWriter writer = writers.on(tar);
              for (CopyEntry entry : entries) {
                shop.interruption().check();
                writer.write(entry);
              }
            });
    return Optional.of(layer);
  }

  private static Owner owner(CopyRequest request, FdTree target) {
    return owner(request.place(), request.options().chown(), target);
  }

  private static Owner owner(Place place, String text, FdTree target) {
    if (text.isEmpty()) {
      return Owner.ROOT;
    }
    // A number alone is the group's as well; so has it the reference.
    String whole = text.indexOf(':') < 0 && isNumber(text) ? text + ":" + text : text;
    UserLookup lookup =
        new UserLookup(
            PasswdFile.parse(text(target, "etc/passwd")),
            GroupFile.parse(text(target, "etc/group")));
    try {
      UserLookup.Identity identity = lookup.resolve(whole, List.of());
      return new Owner(identity.uid(), identity.gid());
    } catch (UsageException e) {
      throw place.wrong(e.failure().line(), e.failure().hint());
    }
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static String text(FdTree tree, String path) {
    return new String(tree.bytes(path, FILE_BYTES_MAX), StandardCharsets.UTF_8);
  }

  /// Writes entries into a layer.
  private final class LayerWriter {
    private final TarSink sink;
    private final TarWriter tar;
    private final Sources.Opened from;
    private final Archives archives;
    private final Optional<Owner> owner;

    LayerWriter(TarWriter tar, Sources.Opened from, Archives archives, Optional<Owner> owner) {
      this.tar = tar;
      this.sink = new TarSink(shop.kernel().files(), tar, shop.times());
      this.from = from;
      this.archives = archives;
      this.owner = owner;
    }

    void write(CopyEntry entry) throws IOException {
      switch (entry) {
        case CopyEntry.Plain(TarEntry plain) -> sink.add(plain, EntrySink.NO_BYTES);
        case CopyEntry.FromSource(TarEntry file, String path) -> {
          try (Fd fd = from.tree().open(path)) {
            sink.add(file, new EntrySink.FileBytes.OfFile(fd));
          }
        }
        case CopyEntry.FromText(TarEntry file, String text) -> {
          byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
          tar.begin(
              new TarEntry(
                  file.name(),
                  new TarContent.RegularFile(bytes.length),
                  shop.times().of(file.attributes())));
          tar.write(bytes, 0, bytes.length);
        }
        case CopyEntry.FromArchive(String path, String directory) ->
            archives.unpack(path, directory, owner, sink);
      }
    }
  }
}
