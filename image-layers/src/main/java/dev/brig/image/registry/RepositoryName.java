package dev.brig.image.registry;

import dev.brig.error.UsageException;

/// Where an image's repository is: a registry and a path on it.
///
/// @param host the registry, `host` or `host:port`; `docker.io` for Docker's, whatever its server
///   is called
/// @param path the repository on it, `library/debian`
/// @see <a href="https://github.com/opencontainers/distribution-spec/blob/main/spec.md">"name" and
///   "reference"</a>
public record RepositoryName(String host, String path) {
  static final String DOCKER_HUB = "docker.io";

  /// Takes a name apart that begins with a registry.
  ///
  /// @param name without tag and digest
  /// @throws UsageException if it is a short name
  public static RepositoryName parse(String name) {
    if (isShort(name)) {
      throw new UsageException(
          "image \"" + name + "\"", "names no registry", "write it as registry.example/" + name);
    }
    int slash = name.indexOf('/');
    String host = name.substring(0, slash);
    String path = name.substring(slash + 1);
    if (host.equals("index.docker.io")) {
      host = DOCKER_HUB;
    }
    // Docker's official images have a namespace that nobody writes.
    boolean official = host.equals(DOCKER_HUB) && path.indexOf('/') < 0;
    return new RepositoryName(host, official ? "library/" + path : path);
  }

  /// Tells whether a name says no registry: its first part is then neither `localhost` nor has a
  /// dot or a port.
  public static boolean isShort(String name) {
    int slash = name.indexOf('/');
    return slash < 0 || !isHost(name.substring(0, slash));
  }

  /// Tells whether the first part of a name is a registry's and not a namespace.
  static boolean isHost(String part) {
    return part.indexOf('.') >= 0 || part.indexOf(':') >= 0 || part.equals("localhost");
  }

  /// Returns `host/path`, which is how the store calls images of it.
  @Override
  public String toString() {
    return host + "/" + path;
  }
}
