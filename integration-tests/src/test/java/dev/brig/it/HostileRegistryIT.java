package dev.brig.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Registries that are broken, overrun or hostile: brig says so in one line and keeps nothing of
/// it, or gets the image all the same.
class HostileRegistryIT {
  private static final String INDEX = "application/vnd.oci.image.index.v1+json";
  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  private static final int LARGE_BYTES = 500_000;

  @TempDir Path folder;

  private FakeRegistryLab lab;
  private FakeRegistry registry;

  @BeforeEach
  void start() throws IOException, InterruptedException {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    lab = FakeRegistryLab.in(folder);
    registry = lab.registry();
  }

  @AfterEach
  void stop() throws IOException, InterruptedException {
    if (lab != null) {
      lab.close();
    }
  }

  /// Lists what a store has of images, whole or half.
  private List<String> left(String... folders) throws IOException {
    List<String> left = new ArrayList<>();
    for (String name : folders) {
      Path place = lab.store().resolve(name);
      if (Files.isDirectory(place)) {
        try (Stream<Path> files = Files.list(place)) {
          files.forEach(file -> left.add(name + "/" + file.getFileName()));
        }
      }
    }
    if (Files.exists(lab.store().resolve("index.json"))) {
      left.add("index.json");
    }
    return left;
  }

  /// A way to be wrong, and a part of what is said about it.
  record Lie(String name, String finding, FakeRegistry.Behaviour behaviour) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static byte[] flipped(byte[] bytes) {
    byte[] changed = bytes.clone();
    changed[changed.length / 2] ^= 1;
    return changed;
  }

  private static Lie blob(String name, String finding, FakeRegistry.Behaviour behaviour) {
    return new Lie(
        name,
        finding,
        request ->
            request.isBlob() && request.blob().length > LARGE_BYTES && behaviour.answer(request));
  }

  private static Lie manifest(String name, String finding, String type, String text) {
    return new Lie(
        name,
        finding,
        request -> request.isManifest() && request.send(200, type, text.getBytes(UTF_8)));
  }

  static Stream<Lie> lies() {
    return Stream.of(blobs(), documents(), refusals()).flatMap(lies -> lies);
  }

  private static Stream<Lie> blobs() {
    return Stream.of(
        blob(
            "a changed blob",
            "another digest",
            request -> request.send(200, "x/y", flipped(request.blob()))),
        blob(
            "a shorter blob",
            "where the manifest says",
            request -> request.send(200, "x/y", Arrays.copyOf(request.blob(), 20))),
        blob(
            "a longer blob without its length",
            "longer than",
            request -> request.sendUnmeasured(Arrays.copyOf(request.blob(), 2_000_000))),
        blob(
            "a page for people as a layer",
            "where the manifest says",
            request -> request.send(200, "<html>welcome</html>")),
        blob("no blob", "does not have it", request -> request.send(404, "gone")),
        new Lie(
            "a changed configuration",
            "not what its descriptor says",
            request ->
                request.isBlob()
                    && request.blob().length < LARGE_BYTES
                    && request.send(200, "x/y", flipped(request.blob()))),
        blob(
            "an endless redirection",
            "without an end",
            request -> request.with("Location", request.path() + "?again").send(307, "")),
        blob(
            "a redirection to a file",
            "not safe",
            request -> request.with("Location", "file:///etc/passwd").send(307, "")));
  }

  private static Stream<Lie> documents() {
    String both = "{\"schemaVersion\":2,\"manifests\":[],\"config\":{},\"layers\":[]}";
    return Stream.of(
        manifest("a page for people", "no manifest, but text/html", "text/html", "<html></html>"),
        manifest("rubbish", "no manifest", MANIFEST, "\u0000\u0001{"),
        manifest("a huge manifest", "larger than 4 MiB", MANIFEST, "{" + " ".repeat(5 << 20) + "}"),
        manifest("two things at once", "an index's members", MANIFEST, both),
        manifest("two things at once, the other way", "a manifest's members", INDEX, both),
        manifest(
            "another type than it says",
            "it calls itself",
            MANIFEST,
            "{\"schemaVersion\":2,\"mediaType\":\"" + INDEX + "\",\"manifests\":[]}"),
        manifest(
            "an old form",
            "schema 1",
            "application/vnd.docker.distribution.manifest.v1+prettyjws",
            "{\"schemaVersion\":1}"),
        manifest(
            "a digest that is a path",
            "not sha256:",
            MANIFEST,
            "{\"schemaVersion\":2,\"config\":{\"mediaType\":"
                + "\"application/vnd.oci.image.config.v1+json\",\"size\":2,"
                + "\"digest\":\"sha256:../../../../etc/passwd\"},\"layers\":[]}"));
  }

