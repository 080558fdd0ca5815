package dev.brig.cli.images;

import dev.brig.cli.command.Context;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.value.Durations;
import dev.brig.cli.value.Numbers;
import dev.brig.cli.value.Wrong;
import dev.brig.image.registry.Credentials;
import dev.brig.image.registry.Registries;
import dev.brig.image.registry.RegistryOptions;
import dev.brig.image.registry.RegistryOptions.Verification;
import dev.brig.image.registry.Retry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The way from a command line to registries.
final class RegistryAccess {
  private static final String TIMEOUT = "BRIG_REGISTRY_TIMEOUT";
  private static final int RETRIES_MAX = 100;
  private static final int TIMEOUT_MAX_SECONDS = 86_400;

  private RegistryAccess() {}

  /// Returns the registries as the options and the caller's environment have them.
  ///
  /// @throws dev.brig.error.UsageException naming the option that is wrong
  static Registries of(Context context, Reading.Arguments<RegistryOption> arguments) {
    Retry retry = Retry.USUAL;
    String times = arguments.value(RegistryOption.RETRY, "");
    if (!times.isEmpty()) {
      retry = new Retry((int) Numbers.parse("--retry", times, 0, RETRIES_MAX), retry.delay());
    }
    String delay = arguments.value(RegistryOption.RETRY_DELAY, "");
    if (!delay.isEmpty()) {
      long nanos = Durations.nanos(delay);
      if (nanos < 0) {
        throw Wrong.value("--retry-delay", delay, "not a length of time: 500ms, 5s, 1m");
      }
      retry = new Retry(retry.times(), Duration.ofNanos(nanos));
    }
    return new Registries(
        new RegistryOptions(
            context.environment(),
            context.host().identity().euid(),
            credentials(arguments.value(RegistryOption.CREDS, "")),
            path(arguments.value(RegistryOption.AUTHFILE, "")),
            path(arguments.value(RegistryOption.CERT_DIR, "")),
            verification(arguments),
            retry,
            timeout(context)));
  }

  /// Returns the registries as the caller's environment has them.
  static Registries usual(Context context) {
    return of(context, new Reading.Arguments<>(List.of(), List.of()));
  }

  private static Credentials credentials(String pair) {
    if (pair.isEmpty()) {
      return new Credentials.Anonymous();
    }
    int colon = pair.indexOf(':');
    if (colon <= 0) {
      throw Wrong.value("--creds", "***", "not NAME:PASSWORD");
    }
    return new Credentials.Password(pair.substring(0, colon), pair.substring(colon + 1));
  }

  private static @Nullable Path path(String text) {
    return text.isEmpty() ? null : Path.of(text);
  }

  private static Verification verification(Reading.Arguments<RegistryOption> arguments) {
    return switch (arguments.value(RegistryOption.TLS_VERIFY, "")) {
      case "" -> Verification.CONFIGURED;
      case "true" -> Verification.REQUIRED;
      default -> Verification.WAIVED;
    };
  }

  private static Duration timeout(Context context) {
    String text = context.environment().getOrDefault(TIMEOUT, "");
    return text.isEmpty()
        ? RegistryOptions.TIMEOUT
        : Duration.ofSeconds(Numbers.parse(TIMEOUT, text, 1, TIMEOUT_MAX_SECONDS));
  }
}
