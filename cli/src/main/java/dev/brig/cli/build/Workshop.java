package dev.brig.cli.build;

import dev.brig.cli.command.Context;
import dev.brig.error.BrigException;
import dev.brig.error.UsageException;
import dev.brig.image.Digest;
import dev.brig.image.Platform;
import dev.brig.image.build.BuildArguments;
import dev.brig.image.build.BuildFile;
import dev.brig.image.build.ConfigDraft;
import dev.brig.image.build.Variables;
import dev.brig.image.store.ImageBuild;
import dev.brig.image.store.ImageBuild.Layer;
import dev.brig.image.tree.TarSink;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.runtime.files.RootMounts;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;

/// What all stages of a build have in common.
final class Workshop implements AutoCloseable {
  private final Context context;
  private final BuildSettings settings;
  private final BuildFile file;
  private final ImageBuild store;
  private final Progress progress;
  private final Interruption interruption;
  private final Deque<Held> held = new ArrayDeque<>();
  private final BuildArguments arguments;

  Workshop(
      Context context,
      BuildSettings settings,
      BuildFile file,
      ImageBuild store,
      Progress progress,
      Interruption interruption) {
    this.context = context;
    this.settings = settings;
    this.file = file;
    this.store = store;
    this.progress = progress;
    this.interruption = interruption;
    this.arguments = new BuildArguments(settings.arguments(), Platform.host());
  }

  Context context() {
    return context;
  }

  Kernel kernel() {
    return context.kernel();
  }

  BuildSettings settings() {
    return settings;
  }

  BuildFile file() {
    return file;
  }

  ImageBuild store() {
    return store;
  }

  Progress progress() {
    return progress;
  }

  Interruption interruption() {
    return interruption;
  }

  BuildArguments arguments() {
    return arguments;
  }

  /// Returns what finds the images that others begin with.
  BaseImages images() {
    String pull = settings.given().value(BuildOption.PULL, "missing");
    String usual = pull.equals("true") ? "always" : pull.equals("false") ? "missing" : pull;
    return new BaseImages(context, store, usual);
  }

  Variables globals() {
    return arguments.global(file);
  }

  /// Keeps something open until the build ends.
  Fd hold(Fd fd) {
    held.push(fd::close);
    return fd;
  }

  /// Does something when the build ends, the last one first.
  void atEnd(Held action) {
    held.push(action);
  }

  /// What is done at the end.
  interface Held {
    void close();
  }

  /// Returns the present time as it gets into images.
  String now() {
    Instant time =
        settings.timestamp().isPresent()
            ? Instant.ofEpochSecond(settings.timestamp().getAsLong())
            : Instant.now().truncatedTo(ChronoUnit.SECONDS);
    return time.toString();
  }

  /// Returns the time of directories that are made, in seconds since 1970.
  long nowSeconds() {
    return settings.timestamp().orElseGet(() -> Instant.now().getEpochSecond());
  }

  /// Returns what is done with the times of files.
  TarSink.Times times() {
    return new TarSink.Times(OptionalLong.empty(), settings.timestamp());
  }

  /// Returns the root that layers make, read-only.
  Fd root(ConfigDraft config, List<Layer> layers) {
    List<Path> trees = store.unpack(config.document(now()), layers).layers();
    return hold(new RootMounts(kernel(), context.host()).stacked(trees));
  }

  /// Returns the digest of a stack of layers.
  static String chain(List<Layer> layers) {
    String chain = "";
    for (Layer layer : layers) {
      String text = chain + " " + layer.diffId();
      chain = Digest.of(text.getBytes(StandardCharsets.US_ASCII)).toString();
    }
    return chain;
  }

  /// Returns the absolute path of something that the caller named.
  static Path absolute(String option, String path) {
    try {
      return Path.of(path).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new UsageException(option + " " + path, "not a path", "");
    }
  }

  @Override
  public void close() {
    BrigException failure = null;
    while (!held.isEmpty()) {
      try {
        held.pop().close();
      } catch (BrigException e) {
        failure = failure == null ? e : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
