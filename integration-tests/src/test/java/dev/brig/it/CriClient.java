package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// The messages of Kubernetes' Container Runtime Interface, as far as tests send them, in the form
/// of Protocol Buffers on the wire; cri-api, pkg/apis/runtime/v1/api.proto has the numbers of the
/// fields.
final class CriClient {
  /// What defines `call`, which sends a message by curl: `call METHOD BASE64`, and writes what
  /// comes back as text, or the failure.
  static final String PRELUDE =
      """
      call() {
        { printf '\\0'; printf '%08x' "$(printf %s "$2" | base64 -d | wc -c)" | sed 's/../\\\\x&/g' | xargs -0 printf '%b'
          printf %s "$2" | base64 -d; } >request
        curl -s --http2-prior-knowledge --unix-socket /run/containerd/containerd.sock -H 'content-type: application/grpc' \\
          -H 'te: trailers' -D head --data-binary @request "http://localhost/runtime.v1.RuntimeService/$1" >answer
        grep -q 'grpc-status: 0' head || { echo "$1 failed"; grep -a grpc-message head; }
      }
      # The first text of an answer: an id.
      id() { tail -c +8 answer | head -c 64; }
      """;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /// Adds a text.
  CriClient text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  /// Adds a message.
  CriClient message(int field, CriClient value) {
    return bytes(field, value.bytes.toByteArray());
  }

  /// Adds a number.
  CriClient number(int field, long value) {
    varint((long) field << 3);
    varint(value);
    return this;
  }

  private CriClient bytes(int field, byte[] value) {
    varint(((long) field << 3) | 2);
    varint(value.length);
    bytes.writeBytes(value);
    return this;
  }

  private void varint(long value) {
    assertThat(value).isNotNegative();
    long rest = value;
    while (rest > 0x7f) {
      bytes.write((int) ((rest & 0x7f) | 0x80));
      rest >>= 7;
    }
    bytes.write((int) rest);
  }

  /// Returns the message as a word for a script.
  String word() {
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }
}
