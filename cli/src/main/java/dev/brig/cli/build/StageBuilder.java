package dev.brig.cli.build;

import dev.brig.error.BrigException;
import dev.brig.image.Digest;
import dev.brig.image.build.BuildFile;
import dev.brig.image.build.CacheKey;
import dev.brig.image.build.ConfigDraft;
import dev.brig.image.build.Instruction;
import dev.brig.image.build.Stage;
import dev.brig.image.build.StageEvaluator;
import dev.brig.image.build.Step;
import dev.brig.image.build.Variables;
import dev.brig.image.store.ImageBuild;
import dev.brig.image.store.ImageBuild.Base;
import dev.brig.image.store.ImageBuild.Labels;
import dev.brig.image.store.ImageBuild.Layer;
import dev.brig.image.store.ImageBuild.Result;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Does the steps of one stage.
final class StageBuilder {
  private static final String SCRATCH = "scratch";
  private static final int SHORT = 12;

  private final Workshop shop;
  private final Sources sources;
  private final Stage stage;
  private final StageEvaluator evaluator;
  private final List<Layer> layers;
  private final int baseLayers;
  private final List<Instruction> instructions = new ArrayList<>();
  private String created;

  StageBuilder(Workshop shop, Sources sources, Stage stage) {
    this.shop = shop;
    this.sources = sources;
    this.stage = stage;
    StageState base = base();
    this.layers = new ArrayList<>(base.layers());
    this.baseLayers = layers.size();
    this.created = base.created();
    ConfigDraft config = base.config();
    for (String trigger : config.list("OnBuild")) {
      instructions.add(BuildFile.trigger(stage.from().place(), trigger));
    }
    config.remove("OnBuild");
    instructions.addAll(stage.instructions());
    this.evaluator =
        new StageEvaluator(
            shop.arguments(), shop.globals(), config, base.arguments(), shop.file().escape());
    for (Map.Entry<String, String> variable : shop.settings().pairs(BuildOption.ENV).entrySet()) {
      config.env(variable.getKey(), variable.getValue());
    }
  }

  private StageState base() {
    Instruction.From from = stage.from();
    String name = StageEvaluator.base(from, shop.globals(), shop.file().escape());
    String platform = StageEvaluator.platform(from, shop.globals(), shop.file().escape());
    String host = shop.arguments().platform().toString();
    if (!platform.isEmpty() && !host.equals(platform) && !host.startsWith(platform + "/")) {
      throw from.place()
          .wrong("--platform=" + platform + ": this machine runs " + host + " programs only", "");
    }
    shop.progress().step("FROM " + name + (from.name().isEmpty() ? "" : " AS " + from.name()));
    Optional<StageState> earlier = sources.stage(name, stage.index());
    if (earlier.isPresent()) {
      StageState state = earlier.get();
      return new StageState(
          state.config().copy(),
          state.layers(),
          state.layers().size(),
          state.arguments(),
          state.created());
    }
    if (name.equals(SCRATCH)) {
      ConfigDraft config = ConfigDraft.scratch(shop.arguments().platform());
      return new StageState(config, List.of(), 0, Variables.none(), "");
    }
    return stored(from, shop.settings().contexts().getOrDefault(name, name));
  }

  private StageState stored(Instruction.From from, String name) {
    String reference =
        name.startsWith("docker-image://") ? name.substring("docker-image://".length()) : name;
    if (reference.equals("host")) {
      throw from.place()
          .wrong(
              "FROM host: this machine's root is no image that another one can begin with",
              "import a root file system: brig import root.tar NAME");
    }
    try {
      Base base = shop.images().find(reference);
      ConfigDraft config = ConfigDraft.of(base.config(), "configuration of " + reference);
      return new StageState(config, base.layers(), 0, Variables.none(), config.created());
    } catch (BrigException e) {
      throw from.place().wrong(e.failure().line(), e.failure().hint());
    }
  }

  /// Does all steps.
  StageState build() {
    try {
      for (Instruction instruction : instructions) {
        shop.interruption().check();
        shop.progress().step(instruction.text());
        perform(instruction);
      }
    } catch (RuntimeException e) {
      keepForLater(e);
      throw e;
    }
    return new StageState(evaluator.config(), layers, baseLayers, evaluator.args(), created);
  }

  /// Keeps what was done alive for the next build, which then goes on where this one failed.
  private void keepForLater(RuntimeException reason) {
    try {
      keep();
    } catch (RuntimeException e) {
      reason.addSuppressed(e);
    }
  }

  /// Makes an image of the layers that is there for later builds only.
  void keep() {
    if (layers.size() > baseLayers) {
      var _ =
          shop.store()
              .commit(
                  evaluator.config().copy().document(createdOr(shop.now())),
                  layers,
                  new Labels(List.of(), Map.of(ImageBuild.CACHE, "true")));
    }
  }

  private String createdOr(String other) {
    return created.isEmpty() ? other : created;
  }

  private void perform(Instruction instruction) {
    try {
      perform(evaluator.next(instruction));
    } catch (BrigException e) {
      shop.interruption().check();
      String text = instruction.text();
      String keyword = text.substring(0, Math.max(text.indexOf(' '), 0));
      // Whoever knew the place has said it.
      throw e.failure().step().startsWith(instruction.place().toString())
          ? e
          : instruction.place().wrong(keyword + ": " + e.failure().line(), e.failure().hint());
    }
  }

  private void perform(Step step) {
    switch (step) {
      case Step.Configure _ -> {
        String config = new String(evaluator.config().copy().document(""), StandardCharsets.UTF_8);
        Digest key =
            CacheKey.configure(
                Workshop.chain(layers), shop.settings().timestampText(), config + step.history());
        apply(step, done(key, Optional::empty));
      }
      case Step.Directory directory -> {
        CopyRunner copies = new CopyRunner(shop, sources, evaluator.config(), layers);
        CopyRunner.Work work = copies.plan(directory);
        apply(step, done(work.key(), work::write));
      }
      case Step.Copy copy -> {
        CopyRunner copies = new CopyRunner(shop, sources, evaluator.config(), layers);
        CopyRunner.Work work = copies.plan(copy.copy(), stage.index());
        apply(step, done(work.key(), work::write));
      }
      case Step.Run run -> {
        RunRunner runs = new RunRunner(shop, sources, evaluator.config(), layers);
        RunRunner.Work work = runs.plan(run, stage.index());
        apply(step, done(work.key(), work::perform));
      }
    }
  }

  private Result done(Digest key, Supplier<Optional<Layer>> work) {
    if (shop.settings().usesCache()) {
      Optional<Result> known = shop.store().find(key);
      if (known.isPresent()) {
        known
            .get()
            .layer()
            .ifPresent(
                layer -> shop.progress().say("--> Using cache " + shortened(layer.diffId().hex())));
        return known.get();
      }
    }
    Result result = new Result(work.get(), shop.now());
    shop.store().remember(key, result);
    result
        .layer()
        .ifPresent(layer -> shop.progress().say("--> " + shortened(layer.diffId().hex())));
    return result;
  }

  private static String shortened(String hex) {
    return hex.substring(0, SHORT);
  }

  private void apply(Step step, Result result) {
    created = result.created();
    if (result.layer().isPresent()) {
      layers.add(result.layer().get());
      evaluator.config().layer(result.layer().get().diffId(), step.history(), created);
    } else {
      evaluator.config().event(step.history(), created);
    }
  }
}
