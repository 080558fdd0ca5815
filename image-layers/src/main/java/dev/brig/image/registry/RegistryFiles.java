package dev.brig.image.registry;

import dev.brig.error.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Where this machine and user keep what concerns registries, in the order in which it is read.
final class RegistryFiles {
  private static final String CONF = "containers/registries.conf";

  private final RegistryOptions options;

  RegistryFiles(RegistryOptions options) {
    this.options = options;
  }

  /// Reads the registries.conf that hold. Where there is none at all, short names are Docker's, as
  /// for docker itself.
  RegistriesConf conf() {
    List<RegistriesConf.Source> sources = new ArrayList<>();
    String chosen = options.variable("CONTAINERS_REGISTRIES_CONF");
    List<Path> candidates = new ArrayList<>();
    if (chosen.isEmpty()) {
      config(CONF).forEach(candidates::add);
      candidates.add(Path.of("/etc").resolve(CONF));
      candidates.add(Path.of("/usr/share").resolve(CONF));
    } else {
      candidates.add(Path.of(chosen));
    }
    for (Path file : candidates) {
      if (Files.exists(file)) {
        sources.add(read(file));
        break;
      }
    }
    boolean none = sources.isEmpty();
    sources.addAll(dropIns(Path.of("/etc").resolve(CONF + ".d")));
    for (Path directory : config(CONF + ".d")) {
      sources.addAll(dropIns(directory));
    }
    Path aliases = shortNameAliases();
    if (Files.exists(aliases)) {
      sources.add(read(aliases));
    }
    RegistriesConf read = RegistriesConf.read(sources);
    return none && read.searched().isEmpty()
        ? new RegistriesConf(
            List.of(RepositoryName.DOCKER_HUB), read.aliases(), read.tables(), read.mode())
        : read;
  }

  // Where podman records what its users answered.
  private Path shortNameAliases() {
    String name = "containers/short-name-aliases.conf";
    return options.uid() == 0
        ? Path.of("/var/cache").resolve(name)
        : Path.of(options.variable("HOME")).resolve(".cache").resolve(name);
  }

  private List<Path> config(String name) {
    String config = options.variable("XDG_CONFIG_HOME");
    if (!config.isEmpty()) {
      return List.of(Path.of(config).resolve(name));
    }
    String home = options.variable("HOME");
    return home.isEmpty() ? List.of() : List.of(Path.of(home).resolve(".config").resolve(name));
  }

  private static List<RegistriesConf.Source> dropIns(Path directory) {
    List<RegistriesConf.Source> sources = new ArrayList<>();
    if (Files.isDirectory(directory)) {
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file : files.sorted().toList()) {
          if (file.toString().endsWith(".conf")) {
            sources.add(read(file));
          }
        }
      } catch (IOException e) {
        throw unreadable(directory, e);
      }
    }
    return sources;
  }

  private static RegistriesConf.Source read(Path file) {
    try {
      return new RegistriesConf.Source(file.toString(), Files.readString(file));
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  static UsageException unreadable(Path file, IOException e) {
    return new UsageException(file.toString(), "cannot be read: " + e.getMessage(), "");
  }

  /// Returns the directories with certificates for a registry.
  ///
  /// @param host `host` or `host:port`
  List<Path> certificates(String host) {
    if (options.certDirectory() != null) {
      return List.of(options.certDirectory());
    }
    List<Path> directories = new ArrayList<>();
    for (Path directory : config("containers/certs.d")) {
      directories.add(directory.resolve(host));
    }
    directories.add(Path.of("/etc/containers/certs.d").resolve(host));
    directories.add(Path.of("/etc/docker/certs.d").resolve(host));
    return directories;
  }

  /// Returns the file in which a login is recorded.
  Path writtenAuthFile() {
    Path chosen = chosenAuthFile();
    if (chosen != null) {
      return chosen;
    }
    String runtime = options.variable("XDG_RUNTIME_DIR");
    return (runtime.isEmpty()
            ? Path.of("/run/containers/" + options.uid())
            : Path.of(runtime, "containers"))
        .resolve("auth.json");
  }

  private @Nullable Path chosenAuthFile() {
    String chosen = options.variable("REGISTRY_AUTH_FILE");
    if (options.authFile() != null) {
      return options.authFile();
    }
    return chosen.isEmpty() ? null : Path.of(chosen);
  }

  /// Returns the files in which credentials are looked for, in order.
  List<Path> authFiles() {
    Path chosen = chosenAuthFile();
    if (chosen != null) {
      return List.of(chosen);
    }
    List<Path> files = new ArrayList<>();
    files.add(writtenAuthFile());
    files.addAll(config("containers/auth.json"));
    String home = options.variable("HOME");
    String docker = options.variable("DOCKER_CONFIG");
    if (!docker.isEmpty()) {
      files.add(Path.of(docker).resolve("config.json"));
    } else if (!home.isEmpty()) {
      files.add(Path.of(home, ".docker", "config.json"));
    }
    if (!home.isEmpty()) {
      files.add(Path.of(home, ".dockercfg"));
    }
    return files;
  }
}
