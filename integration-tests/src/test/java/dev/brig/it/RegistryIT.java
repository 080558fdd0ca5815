package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Images to and from Debian's docker-registry; skopeo is the witness.
class RegistryIT {
  private static final String HELLO = "hello from /data/deep as lab\n";

  @TempDir static Path folder;

  private static RegistryServer plain;
  private static String layout;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/skopeo")), "skopeo is not installed");
    layout = Images.made("umoci");
    plain = RegistryServer.start(folder.resolve("plain"), "");
    RegistryLab.fill(layout, plain.host() + "/lab/app:1", "--dest-tls-verify=false");
    RegistryLab.fill(
        layout, plain.host() + "/lab/docker:2", "--format=v2s2", "--dest-tls-verify=false");
  }

  @AfterAll
  static void stop() throws IOException, InterruptedException {
    if (plain != null) {
      plain.close();
    }
    RegistryLab.shell("rm -rf --one-file-system \"$1\"/*", folder.toString());
  }

  @Test
  void anImageIsGotByTagAndByDigestAndRuns() throws IOException, InterruptedException {
    Brig brig = RegistryLab.brig(folder, "tag");
    String name = plain.host() + "/lab/app";
    String id = RegistryLab.good(brig.run("pull", name + ":1")).strip();

    String byDigest = name + "@" + RegistryLab.digestAt(name + ":1");
    assertThat(RegistryLab.good(brig.run("pull", "-q", byDigest)).strip()).isEqualTo(id);
    assertThat(RegistryLab.good(brig.run("run", "--rm", name + ":1"))).isEqualTo(HELLO);
    assertThat(RegistryLab.good(brig.run("run", "--rm", "--pull=never", byDigest)))
        .isEqualTo(HELLO);
    assertThat(RegistryLab.good(brig.run("images"))).contains(name, id.substring(0, 12));
    RegistryLab.refused(brig.run("pull", "-q", name + "@sha256:" + "0".repeat(64)), "manifest");
    RegistryLab.refused(brig.run("pull", "-q", name + ":2"), "manifest unknown");
  }

  @Test
  void whatIsStoredIsALayoutWithTheRegistrysBytes() throws IOException, InterruptedException {
    Brig brig = RegistryLab.brig(folder, "layout");
    String name = plain.host() + "/lab/docker:2";
    RegistryLab.good(brig.run("pull", "-q", name));

    String digest = RegistryLab.digestAt(name);
    String store = folder.resolve("layout/state/images").toString();
    String hex = digest.substring("sha256:".length());
    Brig.Ended sum = RegistryLab.shell("sha256sum <\"$1/blobs/sha256/$2\"", store, hex);
    assertThat(RegistryLab.good(sum)).startsWith(hex);
    Brig.Ended listed = RegistryLab.shell("umoci ls --layout \"$1\"", store);
    assertThat(RegistryLab.good(listed)).isEqualTo(name + "\n");
    assertThat(RegistryLab.good(brig.run("run", "--rm", name))).isEqualTo(HELLO);
  }

  @Test
  void aDamagedImageIsMendedFromItsRegistry() throws IOException, InterruptedException {
    Brig brig = RegistryLab.brig(folder, "mend");
    String name = plain.host() + "/lab/app:1";
    RegistryLab.good(brig.run("pull", "-q", name));
    String damage =
        "b=$(ls -S \"$1\"/blobs/sha256/* | head -n 1); chmod u+w \"$b\";"
            + " printf x | dd of=\"$b\" conv=notrunc status=none";
    RegistryLab.good(RegistryLab.shell(damage, folder.resolve("mend/state/images").toString()));

    Brig.Ended found = brig.run("image", "verify");
    Brig.Ended mended = brig.run("image", "verify", "--mend");

    assertThat(found.status()).isEqualTo(1);
    assertThat(found.out()).contains("blobs/sha256/", "needed by " + name);
    assertThat(RegistryLab.good(mended)).contains("; mended\n");
    assertThat(RegistryLab.good(brig.run("image", "verify"))).isEqualTo("everything is whole\n");
    assertThat(RegistryLab.good(brig.run("run", "--rm", name))).isEqualTo(HELLO);
  }

  @Test
  void anImageIsSentByteForByteAndNothingTwice() throws IOException, InterruptedException {
    Brig brig = RegistryLab.brig(folder, "push");
    String from = plain.host() + "/lab/app:1";
    String to = plain.host() + "/lab/sent:3";
    RegistryLab.good(brig.run("pull", "-q", from));
    Path file = folder.resolve("push/digest");

    String digest =
        RegistryLab.good(brig.run("push", "-q", "--digestfile", "" + file, from, to)).strip();

    assertThat(digest).isEqualTo(RegistryLab.digestAt(from)).isEqualTo(RegistryLab.digestAt(to));
    assertThat(file).hasContent(digest);
    List<String> requests = plain.requests();
    assertThat(requests)
        .filteredOn(line -> line.contains("lab/sent") && line.contains("?mount="))
        .hasSize(6);
    assertThat(requests)
        .filteredOn(line -> line.startsWith("PUT /v2/lab/sent/blobs"))
        .as("of the configuration alone")
        .hasSize(1);
    int before = requests.size();
    RegistryLab.good(brig.run("push", "-q", from, to));
    assertThat(plain.requests().subList(before, plain.requests().size()))
        .noneMatch(line -> line.contains("/uploads/"));
  }

  @Test
  void eightAtOnceFetchEachBlobOnce() throws IOException, InterruptedException {
    RegistryLab.fill(layout, plain.host() + "/lab/eight:1", "--dest-tls-verify=false");
    Brig brig = RegistryLab.brig(folder, "eight");
    String name = plain.host() + "/lab/eight:1";
    List<Process> pulls = new ArrayList<>();
    Path err = folder.resolve("eight/err");
    for (int i = 0; i < 8; i++) {
      pulls.add(
          brig.builder("pull", "-q", name)
              .redirectError(err.toFile())
              .redirectOutput(folder.resolve("eight/out" + i).toFile())
              .start());
    }
    for (Process pull : pulls) {
      assertThat(pull.waitFor()).as(Files.readString(err)).isZero();
    }

    List<String> blobs = new ArrayList<>();
    for (String line : plain.requests()) {
      // The configuration is a document and fetched by each.
      if (line.startsWith("GET /v2/lab/eight/blobs/") && !line.contains(config())) {
        blobs.add(line);
      }
    }
    assertThat(blobs).hasSize(6);
    assertThat(new HashSet<>(blobs)).hasSize(6);
    assertThat(RegistryLab.good(brig.run("run", "--rm", "--pull=never", name))).isEqualTo(HELLO);
    try (Stream<Path> left = Files.list(folder.resolve("eight/state/images/tmp"))) {
      assertThat(left).isEmpty();
    }
  }

  private static String config() throws IOException {
    String index = Files.readString(Path.of(layout, "index.json"));
    String manifest = index.replaceFirst("(?s).*?sha256:([0-9a-f]{64}).*", "$1");
    return Files.readString(Path.of(layout, "blobs/sha256", manifest))
        .replaceFirst("(?s).*\"config\":\\{[^}]*?(sha256:[0-9a-f]{64}).*", "$1");
  }

  @Test
  void runGetsAnImageWhenItIsToldTo() throws IOException, InterruptedException {
    RegistryLab.fill(layout, plain.host() + "/lab/moving:1", "--dest-tls-verify=false");
    Brig brig = RegistryLab.brig(folder, "run");
    String name = plain.host() + "/lab/moving:1";

    RegistryLab.refused(brig.run("run", "--rm", "--pull=never", name), "there is no such image");
    Brig.Ended first = brig.run("run", "--rm", name);
    assertThat(RegistryLab.good(first)).isEqualTo(HELLO);
    assertThat(first.err()).startsWith("Pulling " + name);
    int asked = plain.requests().size();
    Brig.Ended second = brig.run("run", "--rm", name);
    assertThat(RegistryLab.good(second)).isEqualTo(HELLO);
    assertThat(second.err()).isEmpty();
    assertThat(plain.requests()).hasSize(asked);
    assertThat(RegistryLab.good(brig.run("run", "--rm", "--pull=always", name))).isEqualTo(HELLO);
    assertThat(plain.requests().size()).isGreaterThan(asked);
    assertThat(RegistryLab.good(brig.run("run", "--rm", "--pull=newer", name))).isEqualTo(HELLO);
    RegistryLab.refused(brig.run("run", "--rm", plain.host() + "/lab/none:1"), "manifest unknown");
    assertThat(brig.run("ps", "-aq").out()).isEmpty();
  }

  @Test
  void namesMeanWhatRegistriesConfSays() throws IOException, InterruptedException {
    Path conf = folder.resolve("registries.conf");
    Files.writeString(
        conf,
        """
        unqualified-search-registries = ["127.0.0.1:1", "%1$s"]
        [[registry]]
        location = "blocked.example"
        blocked = true
        [[registry]]
        prefix = "moved.example/team"
        location = "%1$s/lab"
        [[registry]]
        location = "mirrored.example/lab"
        [[registry.mirror]]
        location = "127.0.0.1:1/lab"
        [[registry.mirror]]
        location = "%1$s/lab"
        [aliases]
        "lab-alias" = "%1$s/lab/app"
        """
            .formatted(plain.host()));
    Brig brig =
        RegistryLab.brig(folder, "conf").with("CONTAINERS_REGISTRIES_CONF", conf.toString());

    String id = RegistryLab.good(brig.run("pull", "-q", "lab/app:1"));
    for (String name :
        List.of("lab-alias:1", "moved.example/team/app:1", "mirrored.example/lab/app:1")) {
      assertThat(RegistryLab.good(brig.run("pull", "-q", name))).as(name).isEqualTo(id);
    }
    assertThat(RegistryLab.good(brig.run("images")))
        .contains(plain.host() + "/lab/app", "moved.example/team/app", "mirrored.example/lab/app");
    RegistryLab.refused(brig.run("pull", "-q", "blocked.example/app:1"), "registries.conf blocks");
    RegistryLab.refused(brig.run("pull", "-q", "lab/none:1"), "no registry has it");
    int asked = plain.requests().size();
    assertThat(RegistryLab.good(brig.run("run", "--rm", "lab-alias:1"))).isEqualTo(HELLO);
    assertThat(plain.requests()).as("an image that is stored under its full name").hasSize(asked);
    RegistryLab.refused(
        RegistryLab.brig(folder, "conf").run("pull", "-q", "lab/app:1"),
        "says no registry to get it from");
  }

  @Test
  void repositoriesAndTagsAreFound() throws IOException, InterruptedException {
    for (String tag : List.of("a", "b", "c")) {
      RegistryLab.fill(layout, plain.host() + "/find/tags:" + tag, "--dest-tls-verify=false");
    }
    Brig brig = RegistryLab.brig(folder, "search");
    String name = plain.host() + "/find/tags";

    assertThat(RegistryLab.good(brig.run("search", "--json", plain.host() + "/find")))
        .contains("\"name\": \"" + name + "\"");
    assertThat(RegistryLab.good(brig.run("search", "--list-tags", name)).lines()).hasSize(4);
    assertThat(RegistryLab.good(brig.run("search", "--list-tags", "--limit=2", name)).lines())
        .hasSize(3);
    RegistryLab.refused(brig.run("search", "--list-tags", plain.host() + "/find/none"), "404");
  }

  @Test
  void anOrdinaryUserGetsAnImage() throws IOException, InterruptedException {
    int found = Shell.ended(new ProcessBuilder("getent", "passwd", "brigtest")).status();
    assumeTrue(found == 0, "there is no user brigtest");
    Path state = Files.createTempDirectory(Path.of("/var/tmp"), "brig-registry");
    try {
      RegistryLab.good(RegistryLab.shell("chown brigtest \"$1\"", state.toString()));
      Brig brig =
          Brig.in(state.resolve("brig"))
              .with("HOME", state.toString())
              .with("CONTAINERS_REGISTRIES_CONF", "/dev/null")
              .as("brigtest");
      String readable = Checkout.root().resolve("brig").toString();
      assumeTrue(
          Shell.ended(
                      new ProcessBuilder(
                          "setpriv", "--reuid=brigtest", "--clear-groups", "test", "-r", readable))
                  .status()
              == 0,
          "brigtest can't read the checkout");

      RegistryLab.good(brig.run("pull", "-q", plain.host() + "/lab/app:1"));

      assertThat(RegistryLab.good(brig.run("images"))).contains("lab/app");
    } finally {
      RegistryLab.shell("rm -rf --one-file-system \"$1\"", state.toString());
    }
  }
}
