package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Limits on this machine, on whichever versions it has its controllers.
class LimitsIT extends LimitsContract {
  @TempDir static Path folder;

  @BeforeEach
  void needsRoot() {
    assumeTrue("root".equals(System.getProperty("user.name")), "limits here need root");
  }

  @Override
  Brig.Ended shell(String script) throws IOException, InterruptedException {
    return Brig.in(folder.resolve("brig"))
        .within(Duration.ofSeconds(60))
        .under("sh", "-c", "brig=$0; " + script)
        .run();
  }

  @Override
  String folder() {
    return folder.toString();
  }

  @Override
  String disk() throws IOException, InterruptedException {
    Brig.Ended ended =
        shell(
            "d=$(df --output=source "
                + folder
                + " | tail -n 1); p=$(lsblk -no pkname $d | head -n 1);"
                + " [ -b $d ] && echo ${p:+/dev/}${p:-$d}");
    assumeTrue(ended.status() == 0, "temporary files are not on a disk: " + ended.err());
    return ended.out().strip();
  }

  @Override
  double threeTimesTheShares() {
    return 3;
  }

  @ParameterizedTest
  @MethodSource("others")
  void aLimitHoldsWhateverTheImage(String image) throws IOException, InterruptedException {
    allocatesTooMuch(image);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--memory 1k",
        "--memory 64m --memory-swap 32m",
        "--memory-swap 32m",
        "--cpus 1000",
        "--cpuset-cpus 4000",
        "--pids-limit -5",
        "--blkio-weight 5000",
        "--device-read-bps /dev/null:1mb"
      })
  void limitsThatMakeNoSenseAreRefusedInOneLine(String options)
      throws IOException, InterruptedException {
    Brig.Ended ended = inside("host", options, "true");

    assertThat(ended.status()).isEqualTo(125);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.err().lines().findFirst().orElse(""))
        .startsWith("brig: ")
        .contains(options.substring(0, options.indexOf(' ')));
  }
}
