package dev.brig.image.store;

import dev.brig.image.ImageException;
import dev.brig.image.layer.FdStream;
import dev.brig.image.layer.TarContent;
import dev.brig.image.layer.TarEntry;
import dev.brig.image.layer.TarReader;
import dev.brig.image.store.BlobStore.OpenBlob;
import dev.brig.linux.Fd;
import dev.brig.linux.FileCalls;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An image in a tar that is not compressed: where in it each file lies is found in one pass over
/// the headers, and the files are then read where they are.
final class TarTree implements SourceTree {
  private static final int ENTRIES_MAX = 100_000;
  private static final int LINKS_MAX = 8;

  private final FileCalls calls;
  private final String name;
  private final Fd fd;
  private final Map<String, Place> places = new HashMap<>();

  private sealed interface Place {}

  private record Data(long offset, long sizeBytes) implements Place {}

  // Old docker-archives refer to equal layers by symbolic links.
  private record Link(String target) implements Place {}

  /// Reads the headers.
  ///
  /// @param calls the calls
  /// @param name what to call the archive in messages
  /// @param fd the archive; closed with this
  TarTree(FileCalls calls, String name, Fd fd) {
    this.calls = calls;
    this.name = name;
    this.fd = fd;
    TarReader tar = new TarReader(new FdStream(calls, fd), name, TarReader.End.MARKED);
    TarEntry entry = tar.next();
    while (entry != null) {
      String path = normal(entry.name());
      switch (entry.content()) {
        case TarContent.RegularFile file -> {
          boolean whole = file.segments().size() <= 1 && tar.dataLeft() == file.sizeBytes();
          if (whole) {
            places.put(path, new Data(tar.position(), file.sizeBytes()));
          }
        }
        case TarContent.Symlink(String target) ->
            places.put(path, new Link(relative(path, target)));
        case TarContent.HardLink(String target) -> places.put(path, new Link(normal(target)));
        case TarContent.Directory _, TarContent.Device _, TarContent.Fifo _ -> {
          // Nothing that an image's documents could refer to.
        }
      }
      if (places.size() > ENTRIES_MAX) {
        throw new ImageException(name, "more than " + ENTRIES_MAX + " files, no image has", "");
      }
      entry = tar.next();
    }
  }

  @Override
  public String name() {
    return name;
  }

  /// Returns a path without `.`, `..` and superfluous slashes; it is a key here and opens nothing.
  static String normal(String path) {
    StringBuilder plain = new StringBuilder(path.length());
    for (String part : path.split("/", -1)) {
      if (part.equals("..")) {
        plain.setLength(Math.max(plain.lastIndexOf("/"), 0));
      } else if (!part.isEmpty() && !part.equals(".")) {
        plain.append(plain.isEmpty() ? "" : "/").append(part);
      }
    }
    return plain.toString();
  }

  private static String relative(String path, String target) {
    return normal(path.substring(0, path.lastIndexOf('/') + 1) + target);
  }

  private @Nullable Data find(String path) {
    Place place = places.get(normal(path));
    for (int i = 0; i < LINKS_MAX && place instanceof Link(String target); i++) {
      place = places.get(target);
    }
    return place instanceof Data data ? data : null;
  }

  @Override
  public @Nullable OpenBlob open(String path) {
    Data data = find(path);
    if (data == null) {
      return null;
    }
    Fd view = Fd.borrowed(fd.number());
    return new OpenBlob(view, new FdStream(calls, view, data.offset(), data.sizeBytes()));
  }

  @Override
  public long size(String path) {
    Data data = find(path);
    return data == null ? -1 : data.sizeBytes();
  }

  @Override
  public void close() {
    fd.close();
  }
}
