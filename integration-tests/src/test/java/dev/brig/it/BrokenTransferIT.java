package dev.brig.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Connections that are cut, stall, wait or lead elsewhere: brig gets the image all the same, from
/// where it was, and shows nobody what is not for him.
class BrokenTransferIT {
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

  private static byte[] flipped(byte[] bytes) {
    byte[] changed = bytes.clone();
    changed[changed.length / 2] ^= 1;
    return changed;
  }

  @Test
  void aConnectionThatIsCutOrStallsIsTakenUpWhereItWas() throws IOException, InterruptedException {
    AtomicInteger large = new AtomicInteger();
    CountDownLatch never = new CountDownLatch(1);
    registry.behave(request -> {
      if (!request.isBlob() || request.blob().length < LARGE_BYTES) {
        return false;
      }
      byte[] blob = request.blob();
      return switch (large.incrementAndGet()) {
        case 1 -> {
          request.sendPart(200, blob.length, blob, 300_000);
          yield request.cut();
        }
        case 2 -> {
          byte[] rest = Arrays.copyOfRange(blob, 300_000, blob.length);
          request.with("Content-Range", "bytes 300000-" + (blob.length - 1) + "/" + blob.length);
          request.sendPart(206, rest.length, rest, 200_000);
          waitFor(never);
          yield true;
        }
        default -> false;
      };
    });
    try {
      lab.got(lab.pull());
    } finally {
      never.countDown();
    }
    assertThat(registry.seen().stream().map(FakeRegistry.Seen::range))
        .contains("bytes=300000-", "bytes=500000-");
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aRegistryThatCannotBeginInTheMiddleIsReadPastWhatIsThere()
      throws IOException, InterruptedException {
    AtomicInteger large = new AtomicInteger();
    registry.behave(request -> {
      if (!request.isBlob() || request.blob().length < LARGE_BYTES) {
        return false;
      }
      if (large.incrementAndGet() == 1) {
        request.sendPart(200, request.blob().length, request.blob(), 400_000);
        return request.cut();
      }
      return request.send(200, "x/y", request.blob());
    });

    lab.got(lab.pull());
    assertThat(large).hasValue(2);
  }

  @Test
  void anotherPartThanAskedForIsRefused() throws IOException, InterruptedException {
    registry.behave(request -> {
      if (!request.isBlob() || request.blob().length < LARGE_BYTES) {
        return false;
      }
      byte[] blob = request.blob();
      if (request.header("Range").isEmpty()) {
        request.sendPart(200, blob.length, blob, 400_000);
        return request.cut();
      }
      return request
          .with("Content-Range", "bytes 5-" + (blob.length - 1) + "/" + blob.length)
          .send(206, "x/y", Arrays.copyOfRange(blob, 5, blob.length));
    });

    FakeRegistryLab.refused(lab.pull(), "another part than was asked for");
  }

  @Test
  void aBusyRegistryIsAskedAgainWhenItSays() throws IOException, InterruptedException {
    AtomicInteger asked = new AtomicInteger();
    registry.behave(request ->
        request.isManifest()
            && asked.incrementAndGet() < 3
            && request.with("Retry-After", "0").send(asked.get() == 1 ? 429 : 502, ""));

    lab.got(lab.pull());
    assertThat(asked).hasValue(3);
  }

  @Test
  void whatIsKilledGoesOnInAnotherProcess() throws IOException, InterruptedException {
    CountDownLatch half = new CountDownLatch(1);
    CountDownLatch killed = new CountDownLatch(1);
    AtomicInteger large = new AtomicInteger();
    registry.behave(request -> {
      if (!request.isBlob() || request.blob().length < LARGE_BYTES || large.incrementAndGet() > 1) {
        return false;
      }
      request.sendPart(200, request.blob().length, request.blob(), 700_000);
      half.countDown();
      waitFor(killed);
      return request.cut();
    });
    Process victim =
        lab.brig()
            .with("BRIG_REGISTRY_TIMEOUT", "60")
            .builder("pull", "-q", lab.image())
            .redirectErrorStream(true)
            .start();
    half.await();
    Path ingest = lab.store().resolve("ingest");
    long have = 0;
    // What was sent is written soon: the test's own limit ends the waiting if it never is.
    while (have < 700_000) {
      try (Stream<Path> parts = Files.list(ingest)) {
        have = parts.mapToLong(part -> part.toFile().length()).max().orElse(0);
      }
      Thread.onSpinWait();
    }
    victim.destroyForcibly().waitFor();
    killed.countDown();
    long before = registry.sentBytes();

    lab.got(lab.pull());

    assertThat(registry.seen().stream().map(FakeRegistry.Seen::range)).contains("bytes=700000-");
    assertThat(registry.sentBytes() - before).isLessThan(LARGE_BYTES);
    assertThat(ingest).isEmptyDirectory();
  }

  @Test
  void aDamagedBeginningIsFetchedAnew() throws IOException, InterruptedException {
    Path blob = largest();
    Path ingest = lab.store().resolve("ingest");
    var _ = lab.brig().run("pull", "-q", registry.host() + "/lab/image:none");
    Files.createDirectories(ingest);
    byte[] damaged = flipped(Arrays.copyOf(Files.readAllBytes(blob), 600_000));
    Files.write(ingest.resolve("sha256-" + blob.getFileName() + ".part"), damaged);

    lab.got(lab.pull());
  }

  private static Path largest() throws IOException, InterruptedException {
    try (Stream<Path> blobs = Files.list(Path.of(Images.made("umoci"), "blobs/sha256"))) {
      return blobs
          .max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length()))
          .orElseThrow();
    }
  }

  @Test
  void credentialsGoToTheRegistryAndToNobodyElse() throws IOException, InterruptedException {
    try (FakeRegistry other = new FakeRegistry(Path.of(Images.made("umoci")))) {
      // The same machine by another name is another host.
      String elsewhere = "http://localhost:" + other.host().replaceFirst(".*:", "");
      registry.behave(request -> {
        if (request.header("Authorization").isEmpty()) {
          return request.with("WWW-Authenticate", "Basic realm=\"lab\"").send(401, "");
        }
        return request.isBlob()
            && request.with("Location", elsewhere + request.path()).send(307, "");
      });

      FakeRegistryLab.refused(lab.pull(), "wants to know who asks");
      lab.got(lab.pull("--creds", "me:secret"));

      assertThat(other.seen()).isNotEmpty().allMatch(seen -> seen.authorization().isEmpty());
      assertThat(registry.seen()).anyMatch(seen -> seen.authorization().startsWith("Basic "));
    }
  }

  @Test
  void aTokenIsGotWhereTheRegistrySaysAndForNoMoreThanIsNeeded()
      throws IOException, InterruptedException {
    AtomicInteger tokens = new AtomicInteger();
    List<String> queries = new CopyOnWriteArrayList<>();
    registry.behave(request -> {
      if (request.path().equals("/token")) {
        queries.add(request.query());
        return request.send(200, "{\"token\":\"t" + tokens.incrementAndGet() + "\"}");
      }
      // The second manifest wants a second token.
      String wanted = request.isManifest() ? "Bearer t2" : "Bearer t";
      if (request.header("Authorization").startsWith(wanted)) {
        return false;
      }
      String realm = "http://" + registry.host() + "/token";
      return request
          .with("WWW-Authenticate", "Bearer realm=\"" + realm + "\",service=\"a, b\"")
          .send(401, "");
    });

    lab.got(lab.pull());
    assertThat(queries)
        .hasSize(2)
        .allMatch(query -> query.equals("service=a,+b&scope=repository:lab/image:pull"));
    assertThat(tokens).hasValue(2);
  }

  @Test
  void aRegistryThatRefusesAWholeBlobGetsItInPieces() throws IOException, InterruptedException {
    lab.got(lab.pull());
    Map<String, ByteArrayOutputStream> uploads = new ConcurrentHashMap<>();
    AtomicInteger number = new AtomicInteger();
    List<String> complete = new CopyOnWriteArrayList<>();
    registry.behave(request -> {
      String path = request.path();
      return switch (request.method()) {
        case "HEAD" -> request.send(404, "");
        case "POST" -> {
          String upload = "/upload/" + number.incrementAndGet();
          uploads.put(upload, new ByteArrayOutputStream());
          yield request.with("Location", upload).send(202, "");
        }
        case "PATCH" -> {
          ByteArrayOutputStream upload = requireNonNull(uploads.get(path));
          assertThat(request.header("Content-Range")).startsWith(upload.size() + "-");
          upload.writeBytes(request.body());
          yield request.with("Location", path).send(202, "");
        }
        case "PUT" -> {
          byte[] body = request.body();
          if (path.contains("/manifests/")) {
            yield request.send(201, "");
          }
          if (body.length > 0) {
            yield request.send(413, "");
          }
          complete.add(FakeRegistry.digest(requireNonNull(uploads.get(path)).toByteArray()));
          assertThat(request.query()).isEqualTo("digest=" + complete.getLast());
          yield request.send(201, "");
        }
        default -> false;
      };
    });

    Brig.Ended ended =
        lab.brig().run("push", "-q", lab.image(), lab.registry().host() + "/to/it:1");

    assertThat(ended.err()).isEmpty();
    assertThat(ended.out())
        .isEqualTo(FakeRegistry.digest(registry.manifest().getBytes(UTF_8)) + "\n");
    assertThat(complete).doesNotHaveDuplicates().hasSize(7);
  }
}
