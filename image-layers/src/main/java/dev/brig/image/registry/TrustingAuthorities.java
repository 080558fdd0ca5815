package dev.brig.image.registry;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// Trusts the JDK's authorities, and, if those don't do, the machine's and some of the user's.
///
/// The second ones are read only then: a hundred and forty certificates take longer than a request.
final class TrustingAuthorities extends X509ExtendedTrustManager {
  // Where Debian, Fedora, SUSE and Alpine keep what their administrators trust.
  private static final List<Path> MACHINE =
      List.of(
          Path.of("/etc/ssl/certs/ca-certificates.crt"),
          Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
          Path.of("/etc/ssl/ca-bundle.pem"));

  private final X509ExtendedTrustManager usual;
  private final List<Path> files;
  private @Nullable X509ExtendedTrustManager further;

  /// Makes a trust manager.
  ///
  /// @param files certificates of authorities
  TrustingAuthorities(List<Path> files) throws GeneralSecurityException {
    this.usual = of(null);
    this.files = files;
  }

  private static X509ExtendedTrustManager of(@Nullable KeyStore authorities)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(authorities);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509ExtendedTrustManager extended) {
        return extended;
      }
    }
    throw new IllegalStateException("the JDK has no trust manager");
  }

  private synchronized X509ExtendedTrustManager further() throws CertificateException {
    X509ExtendedTrustManager known = further;
    if (known == null) {
      List<Path> all = new ArrayList<>(files);
      for (Path bundle : MACHINE) {
        if (Files.isReadable(bundle)) {
          all.add(bundle);
          break;
        }
      }
      try {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, new char[0]);
        int number = 0;
        for (Path file : all) {
          for (Certificate certificate : Tls.chain(file)) {
            store.setCertificateEntry("authority" + number++, certificate);
          }
        }
        known = number == 0 ? usual : of(store);
      } catch (GeneralSecurityException | IOException e) {
        throw new CertificateException(e);
      }
      further = known;
    }
    return known;
  }

  private interface Check {
    void by(X509ExtendedTrustManager manager) throws CertificateException;
  }

  private void check(Check check) throws CertificateException {
    try {
      check.by(usual);
    } catch (CertificateException e) {
      try {
        check.by(further());
      } catch (CertificateException second) {
        second.addSuppressed(e);
        throw second;
      }
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check(manager -> manager.checkServerTrusted(chain, type, socket));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check(manager -> manager.checkServerTrusted(chain, type, engine));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(manager -> manager.checkServerTrusted(chain, type));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    usual.checkClientTrusted(chain, type, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    usual.checkClientTrusted(chain, type, engine);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    usual.checkClientTrusted(chain, type);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return usual.getAcceptedIssuers();
  }
}
