package dev.brig.image.registry;

import dev.brig.image.Descriptor;
import dev.brig.image.ImageReference;
import dev.brig.image.layer.VerifiedStream;
import dev.brig.image.registry.RegistryClient.Call;
import dev.brig.image.registry.Transport.Body;
import dev.brig.image.registry.Transport.Reply;
import dev.brig.image.store.StoredContent;
import dev.brig.image.store.TransferListener;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/// One blob on its way to a registry: taken over from another repository there, sent in one piece,
/// or, where the registry takes no large ones, in several.
final class Upload {
  // A proxy in front of a registry that refuses a whole blob lets this much pass.
  private static final int CHUNK_BYTES = 8 << 20;
  private static final int CHUNK_BYTES_MAX = 128 << 20;
  private static final Retry NEVER = new Retry(0, Duration.ZERO);
  private static final Map<String, String> BYTES =
      Map.of("Content-Type", "application/octet-stream");

  private final RegistryClient client;
  private final RepositoryName repository;
  private final StoredContent content;
  private final Descriptor blob;
  private final TransferListener listener;
  private final String subject;

  Upload(
      RegistryClient client,
      RepositoryName repository,
      StoredContent content,
      Descriptor blob,
      TransferListener listener) {
    this.client = client;
    this.repository = repository;
    this.content = content;
    this.blob = blob;
    this.listener = listener;
    this.subject = "blob " + blob.digest() + " to " + repository;
  }

  private String scope(String from) {
    String own = "repository:" + repository.path() + ":pull,push";
    return from.isEmpty() ? own : own + " " + RegistryImage.pullScope(from);
  }

  private Call post(String from) {
    String mount = from.isEmpty() ? "" : "?mount=" + blob.digest() + "&from=" + from;
    return new Call(
        "POST",
        "/v2/" + repository.path() + "/blobs/uploads/" + mount,
        scope(from),
        Map.of(),
        TokenService.body(new byte[0]),
        subject);
  }

  /// Sends the blob.
  void send() {
    Call begin = post(sibling());
    try (Reply reply = client.send(begin)) {
      if (reply.status() == 201) {
        listener.present(blob);
        return;
      }
      try {
        whole(client.uploadAddress(begin, reply));
        return;
      } catch (RegistryException e) {
        if (e.status() != 413 && e.status() != 405 && e.status() != 501) {
          throw e;
        }
      }
    }
    inPieces();
  }

  /// Returns a repository of the same registry that has the blob, as far as the store knows, or
  /// empty.
  private String sibling() {
    for (String name : content.namesWith(blob)) {
      String bare = ImageReference.parse(name).name();
      if (!RepositoryName.isShort(bare)) {
        RepositoryName other = RepositoryName.parse(bare);
        if (other.host().equals(repository.host()) && !other.path().equals(repository.path())) {
          return other.path();
        }
      }
    }
    return "";
  }

  private Call put(URI address, Body body) {
    String separator = address.getRawQuery() == null ? "?" : "&";
    String target = address + separator + "digest=" + blob.digest();
    return new Call("PUT", target, scope(""), BYTES, body, subject);
  }

  private void whole(URI address) {
    listener.started(blob, 0);
    Body body =
        new Body() {
          @Override
          public long sizeBytes() {
            return blob.sizeBytes();
          }

          @Override
          public InputStream open() {
            return told(content.open(blob));
          }
        };
    client.send(put(address, body), NEVER).close();
    listener.finished(blob);
  }

  /// Returns the blob's bytes, which are verified before the last of them is out, so that a damaged
  /// blob fails here and with a word.
  private InputStream told(VerifiedStream verified) {
    return new FilterInputStream(verified) {
      private boolean complete;

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        int count = verified.read(target, offset, length);
        if (count >= 0) {
          listener.advanced(blob, count);
        }
        if (!complete && verified.count() == blob.sizeBytes()) {
          complete = true;
          verified.finish();
        }
        return count;
      }
    };
  }

  private void inPieces() {
    Call begin = post("");
    URI address;
    int chunk = CHUNK_BYTES;
    try (Reply reply = client.send(begin)) {
      address = client.uploadAddress(begin, reply);
      long least = reply.number("OCI-Chunk-Min-Length");
      chunk = Math.clamp(least, CHUNK_BYTES, CHUNK_BYTES_MAX);
    }
    listener.started(blob, 0);
    long sent = 0;
    try (VerifiedStream in = content.open(blob)) {
      while (sent < blob.sizeBytes()) {
        byte[] piece = in.readNBytes((int) Math.min(chunk, blob.sizeBytes() - sent));
        if (piece.length == 0) {
          in.finish();
        }
        address = patch(address, piece, sent);
        sent += piece.length;
        listener.advanced(blob, piece.length);
      }
      in.finish();
    } catch (IOException e) {
      throw Trouble.of(subject, client.host(), e);
    }
    client.send(put(address, TokenService.body(new byte[0])), NEVER).close();
    listener.finished(blob);
  }

  private URI patch(URI address, byte[] piece, long start) {
    Map<String, String> headers =
        Map.of(
            "Content-Type",
            "application/octet-stream",
            "Content-Range",
            start + "-" + (start + piece.length - 1));
    Call call =
        new Call(
            "PATCH", address.toString(), scope(""), headers, TokenService.body(piece), subject);
    try (Reply reply = client.send(call, NEVER)) {
      return client.uploadAddress(call, reply);
    }
  }
}
