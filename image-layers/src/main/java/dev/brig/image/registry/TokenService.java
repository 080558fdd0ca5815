package dev.brig.image.registry;

import dev.brig.image.ImageException;
import dev.brig.image.JsonNode;
import dev.brig.image.registry.Transport.Body;
import dev.brig.image.registry.Transport.Reply;
import dev.brig.image.registry.Transport.Request;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Gets a token from the service that a registry names.
///
/// @param registry who named it
/// @param plain whether the registry itself is spoken to without TLS
/// @param transport the way there
/// @see <a href="https://distribution.github.io/distribution/spec/auth/token/">Token
///   Authentication</a>
record TokenService(String registry, boolean plain, Transport transport) {
  private static final int ANSWER_BYTES_MAX = 1 << 20;
  private static final int SECONDS_DEFAULT = 60;

  /// A token.
  ///
  /// @param text the token
  /// @param lifetime how long it is good for
  record Token(String text, Duration lifetime) {}

  /// Gets a token.
  ///
  /// @param challenge names the service
  /// @param scopes what it has to allow
  /// @param credentials who asks
  /// @throws RegistryException if the service refuses
  Token get(Challenge challenge, List<String> scopes, Credentials credentials) throws IOException {
    URI realm = realm(challenge);
    Request request =
        credentials instanceof Credentials.Identity(String token)
            ? exchange(realm, challenge, scopes, token)
            : ask(realm, challenge, scopes, credentials);
    try (Reply reply = transport.send(request)) {
      if (reply.status() == 200) {
        return read(reply, realm);
      }
      if (reply.status() == 401 || reply.status() == 403) {
        String said = Trouble.words(reply);
        throw new RegistryException(
            "log in to " + registry,
            credentials instanceof Credentials.Anonymous
                ? registry + " wants to know who asks" + (said.isEmpty() ? "" : ": " + said)
                : "name or password is wrong, or may not do this"
                    + (said.isEmpty() ? "" : ": " + said),
            "brig login " + registry,
            reply.status());
      }
      throw Trouble.of("log in to " + registry, realm.getHost(), reply);
    }
  }

  private URI realm(Challenge challenge) throws IOException {
    URI realm;
    try {
      realm = URI.create(challenge.parameter("realm"));
    } catch (IllegalArgumentException e) {
      throw new IOException("the registry names no address to log in at", e);
    }
    boolean secure = "https".equals(realm.getScheme());
    if (realm.getHost() == null || !(secure || (plain && "http".equals(realm.getScheme())))) {
      throw new RegistryException(
          "log in to " + registry,
          "the registry wants the password to go to \"" + realm + "\", which is not safe",
          "");
    }
    return realm;
  }

  private static Request ask(
      URI realm, Challenge challenge, List<String> scopes, Credentials credentials) {
    List<String> query = new ArrayList<>();
    if (!challenge.parameter("service").isEmpty()) {
      query.add("service=" + encoded(challenge.parameter("service")));
    }
    for (String scope : scopes) {
      query.add("scope=" + encoded(scope));
    }
    Map<String, String> headers = new LinkedHashMap<>();
    if (credentials instanceof Credentials.Password password) {
      query.add("account=" + encoded(password.user()));
      headers.put("Authorization", basic(password));
    }
    String joined = String.join("&", query);
    String separator = realm.getRawQuery() == null ? "?" : "&";
    return new Request("GET", URI.create(realm + separator + joined), headers, null);
  }

  private static Request exchange(
      URI realm, Challenge challenge, List<String> scopes, String token) {
    String form =
        "grant_type=refresh_token&client_id=brig&service="
            + encoded(challenge.parameter("service"))
            + "&scope="
            + encoded(String.join(" ", scopes))
            + "&refresh_token="
            + encoded(token);
    return new Request(
        "POST",
        realm,
        Map.of("Content-Type", "application/x-www-form-urlencoded"),
        body(form.getBytes(StandardCharsets.UTF_8)));
  }

  static Body body(byte[] bytes) {
    return new Body() {
      @Override
      public long sizeBytes() {
        return bytes.length;
      }

      @Override
      public InputStream open() {
        return new ByteArrayInputStream(bytes);
      }
    };
  }

  private Token read(Reply reply, URI realm) throws IOException {
    try {
      byte[] bytes = reply.body().readNBytes(ANSWER_BYTES_MAX);
      JsonNode json = JsonNode.parse(bytes, "answer of " + realm.getHost());
      String token = json.textOr("token", "");
      token = token.isEmpty() ? json.textOr("access_token", "") : token;
      if (token.isEmpty()) {
        throw json.wrong("there is no token in it");
      }
      JsonNode expires = json.find("expires_in");
      long seconds = expires == null ? SECONDS_DEFAULT : expires.wholeNumber();
      return new Token(token, Duration.ofSeconds(Math.clamp(seconds, SECONDS_DEFAULT, 86_400)));
    } catch (ImageException e) {
      throw new RegistryException("log in to " + registry, e.failure().line(), "", e);
    }
  }

  static String basic(Credentials.Password password) {
    byte[] pair = (password.user() + ":" + password.password()).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(pair);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
