package dev.brig.image.registry;

import dev.brig.image.Descriptor;
import dev.brig.image.Digest;
import dev.brig.image.ImageException;
import dev.brig.image.JsonNode;
import dev.brig.image.MediaType;
import dev.brig.image.registry.RegistryClient.Call;
import dev.brig.image.registry.Transport.Reply;
import dev.brig.image.store.RemoteImage;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Map;

/// An image in a registry, whose manifest or index has been read.
///
/// @see <a
///   href="https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pull">Pull</a>
final class RegistryImage implements RemoteImage {
  private static final String ACCEPT =
      String.join(
          ", ",
          MediaType.OCI_INDEX.text(),
          MediaType.OCI_MANIFEST.text(),
          MediaType.DOCKER_INDEX.text(),
          MediaType.DOCKER_MANIFEST.text());

  // Up to docker 1.9; its images have neither a configuration nor verifiable layers.
  private static final String SCHEMA_1 = "application/vnd.docker.distribution.manifest.v1+";

  private final RegistryClient client;
  private final String path;
  private final String name;
  private final Descriptor root;
  private final byte[] bytes;

  private RegistryImage(
      RegistryClient client, String path, String name, Descriptor root, byte[] bytes) {
    this.client = client;
    this.path = path;
    this.name = name;
    this.root = root;
    this.bytes = bytes;
  }

  /// Reads what a tag or digest leads to.
  ///
  /// @param path the repository on the registry
  /// @param reference the tag or digest
  /// @param name what users call the image
  /// @throws RegistryException if it cannot be had
  /// @throws ImageException if it is not a manifest or index, or not the one of that digest
  static RegistryImage open(RegistryClient client, String path, String reference, String name) {
    Call call = manifest(path, reference, "image " + name);
    try (Reply reply = client.send(call)) {
      byte[] bytes = reply.body().readNBytes(JsonNode.SIZE_MAX_BYTES + 1);
      Descriptor root = describe(bytes, contentType(reply), name);
      checkDigest(reply.header("Docker-Content-Digest"), root, name);
      if (reference.indexOf(':') >= 0) {
        checkDigest(reference, root, name);
      }
      return new RegistryImage(client, path, name, root, bytes);
    } catch (IOException e) {
      throw Trouble.of(call.subject(), client.host(), e);
    }
  }

  private static Call manifest(String path, String reference, String subject) {
    return Call.get("/v2/" + path + "/manifests/" + reference, pullScope(path), subject)
        .with(Map.of("Accept", ACCEPT));
  }

  static String pullScope(String path) {
    return "repository:" + path + ":pull";
  }

  private static String contentType(Reply reply) {
    String field = reply.header("Content-Type");
    int semicolon = field.indexOf(';');
    String type = semicolon < 0 ? field : field.substring(0, semicolon);
    return type.strip().toLowerCase(Locale.ROOT);
  }

  private static Descriptor describe(byte[] bytes, String type, String name) {
    if (type.startsWith(SCHEMA_1)) {
      throw new ImageException(
          "image " + name,
          "of the form that docker gave up in 2017 (schema 1)",
          "push it anew by a newer docker");
    }
    JsonNode json;
    try {
      json = JsonNode.parse(bytes, "manifest of " + name);
    } catch (ImageException e) {
      String what = type.isEmpty() ? "" : ", but " + type;
      throw new ImageException(
          "image " + name,
          "the registry sends no manifest" + what + ": " + e.failure().finding(),
          "is it a registry, or something else of the web?",
          e);
    }
    String said = json.textOr("mediaType", "");
    boolean known = isDocument(type);
    if (known && !said.isEmpty() && !said.equals(type)) {
      // CVE-2021-41190: what one reader takes for an index must not be another's manifest.
      throw json.wrong("the registry calls it " + type + ", and it calls itself " + said);
    }
    String found = known ? type : said.isEmpty() ? guess(json) : said;
    if (!isDocument(found)) {
      throw json.wrong("of the unknown media type " + (found.isEmpty() ? type : found));
    }
    MediaType mediaType = MediaType.of(found).orElseThrow();
    return new Descriptor(mediaType, Digest.of(bytes), bytes.length);
  }

  private static boolean isDocument(String type) {
    return MediaType.is(type, MediaType.Kind.MANIFEST) || MediaType.is(type, MediaType.Kind.INDEX);
  }

  private static String guess(JsonNode json) {
    if (json.find("manifests") != null) {
      return MediaType.OCI_INDEX.text();
    }
    return json.find("layers") != null ? MediaType.OCI_MANIFEST.text() : "";
  }

  private static void checkDigest(String digest, Descriptor root, String name) {
    if (digest.isEmpty() || digest.equals(root.digest().toString())) {
      return;
    }
    if (digest.startsWith("sha512:")) {
      throw new ImageException("image " + name, "its digest is no SHA-256", "");
    }
    throw new ImageException(
        "image " + name,
        "the digest of what the registry sends is " + root.digest() + " and should be " + digest,
        "the registry, or something on the way to it, damages data");
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Descriptor root() {
    return root;
  }

  @Override
  public byte[] document(Descriptor descriptor) {
    if (descriptor.digest().equals(root.digest())) {
      return bytes.clone();
    }
    String digest = descriptor.digest().toString();
    String subject = "blob " + digest + " of " + name;
    Call call =
        descriptor.is(MediaType.Kind.CONFIG)
            ? Call.get("/v2/" + path + "/blobs/" + digest, pullScope(path), subject)
            : manifest(path, digest, subject);
    try (Reply reply = client.send(call)) {
      return reply.body().readNBytes(Math.toIntExact(descriptor.sizeBytes()) + 1);
    } catch (IOException e) {
      throw Trouble.of(subject, client.host(), e);
    }
  }

  @Override
  public InputStream open(Descriptor descriptor, long offsetBytes) {
    String target = "/v2/" + path + "/blobs/" + descriptor.digest();
    String subject = "blob " + descriptor.digest() + " of " + name;
    Call call = Call.get(target, pullScope(path), subject);
    return new ResumingBlob(client, call, descriptor, offsetBytes);
  }
}
