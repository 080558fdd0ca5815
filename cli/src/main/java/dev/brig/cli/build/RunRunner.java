package dev.brig.cli.build;

import dev.brig.cli.command.CommandException;
import dev.brig.cli.run.RunOption;
import dev.brig.cli.run.StepContainer;
import dev.brig.cli.syntax.Reading.Setting;
import dev.brig.error.Failure;
import dev.brig.image.Digest;
import dev.brig.image.Image;
import dev.brig.image.build.CacheKey;
import dev.brig.image.build.ConfigDraft;
import dev.brig.image.build.Step;
import dev.brig.image.store.ImageBuild.Layer;
import dev.brig.image.tree.IdMap;
import dev.brig.image.tree.LayerSink;
import dev.brig.image.tree.TarSink;
import dev.brig.image.tree.TreeComparison;
import dev.brig.image.tree.TreeFiles;
import dev.brig.linux.Fd;
import dev.brig.linux.OpenFlag;
import dev.brig.runtime.files.RootMounts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Does RUN: a container runs the command, and what it has written becomes a layer.
final class RunRunner {
  private static final int STATUS_FAILED = 125;
  private static final int LOG_BYTES_MAX = 64 << 20;

  private final Workshop shop;
  private final Sources sources;
  private final ConfigDraft config;
  private final List<Layer> layers;

  RunRunner(Workshop shop, Sources sources, ConfigDraft config, List<Layer> layers) {
    this.shop = shop;
    this.sources = sources;
    this.config = config;
    this.layers = List.copyOf(layers);
  }

  /// Something to be done unless it was done before.
  ///
  /// @param key the key of its result
  /// @param performer does it
  record Work(Digest key, Supplier<Optional<Layer>> performer) {
    Optional<Layer> perform() {
      return performer.get();
    }
  }

  /// Works out a RUN.
  ///
  /// @param stage the number of the stage that it is in
  Work plan(Step.Run run, int stage) {
    String network = run.network().isEmpty() ? shop.settings().network() : run.network();
    MountMaker mounts = new MountMaker(shop, sources, run, stage);
    Digest key =
        CacheKey.run(
            Workshop.chain(layers),
            shop.settings().timestampText(),
            run,
            network,
            mounts.digests());
    return new Work(key, () -> perform(run, network, mounts));
  }

  private Optional<Layer> perform(Step.Run run, String network, MountMaker mounts) {
    Image image = shop.store().unpack(config.copy().document(shop.now()), layers);
    try (MountMaker made = mounts) {
      List<Setting<RunOption>> settings = settings(run, network);
      settings.addAll(made.make());
      try (StepContainer container =
          StepContainer.make(shop.context(), image, settings, run.command())) {
        int status = run(container);
        shop.interruption().check();
        if (status != 0) {
          throw failed(run, network, status);
        }
        return layer(container, image, made);
      }
    }
  }

  private List<Setting<RunOption>> settings(Step.Run run, String network) {
    List<Setting<RunOption>> settings = new ArrayList<>();
    settings.add(new Setting<>(RunOption.ENTRYPOINT, ""));
    settings.add(new Setting<>(RunOption.NETWORK, network));
    // What a step writes below a volume's path belongs to the image.
    settings.add(new Setting<>(RunOption.IMAGE_VOLUME, "ignore"));
    settings.add(new Setting<>(RunOption.WORKDIR, run.context().workingDirectory()));
    if (!run.context().user().isEmpty()) {
      settings.add(new Setting<>(RunOption.USER, run.context().user()));
    }
    String tasks = shop.settings().given().value(BuildOption.PIDS_LIMIT, "");
    if (!tasks.isEmpty()) {
      settings.add(new Setting<>(RunOption.PIDS_LIMIT, tasks));
    }
    for (String variable : run.context().environment()) {
      settings.add(new Setting<>(RunOption.ENV, variable));
    }
    return settings;
  }

  private int run(StepContainer container) {
    String log = container.paths().log().toString();
    OpenFlag[] flags = {OpenFlag.O_RDWR, OpenFlag.O_CREAT, OpenFlag.O_APPEND};
    shop.interruption().runs(container);
    try (Fd kept = shop.kernel().files().openat(Fd.CWD, log, 0600, flags)) {
      int status = container.run(shop.progress().output(kept));
      if (status != 0 && shop.progress().isQuiet()) {
        // Nobody has seen why.
        shop.kernel().files().seek(kept, 0);
        byte[] words = shop.kernel().files().readAll(kept, LOG_BYTES_MAX);
        shop.context().err().writeBytes(words);
        shop.context().err().flush();
      }
      return status;
    } finally {
      shop.interruption().ran();
    }
  }

  private static CommandException failed(Step.Run run, String network, int status) {
    String hint =
        network.equals("none")
            ? "a build has no network: if the step needs one, RUN --network=host, or brig build"
                + " --network host"
            : "";
    Failure failure =
        Failure.of(
            run.instruction().place().toString(),
            run.instruction().text().lines().findFirst().orElse("") + ": exit status " + status,
            hint);
    return new CommandException("", failure, STATUS_FAILED);
  }

  private Optional<Layer> layer(StepContainer container, Image image, MountMaker mounts) {
    mounts.removePlaces(container.paths().upper());
    RootMounts roots = new RootMounts(shop.kernel(), shop.context().host());
    TreeFiles files =
        new TreeFiles(shop.kernel(), IdMap.IDENTITY, IdMap.IDENTITY, TreeFiles.Xattrs.PORTABLE);
    List<Path> all = new ArrayList<>(List.of(container.paths().upper()));
    all.addAll(image.layers());
    try (Fd before = roots.stacked(image.layers());
        Fd after = roots.stacked(all);
        Fd upper = directory(container.paths().upper())) {
      Changes changes = new Changes();
      new TreeComparison(files, changes).run(before, after, List.of(upper));
      if (!changes.any()) {
        return Optional.empty();
      }
      return Optional.of(
          shop.store()
              .write(tar -> {
                TarSink sink = new TarSink(shop.kernel().files(), tar, shop.times());
                new TreeComparison(files, new LayerSink(files, sink))
                    .run(before, after, List.of(upper));
              }));
    }
  }

  private Fd directory(Path path) {
    return shop.kernel()
        .files()
        .openat(Fd.CWD, path.toString(), OpenFlag.O_PATH, OpenFlag.O_DIRECTORY);
  }
}
