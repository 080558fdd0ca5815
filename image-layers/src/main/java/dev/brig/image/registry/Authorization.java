package dev.brig.image.registry;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What requests to one registry say about who sends them. Asks for credentials only when the
/// registry does, and keeps tokens while they are good.
final class Authorization {
  private static final Duration MARGIN = Duration.ofSeconds(10);

  private final String registry;
  private final Supplier<Credentials> credentials;
  private final Map<String, Kept> tokens = new HashMap<>();
  private List<Challenge> challenges = List.of();
  private @Nullable Credentials known;

  /// Makes one that has not been asked for anything yet.
  ///
  /// @param registry the registry, for messages
  /// @param credentials finds out who asks
  Authorization(String registry, Supplier<Credentials> credentials) {
    this.registry = registry;
    this.credentials = credentials;
  }

  private record Kept(String text, long untilNanos) {}

  /// Takes note of what the registry wants.
  synchronized void challenged(List<Challenge> offered) {
    challenges = List.copyOf(offered);
  }

  /// Forgets the token for a scope: the registry does not take it.
  synchronized void reject(String scope) {
    tokens.remove(scope);
  }

  /// Returns the header for a request, or empty if nobody has to say who he is.
  ///
  /// @param scope what the request needs: `repository:library/debian:pull`, or empty
  /// @param services the way to token services
  synchronized String header(String scope, TokenService services) throws IOException {
    for (Challenge challenge : challenges) {
      if (challenge.scheme().equals("bearer")) {
        return "Bearer " + token(challenge, scope, services);
      }
    }
    for (Challenge challenge : challenges) {
      if (challenge.scheme().equals("basic")) {
        if (who() instanceof Credentials.Password password) {
          return TokenService.basic(password);
        }
        throw new RegistryException(
            "log in to " + registry,
            registry + " wants to know who asks",
            "brig login " + registry,
            401);
      }
    }
    return "";
  }

  private String token(Challenge challenge, String scope, TokenService services)
      throws IOException {
    Kept kept = tokens.get(scope);
    if (kept != null && kept.untilNanos() - System.nanoTime() > 0) {
      return kept.text();
    }
    List<String> scopes = new ArrayList<>();
    if (!scope.isEmpty()) {
      scopes.addAll(Arrays.asList(scope.split(" ", -1)));
    }
    String wanted = challenge.parameter("scope");
    if (!wanted.isEmpty() && !scopes.contains(wanted)) {
      scopes.add(wanted);
    }
    TokenService.Token token = services.get(challenge, scopes, who());
    long good = Math.max(token.lifetime().minus(MARGIN).toNanos(), 1);
    tokens.put(scope, new Kept(token.text(), System.nanoTime() + good));
    return token.text();
  }

  private Credentials who() {
    Credentials found = known;
    if (found == null) {
      found = credentials.get();
      known = found;
    }
    return found;
  }
}
