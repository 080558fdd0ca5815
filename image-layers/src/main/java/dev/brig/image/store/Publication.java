package dev.brig.image.store;

import dev.brig.error.BrigException;
import dev.brig.image.layer.LayerForm;
import dev.brig.linux.Kernel;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What an import has made so far, under temporary names, and the moment when all of it becomes
/// visible.
///
/// Everything is stored by one call, however many files there are: to wait for the disk is what
/// takes most of an import's time.
final class Publication implements AutoCloseable {
  private final StoreFiles files;
  private final Map<String, Temporary> waiting = new LinkedHashMap<>();

  Publication(StoreFiles files) {
    this.files = files;
  }

  /// Takes over something finished.
  ///
  /// @param temporary the file or directory
  /// @param name the name below the store's directory that it is to have
  synchronized void add(Temporary temporary, String name) {
    Temporary twice = waiting.putIfAbsent(name, temporary);
    if (twice != null) {
      temporary.close();
    }
  }

  /// Returns the present path of what is to have a name, or null if it is not waiting here.
  synchronized @Nullable String find(String name) {
    Temporary temporary = waiting.get(name);
    return temporary == null ? null : temporary.name();
  }

  /// Stores everything and gives it its names.
  void publish() {
    Kernel kernel = files.kernel();
    Set<String> directories = new TreeSet<>();
    // Without it a name could survive a crash and what it stands for be empty.
    kernel.files().syncfs(files.root());
    for (Map.Entry<String, Temporary> each : waiting.entrySet()) {
      Temporary temporary = each.getValue();
      if (rename(temporary.name(), each.getKey())) {
        temporary.forget();
      }
      directories.add(each.getKey().substring(0, each.getKey().lastIndexOf('/')));
    }
    directories.forEach(files::syncDirectory);
    close();
  }

  // A layer that somebody else has published meanwhile is as good, and may be in use. A blob is
  // replaced:
  // there is one only if it is damaged.
  private boolean rename(String from, String to) {
    var tree = files.kernel().tree();
    if (to.startsWith("layers/")) {
      return tree.renameIfAbsent(files.root(), from, files.root(), to) || addForm(from, to);
    }
    tree.rename(files.root(), from, files.root(), to);
    return true;
  }

  // The layer is there in another form: this one is put beside it. What is remembered of an image
  // goes first, for an image is never without.
  private boolean addForm(String from, String to) {
    var tree = files.kernel().tree();
    for (LayerForm form : LayerForm.values()) {
      String name = "/" + form.fileName();
      if (files.exists(from + name) && !files.exists(to + name)) {
        if (form == LayerForm.EROFS) {
          tree.rename(files.root(), from + "/meta", files.root(), to + "/meta");
          files.syncDirectory(to);
        }
        tree.rename(files.root(), from + name, files.root(), to + name);
        files.syncDirectory(to);
      }
    }
    // What is left of the temporary directory is removed.
    return false;
  }

  /// Removes what has not been published.
  @Override
  public void close() {
    BrigException failure = null;
    for (Temporary temporary : waiting.values()) {
      try {
        temporary.close();
      } catch (BrigException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    waiting.clear();
    if (failure != null) {
      throw failure;
    }
  }
}
