package dev.brig.image.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Carries one request to a server and brings its answer: no redirection is followed, nothing is
/// tried again, and nobody is identified here.
///
/// It may be used by several threads.
interface Transport {

  /// Sends a request.
  ///
  /// @return the answer, whatever its status; the caller closes it
  /// @throws IOException if there is none
  Reply send(Request request) throws IOException;

  /// Returns the same with less patience, if it has any of its own.
  ///
  /// @param most how long a connection may stall, unless it may stall no longer anyway
  default Transport within(Duration most) {
    return this;
  }

  /// A request.
  ///
  /// @param method `GET`, `HEAD`, `POST`, `PUT`, `PATCH`
  /// @param uri where to
  /// @param headers the header fields
  /// @param body what is sent, or null
  record Request(String method, URI uri, Map<String, String> headers, @Nullable Body body) {
    /// Copies the header fields.
    public Request {
      headers = Map.copyOf(headers);
    }
  }

  /// What a request sends.
  interface Body {

    /// Returns the exact size.
    long sizeBytes();

    /// Opens it from its beginning.
    InputStream open() throws IOException;
  }

  /// An answer.
  ///
  /// @param status the HTTP status
  /// @param headers by their names in lower case
  /// @param uri who answered
  /// @param body what was sent; empty for HEAD
  record Reply(int status, Map<String, List<String>> headers, URI uri, InputStream body)
      implements AutoCloseable {
    private static final int DRAINED_BYTES_MAX = 64 * 1024;

    /// Returns the first field of a name, or empty.
    String header(String name) {
      List<String> values = headers(name);
      return values.isEmpty() ? "" : values.getFirst();
    }

    /// Returns all fields of a name.
    List<String> headers(String name) {
      return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
    }

    /// Returns a field that is a number, or -1.
    long number(String name) {
      String value = header(name);
      if (value.isEmpty() || value.length() > 18) {
        return -1;
      }
      for (int i = 0; i < value.length(); i++) {
        if (value.charAt(i) < '0' || value.charAt(i) > '9') {
          return -1;
        }
      }
      return Long.parseLong(value);
    }

    /// Ends the exchange. What little is left is read, so that the connection can serve the next.
    @Override
    public void close() {
      try (body) {
        var _ = body.readNBytes(DRAINED_BYTES_MAX);
      } catch (IOException _) {
        // The answer was read as far as anybody wanted it: ignored.
      }
    }
  }
}
