package dev.brig.image.registry;

import dev.brig.error.UsageException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/// Whom connections to a registry trust, and what they show of the user: the JDK's authorities, the
/// machine's, and those of a directory of containers-certs.d(5).
final class Tls {
  private final SSLContext context;
  private final SSLSocketFactory sockets;
  private final boolean trustsAnybody;

  private Tls(SSLContext context, Trust trust) {
    this.context = context;
    // One factory: the JDK keeps connections alive by it.
    this.sockets = context.getSocketFactory();
    this.trustsAnybody = trust == Trust.ANYBODY;
  }

  /// Who is trusted.
  enum Trust {
    /// Whom an authority has certified.
    CERTIFIED,
    /// Whoever answers.
    ANYBODY
  }

  SSLContext context() {
    return context;
  }

  SSLSocketFactory sockets() {
    return sockets;
  }

  boolean trustsAnybody() {
    return trustsAnybody;
  }

  /// Makes the settings for a registry.
  ///
  /// @param directories directories of which the files `*.crt` are authorities, and `NAME.cert`
  ///   with `NAME.key` what the user shows; those that don't exist are passed over
  /// @param trust who is trusted
  /// @throws UsageException if one of the files cannot be read
  static Tls of(List<Path> directories, Trust trust) {
    try {
      List<Path> authorities = new ArrayList<>();
      KeyStore own = KeyStore.getInstance("PKCS12");
      own.load(null, new char[0]);
      for (Path directory : directories) {
        for (Path file : files(directory)) {
          String name = file.getFileName().toString();
          if (name.endsWith(".crt")) {
            authorities.add(file);
          } else if (name.endsWith(".cert")) {
            Path key = file.resolveSibling(name.substring(0, name.length() - 4) + "key");
            own.setKeyEntry(name, key(key), new char[0], chain(file));
          }
        }
      }
      TrustManager trusted =
          trust == Trust.ANYBODY ? new TrustingAnybody() : new TrustingAuthorities(authorities);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys(own), new TrustManager[] {trusted}, null);
      return new Tls(context, trust);
    } catch (GeneralSecurityException | IOException e) {
      throw new UsageException("certificates of " + directories, "cannot be used: " + e, "");
    }
  }

  private static KeyManager[] keys(KeyStore own) throws GeneralSecurityException {
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(own, new char[0]);
    return factory.getKeyManagers();
  }

  private static List<Path> files(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  /// Reads all certificates of a file.
  static Certificate[] chain(Path file) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      Collection<? extends Certificate> read =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(bytes));
      return read.toArray(Certificate[]::new);
    } catch (IOException | GeneralSecurityException e) {
      throw new UsageException("certificate " + file, "cannot be read: " + e.getMessage(), "");
    }
  }

  private static PrivateKey key(Path file) throws GeneralSecurityException {
    String text;
    try {
      text = Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UsageException("key " + file, "cannot be read: " + e.getMessage(), "");
    }
    String begin = "-----BEGIN PRIVATE KEY-----";
    int start = text.indexOf(begin);
    int end = text.indexOf("-----END PRIVATE KEY-----");
    if (start < 0 || end < start) {
      throw new UsageException(
          "key " + file,
          "not a private key in the form PKCS #8",
          "openssl pkcs8 -topk8 -nocrypt -in " + file + " makes one of it");
    }
    byte[] bytes = Base64.getMimeDecoder().decode(text.substring(start + begin.length(), end));
    for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(bytes));
      } catch (InvalidKeySpecException _) {
        // Of another algorithm, ignored: the next may be the one.
      }
    }
    throw new UsageException("key " + file, "a private key of an unknown algorithm", "");
  }
}
