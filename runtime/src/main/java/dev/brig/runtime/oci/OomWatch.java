package dev.brig.runtime.oci;

import dev.brig.cgroups.Cgroup;
import dev.brig.cgroups.KernelCgroupFs;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.OpenFlag;
import dev.brig.linux.WatchEvent;
import java.nio.file.Path;
import java.time.Duration;

/// Waits for a container to run out of memory, or to end: the kernel tells of both.
///
/// @see <a
///   href="https://docs.kernel.org/admin-guide/cgroup-v1/memory.html#oom-control">memory.oom_control</a>
public final class OomWatch implements AutoCloseable {
  private static final int ENDED = 0;
  private static final int MEMORY = 1;

  private final Kernel kernel;
  private final Cgroup cgroup;
  private final Fd memory;

  /// The cgroup of version 1 that counts [#memory] up, or empty.
  private final String counted;

  private long kills;

  /// What has happened.
  public enum Event {
    /// The kernel has found no memory for the container.
    OUT_OF_MEMORY,
    /// The container's first process has ended.
    ENDED,
    /// Nothing, for as long as was waited.
    NONE
  }

  private OomWatch(Kernel kernel, Cgroup cgroup, Fd memory, String counted) {
    this.kernel = kernel;
    this.cgroup = cgroup;
    this.memory = memory;
    this.counted = counted;
    this.kills = cgroup.stats().memory().oomKills();
  }

  /// Watches a container.
  public static OomWatch of(Kernel kernel, BundleContainer container) {
    Cgroup cgroup = container.cgroup();
    for (Path directory : cgroup.directories()) {
      if (kernel.attributes().exists(directory + "/memory.oom_control")) {
        return new OomWatch(kernel, cgroup, eventOf(kernel, directory), directory.toString());
      }
    }
    Fd inotify = kernel.events().inotifyInit();
    for (Path directory : cgroup.directories()) {
      var _ = kernel.events().watch(inotify, directory + "/memory.events", WatchEvent.IN_MODIFY);
    }
    return new OomWatch(kernel, cgroup, inotify, "");
  }

  private static Fd eventOf(Kernel kernel, Path directory) {
    Fd event = kernel.events().eventfd();
    try (Fd control =
        kernel
            .files()
            .openat(
                Fd.CWD, directory + "/memory.oom_control", OpenFlag.O_RDONLY, OpenFlag.O_CLOEXEC)) {
      String line = event.number() + " " + control.number();
      new KernelCgroupFs(kernel).write(directory.resolve("cgroup.event_control"), line);
    }
    return event;
  }

  /// Waits until something happens.
  ///
  /// @param init the container's first process
  /// @param longest how long to wait
  public Event await(Fd init, Duration longest) {
    int ready = kernel.events().awaitReadable(longest, init, memory);
    if (ready == ENDED) {
      return Event.ENDED;
    }
    if (ready == MEMORY) {
      kernel.events().drain(memory);
      if (!counted.isEmpty()) {
        // It counts before the kernel kills, and once more when the cgroup goes.
        return kernel.attributes().exists(counted) ? Event.OUT_OF_MEMORY : Event.NONE;
      }
      long now = cgroup.stats().memory().oomKills();
      boolean told = now != kills;
      kills = now;
      return told ? Event.OUT_OF_MEMORY : Event.NONE;
    }
    return Event.NONE;
  }

  @Override
  public void close() {
    memory.close();
  }
}
