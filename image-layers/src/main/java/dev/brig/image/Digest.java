package dev.brig.image;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// A content identifier: an algorithm and the hash of some bytes under it.
///
/// Only SHA-256 and SHA-512 exist here, the two that the specification registers. As the form is
/// checked, a digest is safe as a part of a file name.
///
/// @param algorithm `sha256` or `sha512`
/// @param hex the hash in lower-case hexadecimal digits
/// @see <a
///   href="https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests">Digests</a>
public record Digest(String algorithm, String hex) {

  /// Checks the form.
  ///
  /// @throws IllegalArgumentException if the algorithm is unknown or the hash is not of its form
  public Digest {
    int length =
        switch (algorithm) {
          case "sha256" -> 64;
          case "sha512" -> 128;
          default -> throw new IllegalArgumentException("no digest algorithm: " + algorithm);
        };
    if (hex.length() != length || !isHex(hex)) {
      throw new IllegalArgumentException("no " + algorithm + " digest: " + hex);
    }
  }

  /// Reads `algorithm:hex`.
  ///
  /// @param text the digest as a document or a user wrote it
  /// @throws ImageException if it is not a digest that brig can verify
  public static Digest parse(String text) {
    int colon = text.indexOf(':');
    try {
      return new Digest(text.substring(0, Math.max(colon, 0)), text.substring(colon + 1));
    } catch (IllegalArgumentException e) {
      throw new ImageException(
          "digest \"" + text + "\"",
          "not sha256: and 64, or sha512: and 128, lower-case hexadecimal digits",
          "",
          e);
    }
  }

  /// Returns the SHA-256 digest of some bytes.
  public static Digest of(byte[] bytes) {
    return sha256(newSha256().digest(bytes));
  }

  /// Returns the digest whose hash is these 32 bytes.
  public static Digest sha256(byte[] hash) {
    return new Digest("sha256", HexFormat.of().formatHex(hash));
  }

  /// Returns a fresh SHA-256 computation.
  public static MessageDigest newSha256() {
    return computation("SHA-256");
  }

  /// Returns a fresh computation of this digest's algorithm.
  public MessageDigest newComputation() {
    return computation(algorithm.equals("sha256") ? "SHA-256" : "SHA-512");
  }

  /// Tells whether a text consists of lower-case hexadecimal digits only.
  public static boolean isHex(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  private static MessageDigest computation(String name) {
    try {
      return MessageDigest.getInstance(name);
    } catch (NoSuchAlgorithmException e) {
      // Every Java platform has SHA-256, and the JDK's own provider has SHA-512.
      throw new IllegalStateException(e);
    }
  }

  /// Returns `algorithm:hex`.
  @Override
  public String toString() {
    return algorithm + ":" + hex;
  }
}
