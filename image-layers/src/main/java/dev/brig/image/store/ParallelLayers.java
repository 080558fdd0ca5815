package dev.brig.image.store;

import dev.brig.error.BrigException;
import dev.brig.error.Failure;
import dev.brig.image.Descriptor;
import dev.brig.image.Digest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Brings an image's layers into the store, a few at the same time.
///
/// One worker takes the lowest layer that nobody has begun, the others the largest: a layer that
/// has to know those below it waits for them. The lowest layer that is not finished waits for
/// nobody and has always been begun, or the first worker is free to begin it: so there is no
/// deadlock, with however few workers.
final class ParallelLayers {
  private static final int WORKERS_MAX = 4;
  private static final int STACK_BYTES = 16 << 20;

  private final LayerStore store;
  private final List<LayerSource> sources;
  private final List<Digest> diffIds;
  private final List<Digest> chainIds = new ArrayList<>();
  private final LayerStore.Locks locks;

  // Guarded by this.
  private final boolean[] begun;
  private final @Nullable StoredLayer[] finished;
  private @Nullable Throwable failure;
  private int failedAt = Integer.MAX_VALUE;

  /// Makes the work.
  ///
  /// @param sources the layers, the bottom one first
  /// @param diffIds the digests of their decompressed bytes
  /// @param locks held until the layers are published
  ParallelLayers(
      LayerStore store, List<LayerSource> sources, List<Digest> diffIds, LayerStore.Locks locks) {
    this.store = store;
    this.sources = sources;
    this.diffIds = diffIds;
    this.locks = locks;
    for (Digest diffId : diffIds) {
      Digest below = chainIds.isEmpty() ? null : chainIds.getLast();
      chainIds.add(new Below(chainIds.size(), below, List::of).chain(diffId));
    }
    this.begun = new boolean[sources.size()];
    this.finished = new @Nullable StoredLayer[sources.size()];
  }

  /// A layer that comes to nothing because another has failed; told to nobody.
  private static final class Abandoned extends BrigException {
    private static final long serialVersionUID = 1L;

    Abandoned() {
      super(Failure.of("layers", "another layer failed", ""));
    }
  }

  private enum Order {
    LOWEST,
    LARGEST
  }

  /// Does the work.
  ///
  /// @return the layers, the bottom one first
  List<StoredLayer> run() {
    int workers =
        Math.min(Math.min(Runtime.getRuntime().availableProcessors(), WORKERS_MAX), begun.length);
    List<Thread> others = new ArrayList<>();
    for (int i = 1; i < workers; i++) {
      Thread thread = new Thread(null, () -> work(Order.LARGEST), "layers-" + i, STACK_BYTES);
      thread.setDaemon(true);
      thread.start();
      others.add(thread);
    }
    work(Order.LOWEST);
    others.forEach(ParallelLayers::join);
    return result();
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private synchronized List<StoredLayer> result() {
    switch (failure) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
    return lowest(finished.length);
  }

  private void work(Order order) {
    for (int i = take(order); i >= 0; i = take(order)) {
      try {
        awaitEqual(i);
        finish(i, store.add(sources.get(i), below(i), locks));
      } catch (Abandoned _) {
        return;
      } catch (RuntimeException | Error e) {
        fail(i, e);
        return;
      }
    }
  }

  private Below below(int index) {
    return new Below(index, index == 0 ? null : chainIds.get(index - 1), () -> await(index));
  }

  private synchronized int take(Order order) {
    int best = -1;
    for (int i = 0; i < begun.length && failure == null; i++) {
      if (!begun[i] && (best < 0 || (order == Order.LARGEST && size(i) > size(best)))) {
        best = i;
      }
    }
    if (best >= 0) {
      begun[best] = true;
    }
    return best;
  }

  private long size(int index) {
    Descriptor descriptor = sources.get(index).descriptor();
    return descriptor == null ? 0 : descriptor.sizeBytes();
  }

  // A layer that is there twice is unpacked once, if it looks the same in both places.
  private void awaitEqual(int index) {
    int equal = diffIds.indexOf(diffIds.get(index));
    if (equal < index) {
      var _ = await(equal + 1);
    }
  }

  /// Waits for the lowest layers, as many as this.
  private synchronized List<StoredLayer> await(int count) {
    while (failure == null && !isFinished(count)) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
    if (failure != null) {
      throw new Abandoned();
    }
    return lowest(count);
  }

  private boolean isFinished(int count) {
    for (int i = 0; i < count; i++) {
      if (finished[i] == null) {
        return false;
      }
    }
    return true;
  }

  private List<StoredLayer> lowest(int count) {
    List<StoredLayer> layers = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      StoredLayer layer = finished[i];
      if (layer == null) {
        throw new IllegalStateException("layer " + i + " was not unpacked");
      }
      layers.add(layer);
    }
    return layers;
  }

  private synchronized void finish(int index, StoredLayer layer) {
    finished[index] = layer;
    notifyAll();
  }

  // Of several failures the lowest layer's is told, since it may be the others' reason.
  private synchronized void fail(int index, Throwable why) {
    if (index < failedAt) {
      failedAt = index;
      failure = why;
    }
    notifyAll();
  }
}
