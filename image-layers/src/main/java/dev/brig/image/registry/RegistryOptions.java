package dev.brig.image.registry;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the caller and the command line say about talking to registries.
///
/// @param environment the caller's environment
/// @param uid the caller's effective user id
/// @param given who asks, in place of what any file says; [Credentials.Anonymous] for what they say
/// @param authFile where credentials are, in place of all usual files, or null
/// @param certDirectory where certificates are, in place of the usual directories, or null
/// @param verification whether servers have to prove who they are
/// @param retry what is done about failures that may pass
/// @param timeout how long a connection may stall
public record RegistryOptions(
    Map<String, String> environment,
    int uid,
    Credentials given,
    @Nullable Path authFile,
    @Nullable Path certDirectory,
    Verification verification,
    Retry retry,
    Duration timeout) {
  /// How long a connection may stall unless the user says otherwise.
  public static final Duration TIMEOUT = Duration.ofSeconds(30);

  /// Copies the environment.
  public RegistryOptions {
    environment = Map.copyOf(environment);
  }

  /// Whether servers have to prove who they are.
  public enum Verification {
    /// As registries.conf says.
    CONFIGURED,
    /// Always, by a certificate.
    REQUIRED,
    /// Never, and plain HTTP is fine.
    WAIVED
  }

  String variable(String name) {
    return environment.getOrDefault(name, "");
  }
}