  private static Stream<Lie> refusals() {
    return Stream.of(
        new Lie(
            "another digest than it says",
            "and should be sha256:1111",
            request -> {
              if (request.isManifest()) {
                request.with("Docker-Content-Digest", "sha256:" + "1".repeat(64));
              }
              return false;
            }),
        new Lie(
            "a limit",
            "toomanyrequests: slow down",
            request ->
                request.isManifest()
                    && request.send(
                        429,
                        "{\"errors\":[{\"code\":\"TOOMANYREQUESTS\",\"message\":\"slow down\"}]}")),
        new Lie(
            "a limit for hours",
            "limits how much",
            request -> request.isManifest() && request.with("Retry-After", "7200").send(429, "")),
        new Lie(
            "an outage", "answers 503", request -> request.isManifest() && request.send(503, "")),
        new Lie("a door slammed", "was cut", request -> request.isManifest() && request.cut()),
        new Lie(
            "a password wanted at an unsafe place",
            "which is not safe",
            request ->
                request
                    .with("WWW-Authenticate", "Bearer realm=\"ftp://127.0.0.1/token\"")
                    .send(401, "")));
  }

  @ParameterizedTest
  @MethodSource("lies")
  @Execution(ExecutionMode.CONCURRENT)
  void aLieIsRefusedInOneLineAndLeavesNothing(Lie lie) throws IOException, InterruptedException {
    registry.behave(lie.behaviour());

    Brig.Ended ended = lab.pull();

    FakeRegistryLab.refused(ended, lie.finding());
    assertThat(left("blobs/sha256", "layers", "tmp", "names"))
        .filteredOn(name -> !isWhole(name))
        .isEmpty();
    assertThat(left()).isEmpty();
    registry.behave(request -> false);
    lab.got(lab.pull());
  }

  // A blob that came whole before another failed is kept for the next attempt.
  private boolean isWhole(String name) {
    try {
      String digest = FakeRegistry.digest(Files.readAllBytes(lab.store().resolve(name)));
      return name.endsWith(digest.substring(7));
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void indexesWithinIndexesEnd() throws IOException, InterruptedException {
    String digest = registry.addImage("inner");
    String type = MANIFEST;
    int size = registry.manifest().length();
    for (int depth = 0; depth < 10; depth++) {
      String index =
          "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\""
              + type
              + "\",\"size\":"
              + size
              + ",\"digest\":\""
              + digest
              + "\"}]}";
      digest = registry.add(depth < 2 ? "shallow" : "1", INDEX, index);
      type = INDEX;
      size = index.length();
    }

    FakeRegistryLab.refused(lab.pull(), "indexes within indexes");
    Brig.Ended ended = lab.brig().run("pull", "-q", registry.host() + "/lab/image:shallow");
    assertThat(ended.err()).isEmpty();
  }

  @Test
  void thePlatformIsChosenFromAnIndexAndTheIndexsDigestIsKnown()
      throws IOException, InterruptedException {
    String digest = registry.addImage("inner");
    String entry =
        "{\"mediaType\":\""
            + MANIFEST
            + "\",\"size\":"
            + registry.manifest().length()
            + ",\"digest\":\""
            + digest
            + "\",\"platform\":{\"os\":\"linux\",\"architecture\":\"%s\"}}";
    String index =
        registry.add(
            "1",
            INDEX,
            "{\"schemaVersion\":2,\"manifests\":["
                + entry.formatted("s390x")
                + ","
                + entry.formatted("amd64")
                + "]}");

    FakeRegistryLab.refused(
        lab.pull("--platform", "linux/riscv64"), "it has images for linux/s390x, linux/amd64");
    lab.got(lab.pull());
    String byDigest = registry.host() + "/lab/image@" + index;
    assertThat(lab.brig().run("run", "--rm", "--pull=never", byDigest).status()).isZero();
    assertThat(lab.brig().run("run", "--rm", byDigest).err()).isEmpty();
  }
}
