package dev.brig.image.registry;

import com.google.gson.JsonObject;
import dev.brig.image.ImageException;
import dev.brig.image.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/// A program that keeps credentials: `docker-credential-NAME`, started without a shell.
///
/// @see <a href="https://github.com/docker/docker-credential-helpers">docker-credential-helpers</a>
final class CredentialHelper {
  private static final int ANSWER_BYTES_MAX = 1 << 20;
  private static final int SECONDS_MAX = 120;
  private static final String NOT_FOUND = "credentials not found";
  private static final String TOKEN_USER = "<token>";

  private final String program;

  /// Makes a helper.
  ///
  /// @param name what follows `docker-credential-`
  CredentialHelper(String name) {
    this.program = "docker-credential-" + name;
    if (name.indexOf('/') >= 0) {
      throw new RegistryException(program, "not the name of a program", "");
    }
  }

  /// Returns what the helper knows of a registry.
  Credentials get(String host) {
    String answer = run("get", server(host));
    if (answer.isEmpty()) {
      return new Credentials.Anonymous();
    }
    try {
      JsonNode json = JsonNode.parse(answer.getBytes(StandardCharsets.UTF_8), program);
      String user = json.textOr("Username", "");
      String secret = json.textOr("Secret", "");
      return user.equals(TOKEN_USER)
          ? new Credentials.Identity(secret)
          : new Credentials.Password(user, secret);
    } catch (ImageException e) {
      throw new RegistryException(program + " get", "its answer is " + e.failure().finding(), "");
    }
  }

  /// Lets the helper keep credentials.
  void store(String host, Credentials.Password password) {
    JsonObject json = new JsonObject();
    json.addProperty("ServerURL", server(host));
    json.addProperty("Username", password.user());
    json.addProperty("Secret", password.password());
    run("store", json.toString());
  }

  /// Lets the helper forget credentials.
  void erase(String host) {
    run("erase", server(host));
  }

  // Docker's own registry has an address for a key, from the times of version 1.
  private static String server(String host) {
    return host.equals(RepositoryName.DOCKER_HUB) ? "https://index.docker.io/v1/" : host;
  }

  private String run(String action, String input) {
    try {
      Process process =
          new ProcessBuilder(program, action)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      try (OutputStream in = process.getOutputStream()) {
        in.write(input.getBytes(StandardCharsets.UTF_8));
      } catch (IOException _) {
        // One that knows nothing may not even read: its status says so, ignored.
      }
      byte[] out = process.getInputStream().readNBytes(ANSWER_BYTES_MAX);
      if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new RegistryException(program + " " + action, "it does not end", "");
      }
      String text = new String(out, StandardCharsets.UTF_8).strip();
      if (process.exitValue() == 0) {
        return text;
      }
      if (text.contains(NOT_FOUND)) {
        return "";
      }
      throw new RegistryException(
          program + " " + action,
          "it failed with status " + process.exitValue() + (text.isEmpty() ? "" : ": " + text),
          "");
    } catch (IOException e) {
      throw new RegistryException(
          program,
          "the credential helper cannot be started: " + e.getMessage(),
          "install it, or take it out of credHelpers or credsStore",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + program, e);
    }
  }
}
