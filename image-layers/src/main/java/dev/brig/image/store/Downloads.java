package dev.brig.image.store;

import dev.brig.error.BrigException;
import dev.brig.image.Descriptor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;

/// Fetches the layers of an image that the store lacks, some at a time.
final class Downloads {
  private final StoreFiles files;
  private final RemoteImage remote;
  private final TransferListener listener;
  private final AtomicBoolean stopped = new AtomicBoolean();

  Downloads(StoreFiles files, RemoteImage remote, TransferListener listener) {
    this.files = files;
    this.remote = remote;
    this.listener = listener;
  }

  /// Fetches layers. When one fails, the others stop where they are.
  ///
  /// @param layers the layers; one that is there several times is fetched once
  /// @return those that were fetched by this process
  /// @throws BrigException the first failure; what was fetched before stays for the next attempt
  List<Descriptor> fetch(List<Descriptor> layers) {
    Map<String, Descriptor> wanted = new LinkedHashMap<>();
    for (Descriptor layer : layers) {
      wanted.putIfAbsent(layer.digest().toString(), layer);
    }
    List<Descriptor> all = List.copyOf(wanted.values());
    List<Callable<Boolean>> tasks = new ArrayList<>();
    for (Descriptor layer : all) {
      tasks.add(() -> fetchOrStop(layer));
    }
    List<Boolean> mine = Transfers.run(tasks);
    List<Descriptor> fetched = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (mine.get(i)) {
        fetched.add(all.get(i));
      }
    }
    return fetched;
  }

  private boolean fetchOrStop(Descriptor layer) {
    try {
      return new Download(files, remote, listener, stopped::get).fetch(layer);
    } catch (Stopped _) {
      // Whoever made it stop tells why: ignored.
      return false;
    } catch (BrigException e) {
      stopped.set(true);
      throw e;
    }
  }

  /// Ends a download because another one has failed.
  static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
