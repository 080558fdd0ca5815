package dev.brig.image.registry;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpRetryException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLConnection;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.HttpsURLConnection;

/// Requests by the JDK's older client, which takes a third of the newer one's processor time for a
/// blob and a quarter for a first request. It knows no PATCH: those few requests go by the newer
/// one.
final class JdkTransport implements Transport {
  private static final int BUFFER_BYTES = 256 * 1024;

  private final Tls tls;
  private final Proxies proxies;
  private final Duration timeout;

  /// Makes a transport.
  ///
  /// @param tls whom to trust
  /// @param proxies what stands between
  /// @param timeout how long a connection may stall
  JdkTransport(Tls tls, Proxies proxies, Duration timeout) {
    this.tls = tls;
    this.proxies = proxies;
    this.timeout = timeout;
  }

  @Override
  public Transport within(Duration most) {
    return most.compareTo(timeout) < 0 ? new JdkTransport(tls, proxies, most) : this;
  }

  @Override
  public Reply send(Request request) throws IOException {
    if (request.method().equals("PATCH")) {
      return patch(request);
    }
    HttpURLConnection connection = connect(request);
    Body body = request.body();
    if (body != null) {
      connection.setDoOutput(true);
      connection.setFixedLengthStreamingMode(body.sizeBytes());
      try (OutputStream out = connection.getOutputStream()) {
        copy(body, out);
      } catch (IOException e) {
        // A server that refuses need not read all: its answer may be there.
        return answeredAll(request, connection, e);
      }
    }
    try {
      return reply(request, connection);
    } catch (HttpRetryException e) {
      // The client cannot send a streamed body again, and need not: the status is what counts.
      return new Reply(e.responseCode(), Map.of(), request.uri(), InputStream.nullInputStream());
    }
  }

  private static Reply answeredAll(Request request, HttpURLConnection connection, IOException e)
      throws IOException {
    try {
      Reply reply = reply(request, connection);
      if (reply.status() >= 400) {
        return reply;
      }
      reply.close();
    } catch (IOException second) {
      e.addSuppressed(second);
    }
    throw e;
  }

  private HttpURLConnection connect(Request request) throws IOException {
    URLConnection opened = request.uri().toURL().openConnection(proxies.choose(request.uri()));
    if (!(opened instanceof HttpURLConnection connection)) {
      throw new IOException("not an address of the web: " + request.uri());
    }
    if (connection instanceof HttpsURLConnection secure) {
      secure.setSSLSocketFactory(tls.sockets());
      if (tls.trustsAnybody()) {
        secure.setHostnameVerifier((_, _) -> true);
      }
    }
    connection.setRequestMethod(request.method());
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    connection.setConnectTimeout((int) timeout.toMillis());
    connection.setReadTimeout((int) timeout.toMillis());
    connection.setRequestProperty("User-Agent", "brig");
    for (Map.Entry<String, String> header : request.headers().entrySet()) {
      connection.setRequestProperty(header.getKey(), header.getValue());
    }
    return connection;
  }

  private static void copy(Body body, OutputStream out) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = body.open()) {
      int count = in.read(buffer);
      while (count >= 0) {
        out.write(buffer, 0, count);
        count = in.read(buffer);
      }
    }
  }

  private static Reply reply(Request request, HttpURLConnection connection) throws IOException {
    int status = connection.getResponseCode();
    if (status < 0) {
      throw new IOException("not an answer of a web server");
    }
    InputStream body = status >= 400 ? connection.getErrorStream() : connection.getInputStream();
    return new Reply(
        status,
        lowerCase(connection.getHeaderFields()),
        request.uri(),
        body == null ? InputStream.nullInputStream() : body);
  }

  private static Map<String, List<String>> lowerCase(Map<String, List<String>> fields) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    for (Map.Entry<String, List<String>> field : fields.entrySet()) {
      // The status line has no name.
      if (field.getKey() != null) {
        headers
            .computeIfAbsent(field.getKey().toLowerCase(Locale.ROOT), _ -> new ArrayList<>())
            .addAll(field.getValue());
      }
    }
    return headers;
  }

  private Reply patch(Request request) throws IOException {
    Body body = request.body();
    HttpRequest.Builder builder = HttpRequest.newBuilder(request.uri()).timeout(timeout);
    request.headers().forEach(builder::header);
    HttpRequest.BodyPublisher publisher =
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofByteArray(bytes(body));
    try (HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(proxies.selector())
            .sslContext(tls.context())
            .connectTimeout(timeout)
            .build()) {
      HttpResponse<byte[]> answer =
          client.send(
              builder.method("PATCH", publisher).build(), HttpResponse.BodyHandlers.ofByteArray());
      return new Reply(
          answer.statusCode(),
          lowerCase(answer.headers().map()),
          request.uri(),
          new ByteArrayInputStream(answer.body()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static byte[] bytes(Body body) throws IOException {
    try (InputStream in = body.open()) {
      return in.readAllBytes();
    }
  }

  /// Returns the address that a server's `Location` means.
  ///
  /// @throws IOException if it is none
  static URI resolve(URI base, String location) throws IOException {
    try {
      return base.resolve(location);
    } catch (IllegalArgumentException e) {
      throw new IOException("redirected to what is no address: " + location, e);
    }
  }
}
