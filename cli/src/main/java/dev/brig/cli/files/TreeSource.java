package dev.brig.cli.files;

import dev.brig.cli.command.Context;
import dev.brig.error.UsageException;
import dev.brig.image.Image;
import dev.brig.image.store.ImageStore;
import dev.brig.linux.Fd;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.container.ContainerException;
import dev.brig.runtime.container.ContainerException.Problem;
import dev.brig.runtime.files.ContainerTrees;
import dev.brig.runtime.files.ContainerTrees.Motion;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// Finds the trees that a user names (containers, snapshots, images) and holds them open until it
/// is closed.
final class TreeSource implements AutoCloseable {
  private final Context context;
  private final String step;
  private final ContainerTrees containers;
  private final Deque<AutoCloseable> held = new ArrayDeque<>();

  TreeSource(Context context, String step) {
    this.context = context;
    this.step = step;
    this.containers = new Trees(context).containers();
  }

  /// Two trees to compare.
  ///
  /// @param before the earlier one; empty if there was nothing
  /// @param after the later one
  /// @param guides the layers that make the one out of the other, the topmost first, or none
  /// @param ids the ids in them
  record Pair(Optional<Fd> before, Fd after, List<Fd> guides, Trees.Ids ids) {}

  /// Returns what a name means, and what it was made from.
  Pair withBase(String reference) {
    Optional<Container> container = container(reference);
    if (container.isPresent()) {
      ContainerTrees.Opened opened = hold(containers.read(container.get(), step, Motion.GOES_ON));
      return new Pair(
          Optional.of(opened.before()),
          opened.after(),
          opened.guides(),
          new Trees(context).ids(container.get()));
    }
    List<Path> layers = layers(reference);
    Fd after = hold(containers.roots().stacked(layers));
    if (layers.size() == 1) {
      return new Pair(Optional.empty(), after, List.of(), Trees.Ids.HOST);
    }
    Fd before = hold(containers.roots().stacked(layers.subList(1, layers.size())));
    Fd top = hold(containers.roots().stacked(layers.subList(0, 1)));
    return new Pair(Optional.of(before), after, List.of(top), Trees.Ids.HOST);
  }

  /// Returns what two names mean.
  Pair pair(String before, String after) {
    Optional<Container> later = container(after);
    Trees.Ids ids = later.isPresent() ? new Trees(context).ids(later.get()) : Trees.Ids.HOST;
    return new Pair(Optional.of(tree(before)), tree(after), List.of(), ids);
  }

  /// Returns what a name means.
  Fd tree(String reference) {
    Optional<Container> container = container(reference);
    return container.isPresent()
        ? hold(containers.read(container.get(), step, Motion.GOES_ON)).after()
        : hold(containers.roots().stacked(layers(reference)));
  }

  /// Returns the layers of a snapshot, the topmost first, or nothing if none is meant.
  private Optional<List<Path>> snapshot(String reference) {
    SnapshotReference parts = SnapshotReference.parse(reference);
    if (parts.snapshot().isEmpty()) {
      return Optional.empty();
    }
    Optional<Container> container = container(parts.container());
    return container.map(
        found -> new Trees(context).snapshots().find(found, parts.snapshot()).layers().reversed());
  }

  private Optional<Container> container(String reference) {
    try {
      return Optional.of(context.containers().find(reference));
    } catch (ContainerException e) {
      if (e.problem() != Problem.NO_SUCH_CONTAINER) {
        throw e;
      }
      return Optional.empty();
    }
  }

  private List<Path> layers(String reference) {
    Optional<List<Path>> snapshot = snapshot(reference);
    if (snapshot.isPresent()) {
      return snapshot.get();
    }
    try {
      ImageStore images = hold(context.images());
      Image image = images.resolve(reference);
      return image.layers();
    } catch (UsageException e) {
      throw new UsageException(
          "\"" + reference + "\"",
          "there is neither a container nor an image of this name",
          "brig ps -a lists the containers, brig images the images");
    }
  }

  private <T extends AutoCloseable> T hold(T resource) {
    held.push(resource);
    return resource;
  }

  @Override
  public void close() {
    while (!held.isEmpty()) {
      try {
        held.pop().close();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
