package dev.brig.cli.guest;

import dev.brig.runtime.compile.GuestPlanner.Source;
import dev.brig.runtime.launch.GuestProgram;
import dev.brig.runtime.launch.GuestShares;
import dev.brig.runtime.spec.Mount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How a virtual machine gets the files that it has of the host: layers that are images are its
/// disks; layers that are directories, and what is bound, are shared with it.
///
/// @param disks the images, in the order of the disks
/// @param sources what the machine mounts before its root: the layers, the lowest first, then the
///   rest
/// @param shares what is shared
/// @param bound which of those is a mount of the container's: the places among the shares by
///   destinations
record MachineFiles(
    List<String> disks, List<Source> sources, List<Share> shares, Map<String, Integer> bound) {
  private static final String DISK = "/dev/vd";

  // Of a bind mount, what the process that runs the machine needs; the machine has them all.
  private static final List<String> READ_ONLY = List.of("ro", "rro");

  MachineFiles {
    disks = List.copyOf(disks);
    sources = List.copyOf(sources);
    shares = List.copyOf(shares);
    bound = Map.copyOf(bound);
  }

  /// What is shared.
  ///
  /// @param source a directory, or a file
  /// @param options how it is bound for the server that shows it
  record Share(String source, List<String> options) {
    Share {
      options = List.copyOf(options);
    }

    /// Tells whether it is no directory. A new volume is not there yet.
    boolean isFile() {
      Path path = Path.of(source);
      return Files.exists(path) && !Files.isDirectory(path);
    }
  }

  /// Sorts files.
  ///
  /// @param layers the image's, the lowest first
  /// @param mounts the container's
  /// @param directory the container's own; what is bound from there is none of the host's
  static MachineFiles of(List<String> layers, List<Mount> mounts, Path directory) {
    List<String> disks = new ArrayList<>();
    List<Source> sources = new ArrayList<>();
    List<Share> shares = new ArrayList<>();
    Map<String, Integer> bound = new LinkedHashMap<>();
    for (String layer : layers) {
      String target = GuestProgram.LAYERS + "/" + sources.size();
      if (Files.isDirectory(Path.of(layer))) {
        sources.add(new Source.Share(GuestShares.tag(shares.size()), target));
        shares.add(new Share(layer, List.of("bind", "ro", "rprivate")));
      } else {
        sources.add(new Source.Disk(DISK + (char) ('a' + disks.size()), target));
        disks.add(layer);
      }
    }
    for (Mount mount : mounts) {
      if (isShared(mount, directory)) {
        bound.put(mount.destination(), shares.size());
        String target = GuestProgram.SHARES + "/" + shares.size();
        sources.add(new Source.Share(GuestShares.tag(shares.size()), target));
        List<String> options = new ArrayList<>();
        options.add(mount.options().contains("rbind") ? "rbind" : "bind");
        options.add("rprivate");
        options.addAll(mount.options().stream().filter(READ_ONLY::contains).toList());
        shares.add(new Share(mount.source(), options));
      }
    }
    return new MachineFiles(disks, sources, shares, bound);
  }

  private static boolean isShared(Mount mount, Path directory) {
    return mount.isBind() && !Path.of(mount.source()).startsWith(directory);
  }

  /// Returns the mounts of the process that runs the machine, from which the shares are shown.
  ///
  /// @param run the directory that only that process sees
  List<Mount> shares(String run) {
    List<Mount> mounts = new ArrayList<>();
    for (Share share : shares) {
      String directory = GuestShares.directory(run, mounts.size());
      String target = share.isFile() ? directory + "/" + GuestShares.FILE : directory;
      mounts.add(new Mount(target, "bind", share.source(), share.options()));
    }
    return mounts;
  }

  /// Returns the container's mounts as they are made in the machine.
  List<Mount> mounts(List<Mount> mounts) {
    List<Mount> inside = new ArrayList<>();
    for (Mount mount : mounts) {
      Integer place = bound.get(mount.destination());
      if (place == null || !mount.isBind()) {
        inside.add(mount);
        continue;
      }
      String directory = GuestProgram.SHARES + "/" + place;
      String source = shares.get(place).isFile() ? directory + "/" + GuestShares.FILE : directory;
      inside.add(new Mount(mount.destination(), mount.type(), source, mount.options()));
    }
    return inside;
  }
}
