package dev.brig.image.registry;

import dev.brig.image.ImageException;
import dev.brig.image.JsonNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/// What goes wrong between brig and a registry, in words.
final class Trouble {
  private static final int BODY_BYTES_MAX = 64 * 1024;
  private static final int WORDS_MAX = 300;

  private Trouble() {}

  /// Tells whether another attempt may succeed: not if the name is unknown, nobody listens, or the
  /// server is not who it should be.
  static boolean mayPass(IOException failure) {
    return !(failure instanceof UnknownHostException
        || failure instanceof ConnectException
        || failure instanceof NoRouteToHostException
        || failure instanceof SSLException);
  }

  /// Tells whether a server speaks TLS, but has not proved who it is.
  static boolean isDistrust(IOException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException || cause instanceof SSLPeerUnverifiedException) {
        return true;
      }
    }
    return false;
  }

  /// Returns an exception for a failure of the network.
  ///
  /// @param subject what was asked for
  static RegistryException of(String subject, String server, IOException failure) {
    String proxy = "check the network, the name, and the variables http(s)_proxy";
    if (isDistrust(failure)) {
      return new RegistryException(
          subject,
          server + " has a certificate that is not trusted: " + innermost(failure),
          "put its authority's certificate into /etc/containers/certs.d/"
              + server
              + "/ca.crt; --tls-verify=false trusts anybody",
          failure);
    }
    return switch (failure) {
      case UnknownHostException _ ->
          new RegistryException(subject, "there is no host " + server, proxy, failure);
      case SocketTimeoutException _ ->
          new RegistryException(
              subject, server + " does not answer", "try again later, or " + proxy, failure);
      case ConnectException _ ->
          new RegistryException(
              subject, server + " refuses connections", "is the port right? " + proxy, failure);
      case SSLException _ ->
          new RegistryException(
              subject,
              server + " does not speak TLS: " + innermost(failure),
              "a registry without it has to be called insecure: --tls-verify=false",
              failure);
      default ->
          new RegistryException(
              subject,
              "the connection to " + server + " was cut: " + innermost(failure),
              "try again: what has arrived is kept",
              failure);
    };
  }

  private static String innermost(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  /// Returns an exception for an answer that is a refusal.
  ///
  /// @param subject what was asked for
  /// @param server who answers
  /// @param reply the answer, whose body is read
  static RegistryException of(String subject, String server, Transport.Reply reply) {
    int status = reply.status();
    String said = words(reply);
    String finding = server + " answers " + status + (said.isEmpty() ? "" : ": " + said);
    return switch (status) {
      case 401 ->
          new RegistryException(
              subject,
              server + " wants to know who asks" + (said.isEmpty() ? "" : ": " + said),
              "brig login " + server + "; an image that does not exist may look so, too",
              status);
      case 403 ->
          new RegistryException(
              subject, finding, "this user may not; brig login " + server + " as another", status);
      case 404 ->
          new RegistryException(
              subject,
              said.isEmpty() ? server + " does not have it" : finding,
              "is the name right? brig search --list-tags shows the tags of a repository",
              status);
      case 429 ->
          new RegistryException(
              subject,
              server + " limits how much may be pulled" + (said.isEmpty() ? "" : ": " + said),
              "wait, log in by brig login " + server + ", or set up a mirror",
              status);
      default ->
          new RegistryException(subject, finding, status >= 500 ? "try again later" : "", status);
    };
  }

  /// Returns what an answer's body says, if it is of the form that registries have, or empty.
  ///
  /// @see <a
  ///   href="https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes">Error
  ///   Codes</a>
  static String words(Transport.Reply reply) {
    try {
      byte[] bytes = reply.body().readNBytes(BODY_BYTES_MAX);
      String text = new String(bytes, StandardCharsets.UTF_8).strip();
      if (!text.startsWith("{")) {
        return "";
      }
      JsonNode json = JsonNode.parse(bytes, "answer");
      List<String> all = new ArrayList<>();
      for (JsonNode error : json.list("errors")) {
        String code = error.textOr("code", "").toLowerCase(Locale.ROOT);
        String message = error.textOr("message", "");
        all.add(code.isEmpty() || message.isEmpty() ? code + message : code + ": " + message);
      }
      String joined = all.isEmpty() ? json.textOr("message", "") : String.join("; ", all);
      return joined.length() <= WORDS_MAX ? joined : joined.substring(0, WORDS_MAX) + "…";
    } catch (IOException | ImageException _) {
      // The status says enough: ignored.
      return "";
    }
  }
}
