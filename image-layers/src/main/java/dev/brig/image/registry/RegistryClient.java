package dev.brig.image.registry;

import dev.brig.image.registry.Transport.Body;
import dev.brig.image.registry.Transport.Reply;
import dev.brig.image.registry.Transport.Request;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A registry that can be talked to: finds out how, says who asks, follows redirections, and tries
/// again what may pass.
///
/// Who asks is told to the registry and to the service that it names for that, and to nobody to
/// whom it redirects. May be used by several threads.
final class RegistryClient {
  private static final int REDIRECTIONS_MAX = 10;
  private static final int BAD_REQUEST = 400;
  private static final Set<Integer> BUSY = Set.of(408, 429, 500, 502, 503, 504);

  private final Endpoint endpoint;
  private final Transport own;
  private final Transport foreign;
  private final Authorization authorization;
  private final Retry retry;
  private @Nullable URI base;

  /// Makes a client that has not connected yet.
  ///
  /// @param own the way to the registry
  /// @param foreign the way to other servers, which are shown nothing of the user
  RegistryClient(
      Endpoint endpoint,
      Transport own,
      Transport foreign,
      Authorization authorization,
      Retry retry) {
    this.endpoint = endpoint;
    this.own = own;
    this.foreign = foreign;
    this.authorization = authorization;
    this.retry = retry;
  }

  /// What is asked of the registry.
  ///
  /// @param method the HTTP method
  /// @param target a path that begins with a slash, or a whole address
  /// @param scope what has to be allowed for it, or empty
  /// @param headers further header fields
  /// @param body what is sent, or null
  /// @param subject what it is for, for messages
  record Call(
      String method,
      String target,
      String scope,
      Map<String, String> headers,
      @Nullable Body body,
      String subject) {

    static Call get(String target, String scope, String subject) {
      return new Call("GET", target, scope, Map.of(), null, subject);
    }

    Call with(Map<String, String> fields) {
      return new Call(method, target, scope, fields, body, subject);
    }
  }

  /// Returns how users call the registry.
  String host() {
    return endpoint.host();
  }

  Retry retry() {
    return retry;
  }

  /// Asks the registry.
  ///
  /// @return the answer, which is no failure; the caller closes it
  /// @throws RegistryException if the registry cannot be reached or refuses
  Reply send(Call call) {
    return send(call, retry);
  }

  /// Asks the registry as [#send], with another patience.
  Reply send(Call call, Retry patience) {
    int failures = 0;
    boolean introduced = false;
    while (true) {
      Duration wait;
      try {
        Reply reply = exchange(call);
        if (reply.status() < 400) {
          return reply;
        }
        if (reply.status() == 401 && !introduced) {
          introduced = true;
          introduce(call, reply);
          continue;
        }
        wait = Retry.asked(reply.header("Retry-After"), patience.before(failures + 1));
        if (!BUSY.contains(reply.status())
            || failures >= patience.times()
            || !Retry.isBearable(wait)) {
          throw refused(call, reply);
        }
        reply.close();
      } catch (IOException e) {
        if (!Trouble.mayPass(e) || failures >= patience.times()) {
          throw Trouble.of(call.subject(), endpoint.server(), e);
        }
        wait = patience.before(failures + 1);
      }
      failures++;
      Retry.sleep(wait);
    }
  }

  private RegistryException refused(Call call, Reply reply) {
    try (reply) {
      return Trouble.of(call.subject(), endpoint.host(), reply);
    }
  }

  private void introduce(Call call, Reply reply) {
    try (reply) {
      List<Challenge> offered = Challenge.parse(reply.headers("WWW-Authenticate"));
      if (!offered.isEmpty()) {
        authorization.challenged(offered);
      }
      authorization.reject(call.scope());
    }
  }

