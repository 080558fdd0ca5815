package dev.brig.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Waiting ends when something happens, or when the time is over.
@Timeout(60)
class EventCallsTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final Kernel kernel = Kernel.ofThisMachine();

  @TempDir Path directory;

  @Test
  void tellsWhichProcessEnded() throws IOException, InterruptedException {
    Process lasting = new ProcessBuilder("sleep", "30").start();
    Process ending = new ProcessBuilder("sleep", "0.05").start();
    try (Fd first = kernel.processes().pidfdOpen((int) lasting.pid()).orElseThrow();
        Fd second = kernel.processes().pidfdOpen((int) ending.pid()).orElseThrow()) {
      assertThat(kernel.events().awaitReadable(LONG, first, second)).isEqualTo(1);
      assertThat(kernel.events().awaitReadable(Duration.ZERO, first)).isEqualTo(-1);
    } finally {
      lasting.destroyForcibly().waitFor();
    }
  }

  @Test
  void givesUpWhenTheTimeIsOver() {
    try (Fd inotify = kernel.events().inotifyInit()) {
      long start = System.nanoTime();

      assertThat(kernel.events().awaitReadable(Duration.ofMillis(50), inotify)).isEqualTo(-1);

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(49));
    }
  }

  @Test
  void tellsThatAFileGrew() throws IOException {
    Path file = Files.createFile(directory.resolve("log"));
    try (Fd inotify = kernel.events().inotifyInit()) {
      var _ = kernel.events().watch(inotify, file.toString(), WatchEvent.IN_MODIFY);
      assertThat(kernel.events().awaitReadable(Duration.ZERO, inotify)).isEqualTo(-1);

      Files.writeString(file, "more", StandardOpenOption.APPEND);

      assertThat(kernel.events().awaitReadable(LONG, inotify)).isZero();
      kernel.events().drain(inotify);
      assertThat(kernel.events().awaitReadable(Duration.ZERO, inotify)).isEqualTo(-1);
    }
  }
}
