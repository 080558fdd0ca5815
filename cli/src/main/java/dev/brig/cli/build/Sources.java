package dev.brig.cli.build;

import dev.brig.error.BrigException;
import dev.brig.image.build.ConfigDraft;
import dev.brig.image.build.CopyPlanner;
import dev.brig.image.build.IgnoreFile;
import dev.brig.image.build.Place;
import dev.brig.image.build.Stage;
import dev.brig.image.store.ImageBuild.Base;
import dev.brig.linux.Fd;
import dev.brig.linux.OpenFlag;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Where COPY and mounts take files from: the context, further contexts, stages, images.
final class Sources {
  private static final String IMAGE = "docker-image://";

  private final Workshop shop;
  private final BuildContext context;
  private final Map<Integer, StageState> stages = new HashMap<>();
  private final Map<String, Opened> opened = new HashMap<>();

  Sources(Workshop shop, BuildContext context) {
    this.shop = shop;
    this.context = context;
  }

  /// Files to copy from.
  ///
  /// @param what what to call them in messages
  /// @param root their root
  /// @param tree the same, to be looked at
  /// @param ignore what of them is left out
  record Opened(String what, Fd root, FdTree tree, IgnoreFile ignore) {
    CopyPlanner.Source source() {
      return new CopyPlanner.Source(what, tree, ignore);
    }
  }

  /// Takes in a stage that was built.
  void add(Stage stage, StageState state) {
    stages.put(stage.index(), state);
  }

  /// Returns a stage that was built, if a name means one.
  ///
  /// @param before the number of the stage that asks
  Optional<StageState> stage(String name, int before) {
    return shop.file()
        .stage(name, before)
        .map(stage -> {
          StageState state = stages.get(stage.index());
          if (state == null) {
            throw new IllegalStateException("stage " + stage.index() + " was not built");
          }
          return state;
        });
  }

  /// Opens files.
  ///
  /// @param from what `--from` says, or empty for the context
  /// @param before the number of the stage that asks
  /// @param place where it is asked, for the complaint
  Opened open(String from, int before, Place place) {
    String key = from + "@" + shop.file().stage(from, before).map(Stage::index).orElse(-1);
    Opened known = opened.get(key);
    if (known == null) {
      known = from.isEmpty() ? context() : named(from, before, place);
      opened.put(key, known);
    }
    return known;
  }

  private Opened context() {
    Fd root = shop.hold(directory(context.directory()));
    return new Opened("the context", root, new FdTree(shop.kernel(), root), context.ignore());
  }

  private Fd directory(Path path) {
    return shop.kernel()
        .files()
        .openat(Fd.CWD, path.toString(), OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY);
  }

  private Opened named(String from, int before, Place place) {
    String given = shop.settings().contexts().get(from);
    if (given != null && !given.startsWith(IMAGE)) {
      Path path = Workshop.absolute("--build-context " + from, given);
      Fd root = shop.hold(directory(path));
      return opened("the context " + from, root);
    }
    Optional<StageState> stage = given == null ? stage(from, before) : Optional.empty();
    if (stage.isPresent()) {
      Fd root = shop.root(stage.get().config().copy(), stage.get().layers());
      return opened("stage " + from, root);
    }
    String reference = given == null ? from : given.substring(IMAGE.length());
    try {
      Base base = shop.images().find(reference);
      ConfigDraft config = ConfigDraft.of(base.config(), "configuration of " + reference);
      return opened("image " + reference, shop.root(config, base.layers()));
    } catch (BrigException e) {
      throw place.wrong(
          "--from=" + from + ": no stage before this one, and " + e.failure().line(),
          e.failure().hint());
    }
  }

  private Opened opened(String what, Fd root) {
    return new Opened(what, root, new FdTree(shop.kernel(), root), IgnoreFile.none());
  }
}
