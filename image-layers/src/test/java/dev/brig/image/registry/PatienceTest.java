package dev.brig.image.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How long brig waits, and by which way it asks.
class PatienceTest {
  @Test
  void waitsTwiceAsLongEachTimeAndNotForEver() {
    Retry retry = new Retry(3, Duration.ofSeconds(1));

    assertThat(retry.before(1)).isBetween(Duration.ofSeconds(1), Duration.ofMillis(1250));
    assertThat(retry.before(3)).isBetween(Duration.ofSeconds(4), Duration.ofSeconds(5));
    assertThat(retry.before(90)).isBetween(Duration.ofSeconds(64), Duration.ofMinutes(2));
    assertThat(new Retry(3, Duration.ZERO).before(2)).isZero();
  }

  @Test
  void waitsAsLongAsTheServerAsks() {
    Duration otherwise = Duration.ofSeconds(9);

    assertThat(Retry.asked("7", otherwise)).isEqualTo(Duration.ofSeconds(7));
    assertThat(Retry.asked("Wed, 21 Oct 2015 07:28:00 GMT", otherwise)).isZero();
    assertThat(Retry.asked("soon", otherwise)).isEqualTo(otherwise);
    assertThat(Retry.asked("", otherwise)).isEqualTo(otherwise);
    assertThat(Retry.isBearable(Duration.ofHours(6))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "https://registry.example/v2/,HTTP @ proxy.example/<unresolved>:3128",
    "http://registry.example/v2/,DIRECT",
    "https://localhost:5000/v2/,DIRECT",
    "https://a.inner.example/v2/,DIRECT",
    "https://inner.example/v2/,DIRECT",
    "https://notinner.example/v2/,HTTP @ proxy.example/<unresolved>:3128"
  })
  void goesByTheProxyOfTheEnvironment(String target, String way) {
    Proxies proxies =
        new Proxies(
            Map.of("HTTPS_PROXY", "http://proxy.example:3128", "no_proxy", "x, .inner.example"));

    Proxy chosen = proxies.choose(URI.create(target));

    assertThat(chosen).hasToString(way);
  }
}
