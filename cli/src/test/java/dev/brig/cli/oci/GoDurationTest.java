package dev.brig.cli.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoDurationTest {
  @ParameterizedTest
  @CsvSource({"5s, 5000", "500ms, 500", "1m30s, 90000", "1.5h, 5400000", "1h2m3s4ms, 3723004"})
  void readsWhatGoWrites(String text, long millis) {
    assertThat(GoDuration.parse("--interval", text)).isEqualTo(Duration.ofMillis(millis));
  }

  @Test
  void readsPartsOfAMillisecond() {
    assertThat(GoDuration.parse("--interval", "1us")).isEqualTo(Duration.ofNanos(1_000));
    assertThat(GoDuration.parse("--interval", "1µs2ns")).isEqualTo(Duration.ofNanos(1_002));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "5", "s", "0s", "-5s", "5 s", "1.2.3s", ".s", "5x", "1e3s", "9999999999h"})
  void refusesWhatIsNoTime(String text) {
    assertThatThrownBy(() -> GoDuration.parse("--interval", text))
        .hasMessageContaining("--interval \"" + text + "\"")
        .hasMessageContaining("no time");
  }
}