  private Reply exchange(Call call) throws IOException {
    URI start = connect();
    URI uri =
        call.target().startsWith("/") ? start.resolve(call.target()) : URI.create(call.target());
    for (int i = 0; i <= REDIRECTIONS_MAX; i++) {
      boolean home = isSameServer(start, uri);
      Map<String, String> headers = new LinkedHashMap<>(call.headers());
      if (home) {
        String header = authorization.header(call.scope(), services(start));
        if (!header.isEmpty()) {
          headers.put("Authorization", header);
        }
      }
      Reply reply =
          (home ? own : foreign).send(new Request(call.method(), uri, headers, call.body()));
      String location = reply.header("Location");
      boolean moved = reply.status() >= 301 && reply.status() <= 308 && !location.isEmpty();
      if (!moved || !(call.method().equals("GET") || call.method().equals("HEAD"))) {
        return reply;
      }
      reply.close();
      uri = redirected(call, uri, location);
    }
    throw new RegistryException(call.subject(), endpoint.host() + " redirects without an end", "");
  }

  private TokenService services(URI start) {
    boolean plain = "http".equals(start.getScheme());
    return new TokenService(
        endpoint.host(),
        plain,
        request -> {
          boolean home = isSameServer(start, request.uri());
          return (home ? own : foreign).send(request);
        });
  }

  private URI redirected(Call call, URI from, String location) throws IOException {
    URI target = JdkTransport.resolve(from, location);
    String scheme = target.getScheme() == null ? "" : target.getScheme().toLowerCase(Locale.ROOT);
    boolean plain = scheme.equals("http");
    boolean downgrade = plain && "https".equals(from.getScheme()) && !endpoint.mayBePlain();
    if (downgrade || target.getHost() == null || !(plain || scheme.equals("https"))) {
      throw new RegistryException(
          call.subject(),
          endpoint.host() + " redirects to \"" + target + "\", which is not safe",
          "");
    }
    return target;
  }

  private static boolean isSameServer(URI one, URI other) {
    return one.getPort() == other.getPort()
        && one.getHost().equalsIgnoreCase(other.getHost())
        && one.getScheme().equalsIgnoreCase(other.getScheme());
  }

  /// Makes the address of an upload that a registry has named into one to go on with.
  ///
  /// @param reply the registry's answer
  /// @throws RegistryException if it names none, or an unsafe one
  URI uploadAddress(Call call, Reply reply) {
    String location = reply.header("Location");
    try {
      if (!location.isEmpty()) {
        return redirected(call, reply.uri(), location);
      }
    } catch (IOException e) {
      throw Trouble.of(call.subject(), endpoint.server(), e);
    }
    throw new RegistryException(
        call.subject(), endpoint.host() + " does not say where to upload to", "");
  }

  /// Finds out whether the registry speaks TLS, and what it wants to know.
  private synchronized URI connect() throws IOException {
    URI known = base;
    if (known == null) {
      known = address("https");
      if (endpoint.mayBePlain()) {
        known = connectPerhapsPlain(known);
      } else {
        var _ = greet(own, known);
      }
      base = known;
    }
    return known;
  }

  private URI connectPerhapsPlain(URI secure) throws IOException {
    try {
      var _ = greet(own.within(endpoint.patience()), secure);
      return secure;
    } catch (IOException e) {
      if (Trouble.isDistrust(e)) {
        throw e;
      }
    }
    URI plain = address("http");
    if (greet(own, plain) != BAD_REQUEST) {
      return plain;
    }
    // So servers answer who should speak TLS: this one was only slow.
    var _ = greet(own, secure);
    return secure;
  }

  private URI address(String scheme) {
    try {
      URI address = URI.create(scheme + "://" + endpoint.server() + "/v2/");
      if (address.getHost() != null) {
        return address;
      }
    } catch (IllegalArgumentException _) {
      // Told below: ignored.
    }
    throw new RegistryException(
        "registry \"" + endpoint.host() + "\"", "not a host or host:port", "");
  }

  private int greet(Transport transport, URI address) throws IOException {
    try (Reply reply = transport.send(new Request("GET", address, Map.of(), null))) {
      if (reply.status() == 401) {
        authorization.challenged(Challenge.parse(reply.headers("WWW-Authenticate")));
      }
      return reply.status();
    }
  }
}
