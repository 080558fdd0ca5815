package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.brig.it.Conformance.Block;
import dev.brig.it.Conformance.Difference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// A runtime held against the OCI runtime specification, sentence by sentence: see [Conformance].
///
/// `-Dconformance.runtime=PATH` says which; it is `brig-oci` of this checkout otherwise.
class ConformanceIT {
  private static final String RUNC = "/usr/sbin/runc";

  /// As many as are worth it on the machine that this is for.
  private static final int LABS = 2;

  @TempDir private static Path folder;

  private static final List<ConformanceLab> MADE = new ArrayList<>();
  private static final ExecutorService WORKERS = Executors.newFixedThreadPool(LABS);

  @BeforeAll
  static void needsRootAndTools() throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    for (String tool : List.of("/usr/bin/jq", "/bin/busybox", "/usr/bin/nsenter")) {
      assumeTrue(Files.exists(Path.of(tool)), "needs " + tool);
    }
    // Roots of user namespaces have to reach what is in it.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @AfterAll
  static void remove() throws IOException, InterruptedException {
    WORKERS.shutdownNow();
    for (ConformanceLab lab : MADE) {
      lab.remove();
    }
  }

  @TestFactory
  List<DynamicTest> keepsToTheSpecification() throws IOException, InterruptedException {
    String given = System.getProperty("conformance.runtime", "");
    String runtime = given.isEmpty() ? Checkout.root().resolve("brig-oci").toString() : given;
    return tests(runtime, Conformance.blocks());
  }

  @TestFactory
  List<DynamicTest> findsWhereRuncDiffers() throws IOException, InterruptedException {
    needsRunc();
    Map<String, Difference> listed = Conformance.differences(version(RUNC));
    List<Block> different = new ArrayList<>(Conformance.blocks());
    different.removeIf(block -> !listed.containsKey(block.sentence()));
    return tests(RUNC, different);
  }

  @TestFactory
  @Tag("thorough")
  List<DynamicTest> findsNowhereElseThatRuncDiffers() throws IOException, InterruptedException {
    needsRunc();
    return tests(RUNC, Conformance.blocks());
  }

  private static void needsRunc() throws IOException, InterruptedException {
    assumeTrue(System.getProperty("conformance.runtime", "").isEmpty(), "another is asked for");
    assumeTrue(Files.exists(Path.of(RUNC)), "needs " + RUNC);
    assumeTrue(
        !Conformance.differences(version(RUNC)).isEmpty(),
        "differences.txt lists none of " + version(RUNC));
  }

  private static List<DynamicTest> tests(String runtime, List<Block> blocks)
      throws IOException, InterruptedException {
    Map<String, Difference> differences = Conformance.differences(version(runtime));
    BlockingQueue<ConformanceLab> free = new LinkedBlockingQueue<>();
    for (int i = 0; i < LABS; i++) {
      Path place = Files.createDirectory(folder.resolve("lab" + MADE.size()));
      MADE.add(ConformanceLab.make(place, runtime));
      free.add(MADE.getLast());
    }
    List<DynamicTest> tests = new ArrayList<>();
    for (Block block : blocks) {
      if (block.isForRuntimes()) {
        Difference listed = differences.get(block.sentence());
        String known = listed == null ? "" : listed.reason();
        Future<Runnable> done = WORKERS.submit(judged(free, block, known));
        tests.add(DynamicTest.dynamicTest(block.sentence(), () -> judgement(done).run()));
      }
    }
    return tests;
  }

  private static Callable<Runnable> judged(
      BlockingQueue<ConformanceLab> free, Block block, String known) {
    return () -> {
      String pending = block.said("pending");
      if (!pending.isEmpty()) {
        return () -> Assumptions.abort("not there yet: " + pending);
      }
      ConformanceLab lab = free.take();
      try {
        if (!lab.hasWhatIsNeeded(block)) {
          return () -> Assumptions.abort("this machine lacks it: " + block.said("needs"));
        }
        Brig.Ended ended = lab.run(block);
        return () -> compare(ended, block, known);
      } finally {
        free.add(lab);
      }
    };
  }

  private static Runnable judgement(Future<Runnable> done) throws InterruptedException {
    try {
      return done.get();
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    }
  }

  private static void compare(Brig.Ended ended, Block block, String known) {
    if (known.isEmpty()) {
      assertThat(ended.out().strip()).as(ended.err()).isEqualTo(block.outcome());
    } else {
      assertThat(ended.out().strip())
          .as("differences.txt says \"%s\", which is no longer so", known)
          .isNotEqualTo(block.outcome());
    }
  }

  private static String version(String runtime) throws IOException, InterruptedException {
    Brig.Ended ended = Shell.ended(new ProcessBuilder(runtime, "--version"));
    return ended.out().lines().findFirst().orElse("").replace(" version ", " ");
  }
}
