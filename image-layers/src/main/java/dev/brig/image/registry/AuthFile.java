package dev.brig.image.registry;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.brig.error.UsageException;
import dev.brig.image.ImageException;
import dev.brig.image.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// A file with credentials: containers' auth.json, docker's config.json, or the older .dockercfg.
///
/// What brig does not know in it is kept.
///
/// @see <a
///   href="https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md">containers-auth.json(5)</a>
final class AuthFile {
  private static final String AUTHS = "auths";
  private static final String HELPERS = "credHelpers";

  private final Path path;
  private final JsonObject root;

  private AuthFile(Path path, JsonObject root) {
    this.path = path;
    this.root = root;
  }

  /// Reads a file; one that is not there has nothing in it.
  ///
  /// @throws UsageException if it cannot be read or is not of the form
  static AuthFile read(Path path) {
    try {
      if (!Files.exists(path) || Files.size(path) == 0) {
        return new AuthFile(path, new JsonObject());
      }
      JsonElement json = JsonNode.parse(Files.readAllBytes(path), path.toString()).element();
      if (!(json instanceof JsonObject object)) {
        throw new UsageException(path.toString(), "not a JSON object", "");
      }
      return new AuthFile(path, path.endsWith(".dockercfg") ? wrapped(object) : object);
    } catch (IOException e) {
      throw RegistryFiles.unreadable(path, e);
    } catch (ImageException e) {
      throw new UsageException(path.toString(), e.failure().finding(), "correct or remove it");
    }
  }

  private static JsonObject wrapped(JsonObject auths) {
    JsonObject root = new JsonObject();
    root.add(AUTHS, auths);
    return root;
  }

  Path path() {
    return path;
  }

  private JsonObject member(String name) {
    return root.get(name) instanceof JsonObject object ? object : new JsonObject();
  }

  /// Returns the helper that keeps a registry's credentials, or empty.
  String helper(String host) {
    for (String key : member(HELPERS).keySet()) {
      if (normal(key).equals(host)) {
        return text(member(HELPERS), key);
      }
    }
    return text(root, "credsStore");
  }

  /// Finds the credentials for a repository: those of the longest path that leads to it.
  ///
  /// @return the credentials, [Credentials.Anonymous] if there are none
  /// @throws UsageException if they are malformed
  Credentials find(String host, String repository) {
    for (String wanted : candidates(host, repository)) {
      for (String key : member(AUTHS).keySet()) {
        if (normal(key).equals(wanted) && member(AUTHS).get(key) instanceof JsonObject entry) {
          Credentials found = credentials(key, entry);
          if (!(found instanceof Credentials.Anonymous)) {
            return found;
          }
        }
      }
    }
    return new Credentials.Anonymous();
  }

  /// Returns the keys that may hold for a repository, the most special one first.
  static List<String> candidates(String host, String repository) {
    List<String> candidates = new ArrayList<>();
    String path = host + (repository.isEmpty() ? "" : "/" + repository);
    while (true) {
      candidates.add(path);
      int slash = path.lastIndexOf('/');
      if (slash < 0) {
        return candidates;
      }
      path = path.substring(0, slash);
    }
  }

  /// Returns a key as brig compares it: docker writes addresses, and Docker's registry has several
  /// names.
  static String normal(String key) {
    String bare = key;
    int scheme = bare.indexOf("://");
    boolean address = scheme >= 0;
    if (address) {
      bare = bare.substring(scheme + 3);
    }
    while (bare.endsWith("/")) {
      bare = bare.substring(0, bare.length() - 1);
    }
    if (bare.endsWith("/v1") || bare.endsWith("/v2")) {
      bare = bare.substring(0, bare.length() - 3);
    }
    int slash = bare.indexOf('/');
    String host = slash < 0 ? bare : bare.substring(0, slash);
    String rest = slash < 0 ? "" : bare.substring(slash);
    return switch (host) {
      case "index.docker.io", "registry-1.docker.io" -> RepositoryName.DOCKER_HUB + rest;
      default -> bare;
    };
  }

  private Credentials credentials(String key, JsonObject entry) {
    String token = text(entry, "identitytoken");
    if (!token.isEmpty()) {
      return new Credentials.Identity(token);
    }
    String user = text(entry, "username");
    if (!user.isEmpty()) {
      return new Credentials.Password(user, text(entry, "password"));
    }
    String auth = text(entry, "auth");
    if (auth.isEmpty()) {
      return new Credentials.Anonymous();
    }
    try {
      String pair = new String(Base64.getDecoder().decode(auth), StandardCharsets.UTF_8);
      int colon = pair.indexOf(':');
      if (colon > 0) {
        // docker pads what it writes with NUL.
        String password = pair.substring(colon + 1).replace("\0", "");
        return new Credentials.Password(pair.substring(0, colon), password);
      }
    } catch (IllegalArgumentException _) {
      // Told below: ignored.
    }
    throw new UsageException(
        path + ": " + key, "its auth is not name:password in Base64", "brig login " + key);
  }

  private static String text(JsonObject object, String name) {
    JsonElement member = object.get(name);
    return member != null && member.isJsonPrimitive() ? member.getAsString() : "";
  }

  /// Records credentials.
  void put(String key, Credentials.Password password) {
    String pair = password.user() + ":" + password.password();
    JsonObject entry = new JsonObject();
    entry.addProperty(
        "auth", Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
    JsonObject auths = member(AUTHS);
    auths.add(key, entry);
    root.add(AUTHS, auths);
  }

  /// Removes the credentials of a registry or repository.
  ///
  /// @return whether there were any
  boolean remove(String key) {
    boolean found = false;
    for (String each : List.copyOf(member(AUTHS).keySet())) {
      if (normal(each).equals(key)) {
        member(AUTHS).remove(each);
        found = true;
      }
    }
    return found;
  }

  /// Removes all credentials.
  void removeAll() {
    root.add(AUTHS, new JsonObject());
  }

  /// Writes the file, for its owner alone, completely or not at all.
  ///
  /// @throws UsageException if it cannot be written
  void write() {
    try {
      // Whoever made it a link wants it to stay one.
      Path target = Files.exists(path) ? path.toRealPath() : path.toAbsolutePath();
      Path directory = target.getParent();
      if (directory == null) {
        throw new IOException("not a file");
      }
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      // Made with mode 0600.
      Path beside = Files.createTempFile(directory, ".auth", ".tmp");
      try (FileChannel channel = FileChannel.open(beside, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap((root + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          var _ = channel.write(bytes);
        }
        channel.force(true);
        Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        Files.deleteIfExists(beside);
        throw e;
      }
    } catch (IOException e) {
      throw new UsageException(
          path.toString(), "cannot be written: " + e, "--authfile FILE writes elsewhere");
    }
  }
}
