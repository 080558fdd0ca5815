package dev.brig.image.registry;

import java.time.Duration;

/// A server that speaks a registry's language, and how far it is trusted.
///
/// @param host `host` or `host:port`, as users write it
/// @param security how it is spoken to
record Endpoint(String host, Security security) {
  private static final Duration NEAR = Duration.ofSeconds(1);
  private static final Duration FAR = Duration.ofSeconds(5);

  /// How a server is spoken to.
  enum Security {
    /// By TLS with a certificate that is trusted.
    VERIFIED,
    /// The same; without TLS if the server is on this machine and has none.
    VERIFIED_UNLESS_LOCAL,
    /// By TLS with whatever certificate, or without TLS.
    INSECURE
  }

  /// Returns the name of the server: Docker's has another one than its images.
  String server() {
    return host.equals(RepositoryName.DOCKER_HUB) ? "registry-1.docker.io" : host;
  }

  /// Tells whether plain HTTP is allowed if the server does not speak TLS.
  boolean mayBePlain() {
    return switch (security) {
      case VERIFIED -> false;
      case VERIFIED_UNLESS_LOCAL -> isLoopback(withoutPort());
      case INSECURE -> true;
    };
  }

  /// Returns how long it may take the server to begin TLS before it counts as one without: some
  /// wait for the end of a line that never comes.
  Duration patience() {
    return isLoopback(withoutPort()) ? NEAR : FAR;
  }

  private String withoutPort() {
    int colon = host.lastIndexOf(':');
    return colon < 0 || host.endsWith("]") ? host : host.substring(0, colon);
  }

  /// Tells whether a name or address is this machine's own.
  static boolean isLoopback(String name) {
    if (name.equals("localhost") || name.equals("[::1]") || name.equals("::1")) {
      return true;
    }
    // Digits and dots only: "127.example.com" is somebody else.
    if (!name.startsWith("127.")) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c != '.' && (c < '0' || c > '9')) {
        return false;
      }
    }
    return true;
  }
}
