package dev.brig.seccomp;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/// Where a filter comes from.
public sealed interface SeccompSource {

  /// The profile that a container gets that asks for nothing.
  record Default() implements SeccompSource {
    // The digest of the resource, so that it need not be read when the compiled filter is at hand.
    private static final String DIGEST =
        "b2cac60ab844803cc35136c2f4b25d841decfbfe42d06f0a385b929d24e1cb49";

    @Override
    public String digest() {
      return DIGEST;
    }

    @Override
    public String origin() {
      return "brig's default seccomp profile";
    }
  }

  /// A profile in a file, or the `linux.seccomp` of a config.json.
  ///
  /// @param json its bytes
  /// @param origin what to call it in messages: `seccomp profile "x.json"`
  @SuppressWarnings("ArrayRecordComponent") // equals compares the contents
  record Text(byte[] json, String origin) implements SeccompSource {
    /// Makes a source of a text.
    public Text(String json, String origin) {
      this(json.getBytes(StandardCharsets.UTF_8), origin);
    }

    @Override
    public String digest() {
      return sha256(json);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Text that
          && Arrays.equals(json, that.json)
          && origin.equals(that.origin);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(json);
    }

    @Override
    public String toString() {
      return origin;
    }
  }

  /// Returns what to call it in messages.
  String origin();

  /// Returns the SHA-256 of the profile's bytes in hexadecimal.
  String digest();

  /// Returns the SHA-256 of some bytes in hexadecimal.
  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
