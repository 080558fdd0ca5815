package dev.brig.cli.build;

import dev.brig.image.build.ConfigDraft;
import dev.brig.image.build.Instruction;
import dev.brig.image.build.Stage;
import dev.brig.image.build.StageGraph;
import dev.brig.image.store.ImageBuild.Labels;
import dev.brig.image.store.ImageBuild.Layer;
import dev.brig.image.tree.IdMap;
import dev.brig.image.tree.LayerSink;
import dev.brig.image.tree.TarSink;
import dev.brig.image.tree.TreeComparison;
import dev.brig.image.tree.TreeFiles;
import dev.brig.linux.Fd;
import dev.brig.linux.OpenFlag;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Builds the stages that are needed, and makes an image of the last.
final class Builder {
  private static final int SHORT = 12;
  private static final int READABLE = 0644;

  private final Workshop shop;
  private final Sources sources;

  Builder(Workshop shop, Sources sources) {
    this.shop = shop;
    this.sources = sources;
  }

  /// Builds everything.
  ///
  /// @return the image's id
  String build() {
    String wanted = shop.settings().given().value(BuildOption.TARGET, "");
    Stage target = shop.file().target(wanted);
    List<Stage> needed = StageGraph.needed(shop.file(), target, shop.globals());
    int steps = 0;
    for (Stage stage : needed) {
      steps += 1 + stage.instructions().size();
    }
    shop.progress().expect(steps);
    for (Stage stage : needed) {
      StageBuilder builder = new StageBuilder(shop, sources, stage);
      StageState state = builder.build();
      if (stage.index() == target.index()) {
        return finish(state);
      }
      builder.keep();
      sources.add(stage, state);
    }
    throw new IllegalStateException("the target is not among the stages that it needs");
  }

  private String finish(StageState state) {
    ConfigDraft config = state.config();
    List<Layer> layers = state.layers();
    for (Map.Entry<String, String> label : shop.settings().pairs(BuildOption.LABEL).entrySet()) {
      config.label(label.getKey(), label.getValue());
    }
    switch (shop.settings().squash()) {
      case NOTHING -> {}
      case ADDED -> layers = squashed(state, state.baseLayers());
      case ALL -> layers = squashed(state, 0);
    }
    String created = state.created().isEmpty() ? shop.now() : state.created();
    List<String> names = shop.settings().names();
    shop.progress().say("COMMIT" + (names.isEmpty() ? "" : " " + String.join(" ", names)));
    Labels labels = new Labels(names, shop.settings().pairs(BuildOption.ANNOTATION));
    String id = shop.store().commit(config.document(created), layers, labels);
    shop.progress().say("--> " + id.substring(0, SHORT));
    for (String name : names) {
      shop.progress().say("Successfully tagged " + name);
    }
    writeIdFile(shop.settings().given().value(BuildOption.IIDFILE, ""), id);
    return id;
  }

  /// Makes one layer of those above the first few.
  private List<Layer> squashed(StageState state, int kept) {
    List<Layer> below = state.layers().subList(0, kept);
    ConfigDraft config = state.config();
    TreeFiles files =
        new TreeFiles(shop.kernel(), IdMap.IDENTITY, IdMap.IDENTITY, TreeFiles.Xattrs.PORTABLE);
    Fd after = shop.root(config.copy(), state.layers());
    Layer layer =
        shop.store()
            .write(tar -> {
              TarSink sink = new TarSink(shop.kernel().files(), tar, shop.times());
              TreeComparison comparison = new TreeComparison(files, new LayerSink(files, sink));
              if (kept == 0) {
                comparison.tell(after);
              } else {
                comparison.run(shop.root(config.copy(), below), after, List.of());
              }
            });
    List<Layer> layers = new ArrayList<>(below);
    layers.add(layer);
    List<String> done = new ArrayList<>();
    String target = shop.settings().given().value(BuildOption.TARGET, "");
    for (Instruction instruction : shop.file().target(target).instructions()) {
      done.add(instruction.text());
    }
    config.squash(
        layers.stream().map(Layer::diffId).toList(), kept, String.join("; ", done), shop.now());
    return layers;
  }

  private void writeIdFile(String path, String id) {
    if (path.isEmpty()) {
      return;
    }
    OpenFlag[] flags = {OpenFlag.O_WRONLY, OpenFlag.O_CREAT, OpenFlag.O_TRUNC};
    try (Fd fd = shop.kernel().files().openat(Fd.CWD, path, READABLE, flags)) {
      // podman writes the algorithm as well.
      shop.kernel().files().writeAll(fd, ("sha256:" + id).getBytes(StandardCharsets.US_ASCII));
    }
  }
}
