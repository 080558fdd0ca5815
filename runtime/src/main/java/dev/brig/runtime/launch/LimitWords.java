package dev.brig.runtime.launch;

import dev.brig.cgroups.EventDump;
import dev.brig.cgroups.ExitReasons;
import dev.brig.cgroups.KernelCgroupFs;
import dev.brig.cgroups.Naming;
import dev.brig.linux.Kernel;
import dev.brig.runtime.compile.ResourceTranslator;
import dev.brig.runtime.spec.Spec;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Says what a container's limits did to it, from the counters of cgroups that are about to be
/// removed.
public final class LimitWords {
  private static final String[] FILES = {
    "memory.events",
    "memory.peak",
    "memory.max",
    "memory.oom_control",
    "memory.failcnt",
    "memory.max_usage_in_bytes",
    "memory.limit_in_bytes",
    "pids.events",
    "pids.max",
    "cpu.stat",
  };

  private final Kernel kernel;

  /// Makes one that reads through this kernel.
  public LimitWords(Kernel kernel) {
    this.kernel = kernel;
  }

  /// Returns a sentence for each limit that was felt.
  ///
  /// @param spec what the container was allowed
  /// @param cgroups the container's cgroup directories, still there
  public List<String> say(Spec spec, List<Path> cgroups) {
    KernelCgroupFs fs = new KernelCgroupFs(kernel);
    Map<Path, String> contents = new LinkedHashMap<>();
    for (Path cgroup : cgroups) {
      for (String name : FILES) {
        Path file = cgroup.resolve(name);
        String content = fs.readIfThere(file);
        if (!content.isEmpty()) {
          contents.put(file, content);
        }
      }
    }
    return new ExitReasons(Naming.OPTION)
        .say(ResourceTranslator.resources(spec.linux().resources()), new EventDump(contents));
  }
}
