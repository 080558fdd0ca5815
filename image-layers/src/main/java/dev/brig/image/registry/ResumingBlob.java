package dev.brig.image.registry;

import dev.brig.image.Descriptor;
import dev.brig.image.ImageException;
import dev.brig.image.registry.RegistryClient.Call;
import dev.brig.image.registry.Transport.Reply;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A blob's bytes as they come from a registry, across as many connections as it takes.
///
/// It ends where the blob should end, or later: a registry that sends more is caught by whoever
/// counts.
final class ResumingBlob extends InputStream {
  // A connection that brings less than this has not been worth its while: a registry that cuts
  // again and again must not keep us for ever.
  private static final long PROGRESS_BYTES = 64 * 1024;

  private final RegistryClient client;
  private final Call call;
  private final Descriptor blob;
  private long position;
  private long lastStart;
  private int failures;
  private String tag = "";
  private @Nullable Reply reply;

  /// Makes a stream; nothing is asked for before it is read.
  ///
  /// @param call asks for the whole blob
  /// @param position how much of the beginning is not wanted
  ResumingBlob(RegistryClient client, Call call, Descriptor blob, long position) {
    this.client = client;
    this.call = call;
    this.blob = blob;
    this.position = position;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (true) {
      try {
        int count = opened().read(target, offset, length);
        if (count >= 0) {
          position += count;
          return count;
        }
        if (position >= blob.sizeBytes()) {
          return -1;
        }
        throw new EOFException(position + " of " + blob.sizeBytes() + " bytes came");
      } catch (IOException e) {
        failed(e);
      }
    }
  }

  private void failed(IOException e) {
    drop();
    failures = position - lastStart >= PROGRESS_BYTES ? 1 : failures + 1;
    if (failures > client.retry().times() || !Trouble.mayPass(e)) {
      throw Trouble.of(call.subject(), client.host(), e);
    }
    Retry.sleep(client.retry().before(failures));
  }

  private InputStream opened() throws IOException {
    Reply open = reply;
    if (open == null) {
      open = client.send(call.with(range()));
      reply = open;
      lastStart = position;
      begin(open);
    }
    return open.body();
  }

  private Map<String, String> range() {
    Map<String, String> headers = new HashMap<>();
    if (position > 0) {
      headers.put("Range", "bytes=" + position + "-");
      if (!tag.isEmpty()) {
        headers.put("If-Range", tag);
      }
    }
    return headers;
  }

  private void begin(Reply open) throws IOException {
    // A weak tag does not say that every byte is the same (RFC 9110, section 13.1.5).
    String sent = open.header("ETag");
    tag = sent.startsWith("\"") ? sent : "";
    long length = open.number("Content-Length");
    if (open.status() == 206) {
      String wanted = "bytes " + position + "-";
      if (!open.header("Content-Range").startsWith(wanted)) {
        throw wrong("another part than was asked for: " + open.header("Content-Range"));
      }
      check(length < 0 ? -1 : position + length);
      return;
    }
    if (open.status() != 200) {
      throw wrong("the status " + open.status() + " and no blob");
    }
    check(length);
    // The registry cannot begin in the middle: what is there already is read past.
    long skipped = 0;
    byte[] waste = new byte[(int) PROGRESS_BYTES];
    while (skipped < position) {
      int count = open.body().read(waste, 0, (int) Math.min(waste.length, position - skipped));
      if (count < 0) {
        throw new EOFException(skipped + " of " + blob.sizeBytes() + " bytes came");
      }
      skipped += count;
    }
  }

  private void check(long total) {
    if (total >= 0 && total != blob.sizeBytes()) {
      throw wrong(total + " bytes, where the manifest says " + blob.sizeBytes());
    }
  }

  private ImageException wrong(String finding) {
    drop();
    return new ImageException(
        call.subject(), client.host() + " sends " + finding, "the registry is damaged or lies");
  }

  private void drop() {
    Reply open = reply;
    reply = null;
    if (open != null) {
      try {
        open.body().close();
      } catch (IOException _) {
        // It is given up: ignored.
      }
    }
  }

  @Override
  public void close() {
    drop();
  }
}
