package dev.brig.it;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;

/// Images that others' tools have made: see `integration-tests/images/make-image`.
final class Images {
  private static final Path SCRIPT = Checkout.root().resolve("integration-tests/images/make-image");
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private Images() {}

  /// Returns the path of an image, which is made if it is not there yet, or skips the test and says
  /// which tool is missing.
  static String made(String name) throws IOException, InterruptedException {
    Brig.Ended ended = Shell.ended(new ProcessBuilder(SCRIPT.toString(), name), LIMIT);
    Assumptions.assumeTrue(ended.status() == 0, ended.err());
    return ended.out().strip();
  }
}
