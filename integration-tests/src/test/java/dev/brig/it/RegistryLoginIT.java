package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A registry with TLS under an authority of its own, and passwords.
class RegistryLoginIT {
  @TempDir static Path folder;

  private static RegistryServer secure;
  private static String layout;

  /// An authority, a server's certificate of it, and the password of "me".
  private static final String KEYS =
      """
      cd "$1" && mkdir -p certs
      openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
        -subj '/CN=lab authority' -keyout ca.key -out certs/ca.crt
      openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=127.0.0.1 \
        -keyout server.key -out server.csr
      printf 'subjectAltName=IP:127.0.0.1' >ext
      openssl x509 -req -in server.csr -CA certs/ca.crt -CAkey ca.key -CAcreateserial -days 2 \
        -extfile ext -out server.crt
      htpasswd -Bbc htpasswd me secret
      """;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/skopeo")), "skopeo is not installed");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/htpasswd")), "apache2-utils is not installed");
    layout = Images.made("umoci");
    Brig.Ended keys = RegistryLab.shell(KEYS, folder.toString());
    assertThat(keys.status()).as(keys.err()).isZero();
    secure =
        RegistryServer.start(
            folder.resolve("secure"),
            """
              tls: {certificate: %1$s/server.crt, key: %1$s/server.key}
            auth: {htpasswd: {realm: lab, path: %1$s/htpasswd}}
            """
                .formatted(folder));
    RegistryLab.fill(
        layout,
        secure.host() + "/team/app:1",
        "--dest-creds=me:secret",
        "--dest-cert-dir=" + folder.resolve("certs"));
  }

  @AfterAll
  static void stop() throws IOException, InterruptedException {
    if (secure != null) {
      secure.close();
    }
    RegistryLab.shell("rm -rf --one-file-system \"$1\"/*", folder.toString());
  }

  @Test
  void anImportedImageIsSentToARegistryWithTlsAndPasswords()
      throws IOException, InterruptedException {
    Brig brig = RegistryLab.brig(folder, "import");
    RegistryLab.good(brig.run("import", layout + ":latest", "mine:5"));
    String to = secure.host() + "/team/mine:5";
    String certs = folder.resolve("certs").toString();

    RegistryLab.refused(brig.run("push", "-q", "mine:5"), "says no registry to send it to");
    RegistryLab.refused(
        brig.run("push", "-q", "--cert-dir", certs, "mine:5", to), "wants to know who asks");
    String digest =
        RegistryLab.good(
            brig.run("push", "-q", "--cert-dir", certs, "--creds", "me:secret", "mine:5", to));

    Brig.Ended inspected =
        RegistryLab.shell(
            "skopeo inspect --creds me:secret --cert-dir \"$1\" --format '{{.Digest}}'"
                + " \"docker://$2\"",
            certs,
            to);
    assertThat(RegistryLab.good(inspected)).isEqualTo(digest);
  }

  @Test
  void aLoginIsCheckedRecordedAndForgotten() throws IOException, InterruptedException {
    Brig brig = RegistryLab.brig(folder, "login");
    String host = secure.host();
    String name = host + "/team/app:1";
    String certs = folder.resolve("certs").toString();
    String[] login = {"login", "--cert-dir", certs, "-u", "me", "--password-stdin", host};

    RegistryLab.refused(brig.run("pull", "-q", name), "has a certificate that is not trusted");
    RegistryLab.refused(
        brig.run("pull", "-q", "--cert-dir", certs, name), "wants to know who asks");
    RegistryLab.refused(brig.reading("wrong\n").run(login), "wants to know who asks");
    RegistryLab.refused(brig.run("login", "-u", "me", host), "no terminal to ask at");
    assertThat(folder.resolve("login/containers/auth.json")).doesNotExist();
    RegistryLab.refused(brig.run("login", "--get-login", host), "nobody is logged in");

    assertThat(RegistryLab.good(brig.reading("secret\n").run(login)))
        .isEqualTo("Login Succeeded!\n");
    Path file = folder.resolve("login/containers/auth.json");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(RegistryLab.good(brig.run("login", "--get-login", host))).isEqualTo("me\n");
    RegistryLab.good(brig.run("pull", "-q", "--cert-dir", certs, name));
    RegistryLab.good(brig.run("pull", "-q", "--tls-verify=false", name));
    RegistryLab.good(
        RegistryLab.shell(
            "skopeo inspect --authfile \"$1\" --cert-dir \"$2\" \"docker://$3\"",
            "" + file,
            certs,
            name));

    RegistryLab.good(brig.run("logout", host));
    RegistryLab.refused(
        brig.run("pull", "-q", "--cert-dir", certs, name), "wants to know who asks");
    RegistryLab.refused(brig.run("logout", host), "there are no credentials");
  }

  @Test
  void aCredentialHelperIsAsked() throws IOException, InterruptedException {
    Path home = folder.resolve("helper");
    Path helper = Files.createDirectories(home.resolve("bin")).resolve("docker-credential-lab");
    Files.writeString(
        helper,
        """
        #!/bin/sh
        echo "$1 $(cat)" >>"$HOME/asked"
        echo '{"ServerURL":"x","Username":"me","Secret":"secret"}'
        """);
    RegistryLab.good(RegistryLab.shell("chmod 755 \"$1\"", helper.toString()));
    Files.createDirectories(home.resolve(".docker"));
    Files.writeString(
        home.resolve(".docker/config.json"),
        "{\"credHelpers\":{\"" + secure.host() + "\":\"lab\"}}");
    Brig brig =
        RegistryLab.brig(folder, "helper")
            .with("PATH", home.resolve("bin") + ":" + System.getenv("PATH"));

    RegistryLab.good(
        brig.run(
            "pull",
            "-q",
            "--cert-dir",
            "" + folder.resolve("certs"),
            secure.host() + "/team/app:1"));

    assertThat(home.resolve("asked")).hasContent("get " + secure.host());
  }

  @Test
  void aSearchSaysThatItNeedsALogin() throws IOException, InterruptedException {
    Brig brig = RegistryLab.brig(folder, "search");

    RegistryLab.refused(
        brig.run("search", "--cert-dir", "" + folder.resolve("certs"), secure.host() + "/x"),
        "wants to know who asks");
  }
}
