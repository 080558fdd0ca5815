package dev.brig.image.registry;

import dev.brig.image.Descriptor;
import dev.brig.image.Digest;
import dev.brig.image.ImageException;
import dev.brig.image.registry.RegistryClient.Call;
import dev.brig.image.registry.Transport.Reply;
import dev.brig.image.store.StoredContent;
import dev.brig.image.store.TransferListener;
import dev.brig.image.store.Transfers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/// Sends a stored image to a repository: its blobs first, those excepted that are there, and the
/// manifest last, byte for byte.
///
/// @see <a
///   href="https://github.com/opencontainers/distribution-spec/blob/main/spec.md#push">Push</a>
final class Pusher {
  private final RegistryClient client;
  private final RepositoryName repository;
  private final StoredContent content;
  private final TransferListener listener;
  private final String scope;

  Pusher(
      RegistryClient client,
      RepositoryName repository,
      StoredContent content,
      TransferListener listener) {
    this.client = client;
    this.repository = repository;
    this.content = content;
    this.listener = listener;
    this.scope = "repository:" + repository.path() + ":pull,push";
  }

  /// Sends the image.
  ///
  /// @param tag what to call it
  /// @return the digest of the manifest
  Digest push(String tag) {
    byte[] manifest = content.manifestBytes();
    List<Callable<Boolean>> uploads = new ArrayList<>();
    for (Descriptor blob : content.blobs()) {
      uploads.add(() -> push(blob));
    }
    var _ = Transfers.run(uploads);
    return put(tag, manifest);
  }

  private Digest put(String tag, byte[] bytes) {
    Descriptor manifest = content.manifest();
    String subject = "image " + repository + ":" + tag;
    String target = "/v2/" + repository.path() + "/manifests/" + tag;
    Map<String, String> type = Map.of("Content-Type", manifest.mediaType());
    Call call = new Call("PUT", target, scope, type, TokenService.body(bytes), subject);
    try (Reply reply = client.send(call)) {
      String said = reply.header("Docker-Content-Digest");
      if (!said.isEmpty() && !said.equals(manifest.digest().toString())) {
        throw new ImageException(
            subject,
            "the registry calls it " + said + ", and its digest is " + manifest.digest(),
            "the registry, or something on the way to it, damages data");
      }
      return manifest.digest();
    }
  }

  /// Sends a blob unless it is there.
  ///
  /// @return whether it was sent
  private boolean push(Descriptor blob) {
    if (isThere(blob)) {
      listener.present(blob);
      return false;
    }
    int failures = 0;
    while (true) {
      try {
        new Upload(client, repository, content, blob, listener).send();
        return true;
      } catch (RegistryException e) {
        if (failures >= client.retry().times() || !mayPass(e)) {
          throw e;
        }
        failures++;
        Retry.sleep(client.retry().before(failures));
      }
    }
  }

  // An upload that was cut has to begin anew: where it ended, registries disagree.
  private static boolean mayPass(RegistryException failure) {
    return switch (failure.status()) {
      case 0 -> failure.getCause() instanceof IOException cause && Trouble.mayPass(cause);
      case 404, 408, 416, 429 -> true;
      default -> failure.status() >= 500;
    };
  }

  private boolean isThere(Descriptor blob) {
    String target = "/v2/" + repository.path() + "/blobs/" + blob.digest();
    Call call = new Call("HEAD", target, scope, Map.of(), null, "blob " + blob.digest());
    try (Reply reply = client.send(call)) {
      return reply.status() == 200;
    } catch (RegistryException e) {
      if (e.status() == 404) {
        return false;
      }
      throw e;
    }
  }
}
