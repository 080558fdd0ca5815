package dev.brig.image.store;

import dev.brig.image.Digest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Counts the room that a store takes.
final class UsageCount {
  private final StoreFiles files;
  private final InUse inUse;
  private final Map<String, Long> sizes = new HashMap<>();

  UsageCount(StoreFiles files, InUse inUse) {
    this.files = files;
    this.inUse = inUse;
    for (String algorithm : files.list("blobs")) {
      for (String name : files.list("blobs/" + algorithm)) {
        String path = "blobs/" + algorithm + "/" + name;
        sizes.put(path, TreeSize.of(files, path));
      }
    }
  }

  DiskUsage count() {
    // By id: an image is counted once, whatever number of names it has.
    Map<String, StoredImages.Entry> images = new LinkedHashMap<>();
    Map<String, Set<Digest>> blobs = new LinkedHashMap<>();
    for (StoredImages.Entry entry : new StoredImages(files).entries()) {
      String id = entry.shown().id();
      images.putIfAbsent(id, entry);
      blobs
          .computeIfAbsent(id, _ -> new HashSet<>())
          .addAll(References.of(files, List.of(entry.entry())).blobs());
    }
    Map<Digest, Integer> users = new HashMap<>();
    blobs.values().forEach(each -> each.forEach(blob -> users.merge(blob, 1, Integer::sum)));
    List<DiskUsage.ImageRoom> rooms = new ArrayList<>();
    for (Map.Entry<String, StoredImages.Entry> image : images.entrySet()) {
      long shared = 0;
      long unique = 0;
      for (Digest blob : blobs.getOrDefault(image.getKey(), Set.of())) {
        long size = size(blob);
        boolean only = users.getOrDefault(blob, 0) == 1;
        unique += only ? size : 0;
        shared += only ? 0 : size;
      }
      boolean used = inUse.imageIds().contains(image.getKey());
      rooms.add(
          new DiskUsage.ImageRoom(
              image.getValue().shown(),
              shared,
              unique,
              used ? DiskUsage.Use.USED : DiskUsage.Use.UNUSED));
    }
    return new DiskUsage(List.of(images(rooms, blobs), layers(), other(users.keySet())), rooms);
  }

  private long size(Digest blob) {
    return sizes.getOrDefault(BlobStore.path(blob), 0L);
  }

  private DiskUsage.Kind images(List<DiskUsage.ImageRoom> rooms, Map<String, Set<Digest>> blobs) {
    Set<Digest> all = new HashSet<>();
    Set<Digest> needed = new HashSet<>();
    int active = 0;
    for (DiskUsage.ImageRoom room : rooms) {
      Set<Digest> its = blobs.getOrDefault(room.image().id(), Set.of());
      all.addAll(its);
      if (room.containers() == DiskUsage.Use.USED) {
        needed.addAll(its);
        active++;
      }
    }
    long bytes = all.stream().mapToLong(this::size).sum();
    long kept = needed.stream().mapToLong(this::size).sum();
    return new DiskUsage.Kind("Images", rooms.size(), active, bytes, bytes - kept);
  }

  private DiskUsage.Kind layers() {
    Set<String> needed = inUse.keys(files.path());
    int total = 0;
    int active = 0;
    long bytes = 0;
    long kept = 0;
    for (String key : files.list("layers")) {
      long size = TreeSize.of(files, "layers/" + key);
      total++;
      bytes += size;
      if (needed.contains(key)) {
        active++;
        kept += size;
      }
    }
    return new DiskUsage.Kind("Unpacked layers", total, active, bytes, bytes - kept);
  }

  // What no image needs, and what is being made or fetched or was left by someone who died.
  private DiskUsage.Kind other(Set<Digest> needed) {
    Set<String> paths = new HashSet<>();
    needed.forEach(digest -> paths.add(BlobStore.path(digest)));
    int total = 0;
    long bytes = 0;
    for (Map.Entry<String, Long> blob : sizes.entrySet()) {
      if (!paths.contains(blob.getKey())) {
        total++;
        bytes += blob.getValue();
      }
    }
    for (String directory : List.of("tmp", IngestFiles.DIRECTORY)) {
      if (files.exists(directory)) {
        for (String name : files.list(directory)) {
          total++;
          bytes += TreeSize.of(files, directory + "/" + name);
        }
      }
    }
    return new DiskUsage.Kind("Left over", total, 0, bytes, bytes);
  }
}
