package dev.brig.runtime.launch;

import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.FileType;
import dev.brig.linux.Host;
import dev.brig.linux.Kernel;
import dev.brig.linux.Links;
import dev.brig.namespaces.MountRequest.Kind;
import dev.brig.namespaces.ProcessRequest.Filter;
import dev.brig.runtime.compile.IdMappings;
import dev.brig.runtime.compile.Isolation;
import dev.brig.runtime.compile.SpecFacts;
import dev.brig.runtime.container.Volumes;
import dev.brig.runtime.spec.LinuxNamespace;
import dev.brig.runtime.spec.LinuxNamespaceType;
import dev.brig.runtime.spec.Mount;
import dev.brig.runtime.spec.Spec;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads from the host what a plan depends on beside its spec.
public final class FactsReader {
  private static final String LAST_CAPABILITY = "/proc/sys/kernel/cap_last_cap";

  private final Kernel kernel;
  private final Host host;
  private final String bundle;
  private final String volumes;

  /// Makes a reader.
  ///
  /// @param kernel the way to the machine
  /// @param host the facts of the machine
  /// @param bundle the container's own directory; what is mounted from it are files, whether they
  ///   are there yet or not, so that a plan that is only shown is as one that is carried out
  public FactsReader(Kernel kernel, Host host, Path bundle) {
    this.kernel = kernel;
    this.host = host;
    this.bundle = bundle + "/";
    Path containers = bundle.getParent();
    Path root = containers == null ? null : containers.getParent();
    this.volumes = root == null ? "" : root.resolve("volumes") + "/";
  }

  /// Returns the facts for a spec.
  ///
  /// @param spec the configuration
  /// @param filter the compiled seccomp filter
  /// @param origins who asked for what, see [SpecFacts#origins]
  public SpecFacts read(Spec spec, Filter filter, Map<String, String> origins) {
    Map<String, Kind> kernelPaths = new HashMap<>();
    look("/sys/fs/cgroup/cgroup.controllers", kernelPaths);
    lookAll(spec.linux().maskedPaths(), kernelPaths);
    lookAll(spec.linux().readonlyPaths(), kernelPaths);
    Map<String, Kind> sources = new HashMap<>();
    Set<String> unfilled = new HashSet<>();
    for (Mount mount : spec.mounts()) {
      if (mount.source().startsWith("/")) {
        look(mount.source(), sources);
        if (mount.source().startsWith(bundle)) {
          sources.putIfAbsent(mount.source(), Kind.FILE);
        }
        if (isUnfilled(mount.source(), sources)) {
          unfilled.add(mount.source());
        }
      }
    }
    return new SpecFacts(
        lastCapability(),
        kernelPaths,
        sources,
        unfilled,
        mapping(spec),
        host.identity().place(),
        Map.of(),
        filter,
        origins);
  }

  private Isolation.IdMapping mapping(Spec spec) {
    for (LinuxNamespace namespace : spec.linux().namespaces()) {
      if (namespace.type() == LinuxNamespaceType.USER && !namespace.path().isEmpty()) {
        // Its ids are mapped already; the specification's only say how.
        return IdMappings.joined(spec.linux().gidMappings(), host.identity());
      }
    }
    return IdMappings.of(
        spec.linux().uidMappings(),
        spec.linux().gidMappings(),
        host.identity(),
        host::subordinateIds);
  }

  /// Tells whether a source is a volume that was not filled yet, or that will be made.
  private boolean isUnfilled(String source, Map<String, Kind> sources) {
    if (volumes.isEmpty() || !source.startsWith(volumes)) {
      return false;
    }
    return !sources.containsKey(source) || kernel.attributes().exists(Volumes.marker(source));
  }

  private int lastCapability() {
    byte[] text = kernel.files().readIfPresent(Fd.CWD, LAST_CAPABILITY, 16).orElseThrow();
    int number = 0;
    for (byte digit : text) {
      if (digit >= '0' && digit <= '9') {
        number = number * 10 + digit - '0';
      }
    }
    return number;
  }

  private void lookAll(List<String> paths, Map<String, Kind> into) {
    for (String path : paths) {
      if (path.startsWith("/proc/") || path.startsWith("/sys/")) {
        look(path, into);
      }
    }
  }

  private void look(String path, Map<String, Kind> into) {
    Optional<FileStatus> status = kernel.attributes().statIfPresent(Fd.CWD, path, Links.FOLLOW);
    if (status.isPresent()) {
      boolean directory = status.get().type() == FileType.DIRECTORY;
      into.put(path, directory ? Kind.DIRECTORY : Kind.FILE);
    }
  }
}
