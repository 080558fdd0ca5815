package dev.brig.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/// A registry on loopback that serves an image layout, as honestly as its test wants.
///
/// A test takes over single requests by [#behave]; whatever it does not take is answered well, with
/// ranges. Every request is noted, and how many bytes of blobs were sent.
final class FakeRegistry implements AutoCloseable {
  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Path layout;
  private final Map<String, Document> documents = new ConcurrentHashMap<>();
  private final List<Seen> seen = new CopyOnWriteArrayList<>();
  private final AtomicLong sentBytes = new AtomicLong();
  private volatile Behaviour behaviour = request -> false;

  /// What a test does with a request.
  interface Behaviour {
    /// Answers, or leaves it to the registry.
    boolean answer(Request request) throws IOException;
  }

  /// A request that was made.
  record Seen(String method, String path, String range, String authorization) {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Document(String type, byte[] bytes) {}

  FakeRegistry(Path layout) throws IOException {
    this.layout = layout;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /// A request and the ways to answer it.
  final class Request {
    private final HttpExchange exchange;

    Request(HttpExchange exchange) {
      this.exchange = exchange;
    }

    String path() {
      return exchange.getRequestURI().getPath();
    }

    String query() {
      String query = exchange.getRequestURI().getQuery();
      return query == null ? "" : query;
    }

    String method() {
      return exchange.getRequestMethod();
    }

    byte[] body() throws IOException {
      return exchange.getRequestBody().readAllBytes();
    }

    boolean isBlob() {
      return path().contains("/blobs/sha256:");
    }

    boolean isManifest() {
      return path().contains("/manifests/");
    }

    String header(String name) {
      String value = exchange.getRequestHeaders().getFirst(name);
      return value == null ? "" : value;
    }

    byte[] blob() throws IOException {
      String digest = path().substring(path().lastIndexOf(':') + 1);
      return Files.readAllBytes(layout.resolve("blobs/sha256").resolve(digest));
    }

    boolean send(int status, String type, byte[] bytes) throws IOException {
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(bytes);
      }
      return true;
    }

    boolean send(int status, String text) throws IOException {
      return send(status, text.startsWith("{") ? "application/json" : "text/html", bytes(text));
    }

    /// Says that `length` bytes follow, and sends some of these; the rest never comes.
    void sendPart(int status, long length, byte[] bytes, int count) throws IOException {
      exchange.sendResponseHeaders(status, length);
      OutputStream out = exchange.getResponseBody();
      out.write(bytes, 0, count);
      out.flush();
      sentBytes.addAndGet(count);
    }

    /// Sends bytes without saying how many.
    boolean sendUnmeasured(byte[] bytes) throws IOException {
      exchange.sendResponseHeaders(200, 0);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(bytes);
      }
      return true;
    }

    Request with(String header, String value) {
      exchange.getResponseHeaders().set(header, value);
      return this;
    }

    /// Ends the connection, whatever was promised.
    boolean cut() {
      exchange.close();
      return true;
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  /// Returns `127.0.0.1:port`.
  String host() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /// Takes over requests.
  void behave(Behaviour wanted) {
    behaviour = wanted;
  }

  List<Seen> seen() {
    return List.copyOf(seen);
  }

  long sentBytes() {
    return sentBytes.get();
  }

  /// Serves a document as what a tag leads to, and by its digest.
  String add(String tag, String type, String text) {
    String digest = digest(bytes(text));
    documents.put(tag, new Document(type, bytes(text)));
    documents.put(digest, new Document(type, bytes(text)));
    return digest;
  }

  static String digest(byte[] bytes) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
      return "sha256:" + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /// Returns the manifest of the layout's only image.
  String manifest() throws IOException {
    String index = Files.readString(layout.resolve("index.json"));
    String digest = index.replaceFirst("(?s).*?\"digest\":\"sha256:([0-9a-f]{64})\".*", "$1");
    return Files.readString(layout.resolve("blobs/sha256").resolve(digest));
  }

  /// Serves the layout's only image as a tag.
  String addImage(String tag) throws IOException {
    return add(tag, MANIFEST, manifest());
  }

  private void handle(HttpExchange exchange) throws IOException {
    Request request = new Request(exchange);
    seen.add(
        new Seen(
            exchange.getRequestMethod(),
            request.path(),
            request.header("Range"),
            request.header("Authorization")));
    try {
      if (!behaviour.answer(request)) {
        answer(request);
      }
    } catch (IOException e) {
      // Whoever asked has hung up, which some tests make them do.
      exchange.close();
    }
  }

  private void answer(Request request) throws IOException {
    String last = request.path().substring(request.path().lastIndexOf('/') + 1);
    if (request.isManifest() && documents.containsKey(last)) {
      Document document = documents.get(last);
      request.send(200, document.type(), document.bytes());
    } else if (request.isBlob()) {
      byte[] blob = request.blob();
      String range = request.header("Range");
      int start = range.isEmpty() ? 0 : Integer.parseInt(range.replaceFirst("bytes=(\\d+)-", "$1"));
      if (start > 0) {
        request.with(
            "Content-Range", "bytes " + start + "-" + (blob.length - 1) + "/" + blob.length);
      }
      request.with("ETag", "\"" + last + "\"");
      byte[] part = Arrays.copyOfRange(blob, start, blob.length);
      sentBytes.addAndGet(part.length);
      request.send(start > 0 ? 206 : 200, "application/octet-stream", part);
    } else if (request.path().equals("/v2/")) {
      request.send(200, "{}");
    } else {
      request.send(404, "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"not here\"}]}");
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
